"""Read the cells that the windows of a cycle are made of, with one statement for each kind of cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, Table, and_, func, or_, select

from checks.advice.comparing.parts import LIVE_SHARE
from checks.counts.windows import BucketTotal, Extent, Problem, Windows
from monitor.history.losses import LossReader
from monitor.history.reading.assemble import Assembly, Names, Rows
from monitor.history.reading.delays import Delays
from monitor.history.reading.outcomes import OutcomeReader, Slices
from monitor.history.reading.pieces import piece_of, within
from monitor.history.reading.remembered import RememberedCells
from monitor.history.reading.scored import ScoreReader
from monitor.history.reading.segments import SegmentReader
from monitor.history.schema import (
    DELAY_CELLS,
    LATENCY_CELLS,
    LOG_MARKS,
    MONITORS,
    PROBLEM_CELLS,
    TOTAL_CELLS,
)
from monitor.history.schema.cells import NO_BUCKET
from monitor.history.spans import Layout, Span, WindowSpec, lay_out, to_whole_seconds, with_version
from monitor.history.types import from_epoch
from monitor.history.writing.incidents import frozen_at, unhealthy_spans
from monitor.history.writing.marks import LABELS
from monitor.history.writing.names import class_names, slice_names, version_names
from monitor.log.counting.columns import Columns
from monitor.log.counts import ALL, BucketCounts, OutcomeRow
from monitor.log.problems import ProblemKind


class _Total(NamedTuple):
    bucket: int
    version: int
    n: int
    n_labelled: int


_DAY = 24 * 3600  # seconds


class WindowReader:
    """Reads what the history knows of one monitor at `now`, within one transaction."""

    def __init__(
        self,
        connection: Connection,
        monitor: int,
        now: datetime,
        counted: BucketCounts | None = None,
        memory: RememberedCells | None = None,
    ) -> None:
        """Prepare to read; `counted` is what was just written, and `memory` has cells of earlier looks."""
        self._connection = connection
        self._monitor = monitor
        self._now = now
        self._counted = counted
        self._memory = memory

    def read(self, name: str, spec: WindowSpec) -> Windows:
        """Read the windows of the monitor, whose name is wanted for its incidents."""
        bucket = to_whole_seconds(spec.bucket)
        past, frozen = unhealthy_spans(self._connection, name, bucket), frozen_at(self._connection, name, bucket)
        layout = lay_out(spec, self._now, past, frozen)
        totals = [row for part in layout.ranges for row in self._totals(part)]
        seen, answer = _seen(totals, layout)
        layout = with_version(layout, [seen[version].start for version in answer])
        scores = ScoreReader(self._connection, self._monitor, spec.low_score)
        return scores.add_to(self._windows(spec, layout, totals, seen), layout)

    def _windows(self, spec: WindowSpec, layout: Layout, totals: Sequence[_Total], seen: Mapping[int, Span]) -> Windows:
        slices = slice_names(self._connection, self._monitor)
        names = Names(class_names(self._connection), version_names(self._connection))
        outcomes = OutcomeReader(self._connection, names.classes, names.versions)
        memory = self._remembered(slices, layout)
        assembly = Assembly(layout, names, outcomes.everything(slices, layout, memory))
        for part in layout.ranges:
            pieces = layout.pieces(part)
            assembly.add_latency(
                pieces,
                memory.latency_sums(part, pieces)
                if memory
                else self._cells(LATENCY_CELLS, ("version_id", "bin"), part, pieces),
            )
            assembly.add_delays(memory.delays(part) if memory else Delays.of(self._delays(part)))
        reference = assembly.reference()
        segments = SegmentReader(outcomes, self._at_hand(totals))
        current, lookback = assembly.segments(segments.each(slices, layout))
        return Windows(
            now=self._now,
            bucket=spec.bucket,
            current=assembly.window(layout.current),
            recent=tuple(assembly.window(span) for span in layout.recent),
            reference=reference,
            versions=assembly.versions(seen, self._now),
            segments=current,
            segment_lookback=lookback,
            buckets=_bucket_totals(totals, layout),
            latency_buckets=assembly.latency_buckets(
                memory.latency(layout.current) if memory else self._latency(layout.current)
            ),
            problems=self._problems(layout.current),
            last_label_at=self._last_label(layout.bucket),
            delays=assembly.delays(self._now),
            starts=assembly.starts(reference),
            older=assembly.older(),
            corrected=self._corrected(layout),
            extent=self._extent(layout),
        )

    def _remembered(self, slices: Slices, layout: Layout) -> RememberedCells | None:
        """The cells in memory as the database has them; None where none are to be remembered, or they lie far apart."""
        if self._memory is None or len(layout.ranges) > 1:
            return None
        everything = [key for key, (segment, _) in slices.items() if segment == ALL]
        self._memory.refresh(self._connection, self._monitor, everything, layout.ranges[0].start)
        return self._memory

    def _at_hand(self, totals: Sequence[_Total]) -> Columns[OutcomeRow] | None:
        """What was just counted, where that is all that there is."""
        counted = self._counted
        if counted is None or not {total.bucket for total in totals} <= set(counted.buckets):
            return None
        return Columns.of(OutcomeRow, counted.outcomes)

    def _totals(self, part: Span) -> Iterable[_Total]:
        t = TOTAL_CELLS.c
        statement = select(t.bucket, t.version_id, t.n, t.n_labelled).where(t.monitor_id == self._monitor)
        return (_Total(*row) for row in self._connection.execute(statement.where(*within(t, part)).order_by(t.bucket)))

    def _cells(self, table: Table, names: tuple[str, ...], part: Span, pieces: Sequence[Span]) -> Rows:
        t = table.c
        keys = (piece_of(t.bucket, pieces), *(t[name] for name in names))
        statement = select(*keys, func.sum(t.n)).where(t.monitor_id == self._monitor, *within(t, part)).group_by(*keys)
        return self._connection.execute(statement)

    def _delays(self, part: Span) -> Rows:
        t = DELAY_CELLS.c
        statement = select(t.bucket, t.predicted_id, t.counts, t.labels).where(
            t.monitor_id == self._monitor, *within(t, part)
        )
        return self._connection.execute(statement)

    def _latency(self, current: Span) -> Rows:
        t = LATENCY_CELLS.c
        statement = select(t.bucket, t.version_id, t.bin, t.n).where(t.monitor_id == self._monitor, *within(t, current))
        return self._connection.execute(statement.order_by(t.bucket, t.version_id, t.bin)).all()

    def _problems(self, current: Span) -> tuple[Problem, ...]:
        t = PROBLEM_CELLS.c
        statement = (
            select(t.kind, func.sum(t.n))
            .where(t.monitor_id == self._monitor, or_(and_(*within(t, current)), t.bucket == NO_BUCKET))
            .group_by(t.kind)
            .order_by(t.kind)
        )
        return tuple(Problem(kind, int(n)) for kind, n in self._connection.execute(statement))

    def _corrected(self, layout: Layout) -> float:
        """Share of the labels of the lookback, but for the current window's, that were other ones at first."""
        before = Span(layout.lookback.start, layout.current.start)
        p, t = PROBLEM_CELLS.c, TOTAL_CELLS.c
        is_corrected = and_(p.kind == ProblemKind.CORRECTED_LABEL.value, *within(p, before))
        n = self._connection.scalar(select(func.sum(p.n)).where(p.monitor_id == self._monitor, is_corrected))
        of = self._connection.scalar(
            select(func.sum(t.n_labelled)).where(t.monitor_id == self._monitor, *within(t, before))
        )
        return min(int(n or 0) / int(of), 1.0) if of else 0.0

    def _extent(self, layout: Layout) -> Extent:
        """How much of the log was ever counted, and how many label rows are dated in the window."""
        t, m, p = TOTAL_CELLS.c, LOG_MARKS.c, PROBLEM_CELLS.c
        counted = select(func.sum(t.n), func.sum(t.n_labelled)).where(t.monitor_id == self._monitor)
        predictions, labels = self._connection.execute(counted).one()
        rows = select(func.sum(m.rows)).where(
            m.monitor_id == self._monitor, m.kind == LABELS, *within(m, layout.current)
        )
        future = select(func.sum(p.n)).where(
            p.monitor_id == self._monitor, p.kind == ProblemKind.FUTURE_TIME.value, p.bucket == NO_BUCKET
        )
        losses = LossReader(self._connection, self._monitor, self._now)
        shortest = layout.recent[-1].start if layout.recent else layout.current.start
        return Extent(
            predictions=int(predictions or 0),
            labels=int(labels or 0),
            label_rows=int(self._connection.scalar(rows) or 0),
            to_come=int(self._connection.scalar(future) or 0),
            lost_before=losses.before((shortest, layout.current.start)),
            missing=losses.missing(layout.current.start, layout.bucket),
        )

    def _last_label(self, bucket: int) -> datetime | None:
        statement = select(MONITORS.c.last_label_bucket).where(MONITORS.c.id == self._monitor)
        start = self._connection.scalar(statement)
        return None if start is None else min(from_epoch(start + bucket), self._now)


