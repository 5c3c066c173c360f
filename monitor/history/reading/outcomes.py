"""Read the outcome cells of all windows with one statement for each range of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, literal_column, select

from checks.counts.cells import BAND_EDGES, NO_BAND
from monitor.history.reading.pieces import piece_of, within
from monitor.history.reading.remembered import RememberedCells
from monitor.history.reading.tally import NUMBERS, Counted, Floats, Integers, Tally
from monitor.history.schema import OUTCOME_CELLS
from monitor.history.spans import Layout, Span
from monitor.log.counts import ALL

_AT_ONCE: Final = 20_000  # rows that are held as they come

Slices = Mapping[int, tuple[str, str]]
"""Segment and value by key."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Sums by key: `keys` (N) are numbers whose digits have these `bases`, the band is its digit + NO_BAND."""

    keys: Integers
    numbers: Floats  # N x 5
    bases: Sequence[int]


@dataclass(frozen=True, slots=True)
class OutcomeReader:
    """Reads cells within one transaction; `classes` and `versions` are what their integer keys stand for."""

    connection: Connection
    classes: Mapping[int, str]
    versions: Mapping[int, tuple[str, str]]

    def everything(self, slices: Slices, layout: Layout, memory: RememberedCells | None = None) -> Tally:
        """All outcomes of a layout, in pieces that each of its windows and starts is a union of."""
        wanted = [key for key, (segment, _) in slices.items() if segment == ALL]
        counted = []
        for part in layout.ranges:
            pieces = layout.pieces(part, for_starts=True)
            known = memory.outcomes(part, pieces, self.sizes) if memory else None
            (piece, *keys), numbers = known or self.sums(
                piece_of(OUTCOME_CELLS.c.bucket, pieces), len(pieces), wanted, part
            )
            counted.append(Counted(bounds(pieces)[piece], np.stack(keys, axis=1), numbers))
        return self.tally(Counted.joined(counted))

    def tally(self, counted: Counted) -> Tally:
        """The counts under the names of classes and versions."""
        return Tally(counted, self.classes, self.versions)

    def sums(
        self, first: ColumnElement[int], count: int, slices: Sequence[int], part: Span
    ) -> tuple[Sequence[Integers], Floats]:
        """Sums by `first` (under `count`), version, predicted class, label and band: those columns, and N x 5."""
        grouped = self.grouped(first, count, slices, part)
        *columns, band = np.unravel_index(grouped.keys, grouped.bases)
        return (*columns, band + NO_BAND), grouped.numbers

    def grouped(self, first: ColumnElement[int], count: int, slices: Sequence[int], part: Span) -> "Grouped":
        """The cells of each key, with the key as one number."""
        t = OUTCOME_CELLS.c
        versions, classes = self.sizes
        digits = (first, t.version_id, t.predicted_id, t.label_id, t.band - NO_BAND)
        bases = (count, versions, classes, classes, len(BAND_EDGES) + 2)
        key = _one_number(digits, bases)
        sums = (t.n, t.weight, t.weight_squared, t.confidence_millionths, t.designed)
        statement = select(key, *map(func.sum, sums)).where(t.slice_id.in_(slices), *within(t, part)).group_by(key)
        parts = [_read(rows) for rows in self.connection.execute(statement).partitions(_AT_ONCE)]
        keys = np.concatenate([np.empty(0, dtype=np.int64), *(keys for keys, _ in parts)])
        return Grouped(keys, np.concatenate([np.empty((0, NUMBERS)), *(numbers for _, numbers in parts)]), bases)

    @property
    def sizes(self) -> tuple[int, int]:
        """Numbers above every key of a version, and of a class."""
        return max(self.versions, default=0) + 1, max(self.classes, default=0) + 1


def _read(rows: Sequence[Sequence[Any]]) -> tuple[Integers, Floats]:
    """Keys, and sums (N x 5)."""
    numbers = np.array([row[1:] for row in rows], dtype=float)
    return np.array([row[0] for row in rows], dtype=np.int64), numbers


def bounds(spans: Sequence[Span]) -> Integers:
    """Starts and ends of the spans, a row each."""
    return np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)


def _one_number(digits: Sequence[ColumnElement[int]], bases: Sequence[int]) -> ColumnElement[int]:
    """A key of several columns as one number: SQLite groups by it in two thirds of the time."""
    number: ColumnElement[int] = cast(digits[0], BigInteger)
    for digit, base in zip(digits[1:], bases[1:], strict=True):
        number = number * literal_column(str(base)) + digit
    return number
