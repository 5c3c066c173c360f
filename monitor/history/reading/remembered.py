"""The cells of one monitor in memory, for a process that alone writes them: a back-test reads them thousands of times.

Only the buckets that a look has written are read again. All sums are of whole numbers, and so the same in any order;
where weights are not whole, memory says nothing, and the database adds up.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, select

from checks.counts.cells import BAND_EDGES, NO_BAND
from monitor.history.reading.delays import Delays
from monitor.history.reading.tally import NUMBERS, Floats, Integers
from monitor.history.schema import DELAY_CELLS, LATENCY_CELLS, OUTCOME_CELLS
from monitor.history.spans import Span
from monitor.log.counts import Fingerprints

_BANDS: Final = len(BAND_EDGES) + 2
_AT_ONCE: Final = 500  # buckets in one statement
_FEW: Final = 4_000_000  # sums that are held at once, most of them of nothing, rather than that keys are sorted
_DAY: Final = 86_400  # seconds

Sums = tuple[Sequence[Integers], Floats]
"""Columns of keys, and NUMBERS of each key."""


class RememberedCells:
    """Outcomes over all rows, latencies and delays, from some bucket on; and the marks of the log that they are of."""

    def __init__(self, *, sums_days: bool = True) -> None:
        """With `sums_days` the sums by day, which views are read from, are kept with the cells."""
        self.sums_days = sums_days
        self.as_of: datetime | None = None
        """The look after which they were so; where the database has another one, somebody else has written."""
        self.marks: Fingerprints | None = None
        """What `read_marks` would read after that look; None: not known."""
        self._start: int | None = None
        self._slices: frozenset[int] = frozenset()
        self._stale: set[int] = set()
        self._clear()

    def forget(self) -> None:
        """Hold nothing: it may no longer be so."""
        self.marks = None
        self._start = None
        self._stale.clear()
        self._clear()

    def written(self, buckets: Collection[int], marks: Fingerprints) -> None:
        """Have these buckets read again; from the end of this look on the marks are these."""
        self._stale.update(buckets)
        self.marks = marks

    def marks_after(self, look: datetime | None) -> Fingerprints | None:
        """How the log looked when it was counted for this look; None where memory is of another one."""
        return self.marks if look is not None and look == self.as_of else None

    def refresh(self, connection: Connection, monitor: int, slices: Collection[int], start: int) -> None:
        """Hold what the database holds from bucket `start` on; `slices` are those of all rows."""
        statements = _statements(monitor, slices)
        if self._start is None or start < self._start or self._slices != frozenset(slices):
            self.forget()
            self._start, self._slices = start, frozenset(slices)
            everything = (_rows(connection, statement.where(c.bucket >= start)) for c, statement in statements)
            self._put(np.empty(0, dtype=np.int64), *everything)
            return
        stale, self._stale = np.array(sorted(self._stale), dtype=np.int64), set()
        is_old = start >= self._start + _DAY
        if is_old:
            self._start = start
        if stale.size or is_old:
            again = (_of_buckets(connection, statement, c.bucket, stale.tolist()) for c, statement in statements)
            self._put(stale, *again)

    def outcomes(self, part: Span, pieces: Sequence[Span], sizes: tuple[int, int]) -> Sums | None:
        """Sums of a part by piece, version, predicted class, label and band; `sizes` are above all versions, classes.

        None where the weights are not whole.
        """
        bucket, *keys = (cells := self._within(self._outcomes, part))[:5]
        numbers = cells[5:]
        if not (numbers[1:3] == np.floor(numbers[1:3])).all():
            return None
        versions, classes = sizes
        bases = (len(pieces), versions, classes, classes, _BANDS)
        *digits, band = (key.astype(np.int64) for key in keys)
        codes, sums = _summed((_piece(bucket, pieces), *digits, band - NO_BAND), bases, numbers)
        *columns, band = np.unravel_index(codes, bases)
        return (*columns, band + NO_BAND), sums

    def latency_sums(self, part: Span, pieces: Sequence[Span]) -> Iterator[Sequence[int]]:
        """Rows (piece, version, bin, n) of a part."""
        bucket, version, bin_, n = self._within(self._latency, part)
        if not n.size:
            return iter(())
        low = int(bin_.min())
        bases = (len(pieces), int(version.max()) + 1, int(bin_.max()) - low + 1)
        codes, sums = _summed((_piece(bucket, pieces), version, bin_ - low), bases, [n])
        piece, version, bin_ = np.unravel_index(codes, bases)
        columns = (piece, version, bin_ + low, sums[:, 0].astype(np.int64))
        return zip(*(column.tolist() for column in columns), strict=True)

    def latency(self, part: Span) -> Iterable[Sequence[int]]:
        """Rows (bucket, version, bin, n) of a part, in order."""
        cells = self._within(self._latency, part)
        in_order: list[list[int]] = cells.T[np.lexsort(cells[2::-1])].tolist()
        return in_order

    def delays(self, part: Span) -> Delays:
        """All delays of a part."""
        return Delays(*self._within(self._delays, part))

    def _clear(self) -> None:
        self._outcomes = np.empty((5 + NUMBERS, 0))
        self._latency = np.empty((4, 0), dtype=np.int64)
        self._delays = np.empty((5, 0), dtype=np.int64)

    def _put(self, stale: Integers, outcomes: Sequence[Any], latency: Sequence[Any], delays: Sequence[Any]) -> None:
        """Have rows in the place of what the stale buckets (rising) held, and nothing from before the start."""
        start = self._start or 0
        labels = Delays.of(delays)
        found = np.array(outcomes, dtype=float).reshape(-1, 5 + NUMBERS).T
        answers = np.array(latency, dtype=np.int64).reshape(-1, 4).T
        late = np.stack([labels.bucket, labels.predicted, labels.label, labels.bin, labels.n])
        self._outcomes = _with(self._outcomes, found, stale, start)
        self._latency = _with(self._latency, answers, stale, start)
        self._delays = _with(self._delays, late, stale, start)

    @staticmethod
    def _within(cells: NDArray[Any], part: Span) -> NDArray[Any]:
        first, end = np.searchsorted(cells[0], [part.start, part.end])
        return cells[:, first:end]


def _statements(monitor: int, slices: Collection[int]) -> tuple[tuple[Any, Select[Any]], ...]:
    """For each kind of cells its columns, and what reads them."""
    o, latency, d = OUTCOME_CELLS.c, LATENCY_CELLS.c, DELAY_CELLS.c
    keys = (o.bucket, o.version_id, o.predicted_id, o.label_id, o.band)
    sums = (o.n, o.weight, o.weight_squared, o.confidence_millionths, o.designed)
    answers = select(latency.bucket, latency.version_id, latency.bin, latency.n).where(latency.monitor_id == monitor)
    labels = select(d.bucket, d.predicted_id, d.counts, d.labels).where(d.monitor_id == monitor)
    return (o, select(*keys, *sums).where(o.slice_id.in_(sorted(slices)))), (latency, answers), (d, labels)


def _rows(connection: Connection, statement: Select[Any]) -> Sequence[Any]:
    cursor = connection.execute(statement).cursor  # the driver's own: SQLAlchemy's rows cost as much as the query
    return cursor.fetchall()


def _of_buckets(
    connection: Connection,
    statement: Select[Any],
    bucket: ColumnElement[int],
    buckets: Sequence[int],
) -> Sequence[Any]:
    parts = (buckets[first : first + _AT_ONCE] for first in range(0, len(buckets), _AT_ONCE))
    return [row for some in parts for row in _rows(connection, statement.where(bucket.in_(some)))]


def _with(cells: NDArray[Any], more: NDArray[Any], stale: Integers, start: int) -> NDArray[Any]:
    """Columns of cells in the order of their buckets, the first column, from `start` on, with those of `more`.

    What the stale buckets (rising) held is gone. All that lies between two of them is copied as it is: to sort the
    cells of a million rows anew took a tenth of a look.
    """
    more = more[:, np.argsort(more[0], kind="stable")]
    if not cells.size:
        return more
    parts = [cells[:, :0]]
    at = int(np.searchsorted(cells[0], start))
    bounds = (np.searchsorted(columns[0], stale, side) for columns in (cells, more) for side in ("left", "right"))
    for gone, until, first, end in zip(*(bound.tolist() for bound in bounds), strict=True):
        parts += [cells[:, at : max(gone, at)], more[:, first:end]]
        at = max(until, at)
    return np.concatenate([*parts, cells[:, at:]], axis=1)


def _piece(bucket: NDArray[Any], pieces: Sequence[Span]) -> Integers:
    """Number of the piece that each bucket lies in; pieces follow each other."""
    assert all(one.end == other.start for one, other in pairwise(pieces))  # noqa: S101 - they are cut out of a range
    return np.searchsorted([piece.end for piece in pieces], bucket, side="right").astype(np.int64)


def _summed(digits: Sequence[Integers], bases: Sequence[int], numbers: Iterable[Any]) -> tuple[Integers, Floats]:
    """The different keys as one number each, rising, and the sums of each column of numbers."""
    codes = np.ravel_multi_index(tuple(digits), tuple(bases))
    room = int(np.prod(bases, dtype=float))
    if room <= _FEW:
        there = np.flatnonzero(np.bincount(codes, minlength=room))
        sums = [np.bincount(codes, column, room)[there] for column in numbers]
    else:
        there, place = np.unique(codes, return_inverse=True)
        sums = [np.bincount(place, column, there.size) for column in numbers]
    return there, np.stack(sums, axis=1)
