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
from monitor.history.reading.delays import Delays, joined
from monitor.history.reading.tally import NUMBERS, Floats, Integers
from monitor.history.schema import DELAY_CELLS, LATENCY_CELLS, OUTCOME_CELLS
from monitor.history.spans import Span

_BANDS: Final = len(BAND_EDGES) + 2
_AT_ONCE: Final = 500  # buckets in one statement
_FEW: Final = 4_000_000  # sums that are held at once, most of them of nothing, rather than that keys are sorted
_DAY: Final = 86_400  # seconds

Sums = tuple[Sequence[Integers], Floats]
"""Columns of keys, and NUMBERS of each key."""


class RememberedCells:
    """Outcomes over all rows, latencies and delays, from some bucket on."""

    def __init__(self, *, sums_days: bool = True) -> None:
        """With `sums_days` the sums by day, which views are read from, are kept with the cells."""
        self.sums_days = sums_days
        self.as_of: datetime | None = None
        """The look after which they were so; where the database has another one, somebody else has written."""
        self._start: int | None = None
        self._slices: frozenset[int] = frozenset()
        self._stale: set[int] = set()
        self._clear()

    def forget(self) -> None:
        """Hold nothing: it may no longer be so."""
        self._start = None
        self._stale.clear()
        self._clear()

    def written(self, buckets: Collection[int]) -> None:
        """Have these buckets read again."""
        self._stale.update(buckets)

    def refresh(self, connection: Connection, monitor: int, slices: Collection[int], start: int) -> None:
        """Hold what the database holds from bucket `start` on; `slices` are those of all rows."""
        statements = _statements(monitor, slices)
        if self._start is None or start < self._start or self._slices != frozenset(slices):
            self.forget()
            self._start, self._slices = start, frozenset(slices)
            self._add(*(_rows(connection, statement.where(c.bucket >= start)) for c, statement in statements))
            return
        stale, self._stale = np.array(sorted(self._stale), dtype=np.int64), set()
        is_old = start >= self._start + _DAY
        if is_old:
            self._start = start
        if stale.size or is_old:
            self._keep(stale)
        if stale.size:
            self._add(*(_of_buckets(connection, statement, c.bucket, stale.tolist()) for c, statement in statements))

    def outcomes(self, part: Span, pieces: Sequence[Span], sizes: tuple[int, int]) -> Sums | None:
        """Sums of a part by piece, version, predicted class, label and band; `sizes` are above all versions, classes.

        None where the weights are not whole.
        """
        rows = self._within(self._outcomes, part)
        numbers = rows[:, 5:]
        if not (numbers[:, 1:3] == np.floor(numbers[:, 1:3])).all():
            return None
        versions, classes = sizes
        bases = (len(pieces), versions, classes, classes, _BANDS)
        digits = (_piece(rows[:, 0], pieces), *(rows[:, place].astype(np.int64) for place in (1, 2, 3)))
        codes, sums = _summed((*digits, rows[:, 4].astype(np.int64) - NO_BAND), bases, numbers)
        *columns, band = np.unravel_index(codes, bases)
        return (*columns, band + NO_BAND), sums

    def latency_sums(self, part: Span, pieces: Sequence[Span]) -> Iterator[Sequence[int]]:
        """Rows (piece, version, bin, n) of a part."""
        rows = self._within(self._latency, part)
        if not rows.size:
            return iter(())
        low = int(rows[:, 2].min())
        bases = (len(pieces), int(rows[:, 1].max()) + 1, int(rows[:, 2].max()) - low + 1)
        codes, sums = _summed((_piece(rows[:, 0], pieces), rows[:, 1], rows[:, 2] - low), bases, rows[:, 3:])
        piece, version, bin_ = np.unravel_index(codes, bases)
        columns = (piece, version, bin_ + low, sums[:, 0].astype(np.int64))
        return zip(*(column.tolist() for column in columns), strict=True)

    def latency(self, part: Span) -> Iterable[Sequence[int]]:
        """Rows (bucket, version, bin, n) of a part, in order."""
        rows = self._within(self._latency, part)
        in_order: list[list[int]] = rows[np.lexsort(rows[:, 2::-1].T)].tolist()
        return in_order

    def delays(self, part: Span) -> Delays:
        """All delays of a part."""
        first, end = np.searchsorted(self._delays.bucket, [part.start, part.end])
        columns = (getattr(self._delays, name)[first:end] for name in _DELAY_COLUMNS)
        return Delays(*columns)

    def _clear(self) -> None:
        self._outcomes = np.empty((0, 5 + NUMBERS))
        self._latency = np.empty((0, 4), dtype=np.int64)
        self._delays = Delays.of(())

    def _keep(self, stale: Integers) -> None:
        """Let go of the stale buckets, and of those before the start."""
        start = self._start or 0

        def kept(bucket: NDArray[Any]) -> NDArray[np.bool_]:
            return ~np.isin(bucket, stale) & (bucket >= start)

        self._outcomes = self._outcomes[kept(self._outcomes[:, 0])]
        self._latency = self._latency[kept(self._latency[:, 0])]
        chosen = kept(self._delays.bucket)
        self._delays = Delays(*(getattr(self._delays, name)[chosen] for name in _DELAY_COLUMNS))

    def _add(self, outcomes: Sequence[Any], latency: Sequence[Any], delays: Sequence[Any]) -> None:
        """Take rows in, in the order of their buckets."""
        more = np.array(outcomes, dtype=float).reshape(-1, 5 + NUMBERS)
        self._outcomes = _in_order(np.concatenate([self._outcomes, more]))
        self._latency = _in_order(np.concatenate([self._latency, np.array(latency, dtype=np.int64).reshape(-1, 4)]))
        together = joined((self._delays, Delays.of(delays)))
        order = np.argsort(together.bucket, kind="stable")
        self._delays = Delays(*(getattr(together, name)[order] for name in _DELAY_COLUMNS))

    @staticmethod
    def _within(rows: NDArray[Any], part: Span) -> NDArray[Any]:
        first, end = np.searchsorted(rows[:, 0], [part.start, part.end])
        return rows[first:end]


_DELAY_COLUMNS: Final = ("bucket", "predicted", "label", "bin", "n")


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


def _in_order(rows: NDArray[Any]) -> NDArray[Any]:
    return rows[np.argsort(rows[:, 0], kind="stable")]


def _piece(bucket: NDArray[Any], pieces: Sequence[Span]) -> Integers:
    """Number of the piece that each bucket lies in; pieces follow each other."""
    assert all(one.end == other.start for one, other in pairwise(pieces))  # noqa: S101 - they are cut out of a range
    return np.searchsorted([piece.end for piece in pieces], bucket, side="right").astype(np.int64)


def _summed(digits: Sequence[Integers], bases: Sequence[int], numbers: NDArray[Any]) -> tuple[Integers, Floats]:
    """The different keys as one number each, rising, and the sums of their numbers."""
    codes = np.ravel_multi_index(tuple(digits), tuple(bases))
    room = int(np.prod(bases, dtype=float))
    if room <= _FEW:
        there = np.flatnonzero(np.bincount(codes, minlength=room))
        sums = [np.bincount(codes, column, room)[there] for column in numbers.T]
    else:
        there, place = np.unique(codes, return_inverse=True)
        sums = [np.bincount(place, column, there.size) for column in numbers.T]
    return there, np.stack(sums, axis=1)
