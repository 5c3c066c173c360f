"""Read the cells that the windows of a cycle are made of, with one statement for each kind of cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from checks.counts import BAND_EDGES, NO_BAND
from checks.windows import BucketTotal, Problem, Windows
from monitor.history.assemble import Assembly, Names, Rows
from monitor.history.incidents import frozen_at, unhealthy_spans
from monitor.history.names import class_names, slice_names, version_names
from monitor.history.schema import DELAY_CELLS, LATENCY_CELLS, MONITORS, OUTCOME_CELLS, PROBLEM_CELLS, TOTAL_CELLS
from monitor.history.schema.cells import NO_BUCKET
from monitor.history.scored import ScoreReader
from monitor.history.spans import Layout, Span, WindowSpec, lay_out, to_whole_seconds, with_version
from monitor.history.types import from_epoch
from monitor.log.counts import ALL


class _Total(NamedTuple):
    bucket: int
    version: int
    n: int
    n_labelled: int


class WindowReader:
    """Reads what the history knows of one monitor at `now`, within one transaction."""

    def __init__(self, connection: Connection, monitor: int, now: datetime) -> None:
        self._connection = connection
        self._monitor = monitor
        self._now = now

    def read(self, name: str, spec: WindowSpec) -> Windows:
        """Read the windows of the monitor, whose name is wanted for its incidents."""
        bucket = to_whole_seconds(spec.bucket)
        past, frozen = unhealthy_spans(self._connection, name, bucket), frozen_at(self._connection, name, bucket)
        layout = lay_out(spec, self._now, past, frozen)
        totals = [row for part in layout.ranges for row in self._totals(part)]
        seen = _seen(totals, layout)
        layout = with_version(layout, [span.start for span in seen.values()])
        scores = ScoreReader(self._connection, self._monitor, spec.low_score)
        return scores.add_to(self._windows(spec, layout, totals, seen), layout)

    def _windows(self, spec: WindowSpec, layout: Layout, totals: Sequence[_Total], seen: Mapping[int, Span]) -> Windows:
        slices = slice_names(self._connection, self._monitor)
        names = Names(class_names(self._connection), version_names(self._connection))
        assembly = Assembly(layout, names)
        for part in layout.ranges:
            pieces = layout.pieces(part)
            cuts = layout.pieces(part, for_starts=True)
            assembly.add_outcomes(cuts, self._outcomes(slices, part, cuts, names))
            assembly.add_latency(pieces, self._cells(LATENCY_CELLS, ("version_id", "bin"), part, pieces))
            assembly.add_delays(self._delays(part))
        reference = assembly.reference()
        return Windows(
            now=self._now,
            bucket=spec.bucket,
            current=assembly.window(layout.current),
            recent=tuple(assembly.window(span) for span in layout.recent),
            reference=reference,
            versions=assembly.versions(seen, self._now),
            segments=assembly.segments(slices, self._segments(slices, layout.current)),
            buckets=_bucket_totals(totals, layout),
            latency_buckets=assembly.latency_buckets(self._latency(layout.current)),
            problems=self._problems(layout.current),
            last_prediction_at=self._last_prediction(layout),
            last_label_at=self._last_label(layout.bucket),
            delays=assembly.delays(self._now),
            starts=assembly.starts(reference),
        )

    def _totals(self, part: Span) -> Iterable[_Total]:
        t = TOTAL_CELLS.c
        statement = select(t.bucket, t.version_id, t.n, t.n_labelled).where(t.monitor_id == self._monitor)
        return (_Total(*row) for row in self._connection.execute(statement.where(*_within(t, part)).order_by(t.bucket)))

    def _outcomes(
        self, slices: Mapping[int, tuple[str, str]], part: Span, pieces: Sequence[Span], names: Names
    ) -> Rows:
        everything = [key for key, (segment, _) in slices.items() if segment == ALL]
        t = OUTCOME_CELLS.c
        versions, classes = (max(keys, default=0) + 1 for keys in (names.versions, names.classes))
        digits = (_piece_of(t.bucket, pieces), t.version_id, t.predicted_id, t.label_id, t.band - NO_BAND)
        bases = (len(pieces), versions, classes, classes, len(BAND_EDGES) + 2)
        key = _one_number(digits, bases)
        statement = select(key, *_sums()).where(t.slice_id.in_(everything), *_within(t, part)).group_by(key)
        return _split(self._connection.execute(statement).all(), bases)

    def _segments(self, slices: Mapping[int, tuple[str, str]], current: Span) -> Rows:
        wanted = [key for key, (segment, _) in slices.items() if segment != ALL]
        if not wanted:
            return ()
        t = OUTCOME_CELLS.c
        keys = (t.slice_id, t.version_id, t.predicted_id, t.label_id, t.band)
        statement = select(*keys, *_sums()).where(t.slice_id.in_(wanted), *_within(t, current)).group_by(*keys)
        return self._connection.execute(statement)

    def _cells(self, table: Table, names: tuple[str, ...], part: Span, pieces: Sequence[Span]) -> Rows:
        t = table.c
        keys = (_piece_of(t.bucket, pieces), *(t[name] for name in names))
        statement = select(*keys, func.sum(t.n)).where(t.monitor_id == self._monitor, *_within(t, part)).group_by(*keys)
        return self._connection.execute(statement)

    def _delays(self, part: Span) -> Rows:
        t = DELAY_CELLS.c
        statement = select(t.bucket, t.predicted_id, t.counts).where(t.monitor_id == self._monitor, *_within(t, part))
        return self._connection.execute(statement)

    def _latency(self, current: Span) -> Rows:
        t = LATENCY_CELLS.c
        statement = select(t.bucket, t.version_id, t.bin, t.n).where(
            t.monitor_id == self._monitor, *_within(t, current)
        )
        return self._connection.execute(statement.order_by(t.bucket, t.version_id, t.bin)).all()

    def _problems(self, current: Span) -> tuple[Problem, ...]:
        t = PROBLEM_CELLS.c
        statement = (
            select(t.kind, func.sum(t.n))
            .where(t.monitor_id == self._monitor, or_(and_(*_within(t, current)), t.bucket == NO_BUCKET))
            .group_by(t.kind)
            .order_by(t.kind)
        )
        return tuple(Problem(kind, int(n)) for kind, n in self._connection.execute(statement))

    def _last_prediction(self, layout: Layout) -> datetime | None:
        t = TOTAL_CELLS.c
        statement = select(func.max(t.bucket)).where(t.monitor_id == self._monitor, t.bucket < layout.current.end)
        return self._end_of(self._connection.scalar(statement), layout.bucket)

    def _last_label(self, bucket: int) -> datetime | None:
        statement = select(MONITORS.c.last_label_bucket).where(MONITORS.c.id == self._monitor)
        return self._end_of(self._connection.scalar(statement), bucket)

    def _end_of(self, start: int | None, bucket: int) -> datetime | None:
        return None if start is None else min(from_epoch(start + bucket), self._now)


def _seen(totals: Iterable[_Total], layout: Layout) -> dict[int, Span]:
    """For each version the buckets of the lookback from its first to its last; `totals` are in order."""
    seen: dict[int, Span] = {}
    for total in totals:
        if total.bucket >= layout.lookback.start:
            first = seen[total.version].start if total.version in seen else total.bucket
            seen[total.version] = Span(first, total.bucket + layout.bucket)
    return seen


def _bucket_totals(totals: Iterable[_Total], layout: Layout) -> tuple[BucketTotal, ...]:
    sums: dict[int, list[int]] = {}
    for total in totals:
        if any(span.start <= total.bucket < span.end for span in (layout.reference, layout.current)):
            bucket = sums.setdefault(total.bucket, [0, 0])
            bucket[0] += total.n
            bucket[1] += total.n_labelled
    return tuple(BucketTotal(from_epoch(bucket), *numbers) for bucket, numbers in sums.items())


def _piece_of(bucket: ColumnElement[int], pieces: Sequence[Span]) -> ColumnElement[int]:
    """Number of the piece that a bucket lies in."""
    return case(*((bucket < piece.end, literal_column(str(number))) for number, piece in enumerate(pieces)))


def _one_number(digits: Sequence[ColumnElement[int]], bases: Sequence[int]) -> ColumnElement[int]:
    """A key of several columns as one number: SQLite groups by it in two thirds of the time."""
    number: ColumnElement[int] = cast(digits[0], BigInteger)
    for digit, base in zip(digits[1:], bases[1:], strict=True):
        number = number * literal_column(str(base)) + digit
    return number


def _split(rows: Sequence[Sequence[Any]], bases: Sequence[int]) -> Rows:
    """Rows (one number, sums) as rows (its digits, sums); the last digit is a band."""
    *digits, band = np.unravel_index(np.array([row[0] for row in rows], dtype=np.int64), bases)
    keys = zip(*(digit.tolist() for digit in (*digits, band + NO_BAND)), strict=True)
    return ((*key, *row[1:]) for key, row in zip(keys, rows, strict=True))


def _sums() -> tuple[ColumnElement[Any], ...]:
    t = OUTCOME_CELLS.c
    return (
        func.sum(t.n),
        func.sum(t.weight),
        func.sum(t.weight_squared),
        func.sum(t.confidence_millionths),
        func.sum(t.designed),
    )


def _within(columns: ReadOnlyColumnCollection[str, Column[Any]], part: Span) -> tuple[ColumnElement[bool], ...]:
    return columns.bucket >= part.start, columns.bucket < part.end