def _seen(totals: Sequence[_Total], layout: Layout) -> tuple[dict[int, Span], list[int]]:
    """For each version the buckets of the lookback from its first to its last, and which of them ever answered.

    What came of a version before it answered is left out of that: a try or a mistaken setting is no beginning, or a
    fall would be looked for at the wrong moment. A version answers from the bucket on from which it has LIVE_SHARE of a
    day's traffic; one that never does was there from its first prediction on. `totals` are in order.
    """
    here = [total for total in totals if total.bucket >= layout.lookback.start]
    buckets, n = (np.array([getattr(total, name) for total in here], dtype=np.int64) for name in ("bucket", "n"))
    versions = np.array([total.version for total in here], dtype=np.int64)
    every = np.concatenate([[0], n.cumsum()])
    seen: dict[int, Span] = {}
    answer: list[int] = []
    for version in dict.fromkeys(versions.tolist()):
        own = versions == version
        starts, sums = buckets[own], np.concatenate([[0], n[own].cumsum()])
        day = starts + max(_DAY, layout.bucket)
        mine = sums[np.searchsorted(starts, day)] - sums[:-1]
        all_ = every[np.searchsorted(buckets, day)] - every[np.searchsorted(buckets, starts)]
        answers = mine >= LIVE_SHARE * all_
        first = starts[answers.argmax()]
        answer += [version] if answers.any() else []
        seen[version] = Span(int(first), int(starts[-1]) + layout.bucket)
    return seen, answer


def _bucket_totals(totals: Iterable[_Total], layout: Layout) -> tuple[BucketTotal, ...]:
    sums: dict[int, list[int]] = {}
    for total in totals:
        if any(span.start <= total.bucket < span.end for span in (layout.reference, layout.current)):
            bucket = sums.setdefault(total.bucket, [0, 0])
            bucket[0] += total.n
            bucket[1] += total.n_labelled
    return tuple(BucketTotal(from_epoch(bucket), *numbers) for bucket, numbers in sums.items())
