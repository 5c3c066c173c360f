"""Read the outcome cells of all windows with one statement for each range of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, literal_column, select

from checks.counts.cells import BAND_EDGES, NO_BAND
from monitor.history.reading.pieces import piece_of, within
from monitor.history.reading.tally import Counted, Integers, Tally
from monitor.history.schema import OUTCOME_CELLS
from monitor.history.spans import Layout, Span
from monitor.log.counts import ALL

Slices = Mapping[int, tuple[str, str]]
"""Segment and value by key."""


@dataclass(frozen=True, slots=True)
class OutcomeReader:
    """Reads cells within one transaction; `classes` and `versions` are what their integer keys stand for."""

    connection: Connection
    classes: Mapping[int, str]
    versions: Mapping[int, tuple[str, str]]

    def everything(self, slices: Slices, layout: Layout) -> Tally:
        """All outcomes of a layout, in pieces that each of its windows and starts is a union of."""
        wanted = [key for key, (segment, _) in slices.items() if segment == ALL]
        counted = []
        for part in layout.ranges:
            pieces = layout.pieces(part, for_starts=True)
            (piece, *keys), rows = self._sums(piece_of(OUTCOME_CELLS.c.bucket, pieces), len(pieces), wanted, part)
            counted.append(Counted.of(_bounds(pieces)[piece], keys, rows))
        return self._tally(Counted.joined(counted))

    def segments(self, slices: Slices, span: Span) -> dict[tuple[str, str], Tally]:
        """The outcomes of a span in each slice of a segment that has any."""
        wanted = [key for key, (segment, _) in slices.items() if segment != ALL]
        if not wanted:
            return {}
        (key, *keys), rows = self._sums(OUTCOME_CELLS.c.slice_id, max(wanted) + 1, wanted, span)
        counted = Counted.of(_bounds([span] * len(rows)), keys, rows)
        return {slices[slice_]: self._tally(counted.where(key == slice_)) for slice_ in np.unique(key).tolist()}

    def _tally(self, counted: Counted) -> Tally:
        return Tally(counted, self.classes, self.versions)

    def _sums(
        self, first: ColumnElement[int], count: int, slices: Sequence[int], part: Span
    ) -> tuple[Sequence[Integers], Sequence[Sequence[Any]]]:
        """Sums by `first` (under `count`), version, predicted class, label and band: those columns, and rows."""
        t = OUTCOME_CELLS.c
        versions, classes = (max(keys, default=0) + 1 for keys in (self.versions, self.classes))
        digits = (first, t.version_id, t.predicted_id, t.label_id, t.band - NO_BAND)
        bases = (count, versions, classes, classes, len(BAND_EDGES) + 2)
        key = _one_number(digits, bases)
        sums = (t.n, t.weight, t.weight_squared, t.confidence_millionths, t.designed)
        statement = select(key, *map(func.sum, sums)).where(t.slice_id.in_(slices), *within(t, part)).group_by(key)
        rows = self.connection.execute(statement).all()
        *columns, band = np.unravel_index(np.array([row[0] for row in rows], dtype=np.int64), bases)
        return (*columns, band + NO_BAND), rows


def _bounds(spans: Sequence[Span]) -> Integers:
    """Starts and ends of the spans, a row each."""
    return np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)


def _one_number(digits: Sequence[ColumnElement[int]], bases: Sequence[int]) -> ColumnElement[int]:
    """A key of several columns as one number: SQLite groups by it in two thirds of the time."""
    number: ColumnElement[int] = cast(digits[0], BigInteger)
    for digit, base in zip(digits[1:], bases[1:], strict=True):
        number = number * literal_column(str(base)) + digit
    return number
