"""Keep what was counted of rows that the log no longer has, when its buckets are counted again.

No look lowers the predictions or the labelled predictions of a bucket, but for those that `tunewatch history forget`
names. Where the counts of a bucket are what the log gives and nothing else, this does nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, delete, insert, select

from monitor.history.ends import NOT_TOLD, IsTold, OldEnds
from monitor.history.schema import FORGETTING, RETAINED_CELLS, TOTAL_CELLS
from monitor.history.types import from_epoch
from monitor.history.writing.counted import Counted, runs
from monitor.history.writing.families import ALL_LABELS, ALL_ROWS, PROBLEM, Families, families, to_rows
from monitor.history.writing.retained import fitted, minus, number, plus, settle, without
from monitor.log.counting.columns import Columns, totals
from monitor.log.counts import (
    BucketCounts,
    Changes,
    DelayRow,
    Fingerprints,
    LabellerRow,
    LatencyRow,
    LogNotice,
    OutcomeRow,
    ProblemRow,
    RelevanceRow,
)
from monitor.log.problems import ProblemKind

Row = TypeVar("Row", OutcomeRow, LatencyRow, DelayRow, RelevanceRow, LabellerRow)

_NONE: Final = (0, 0)
_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Retained:
    """What is retained of a bucket: these counts, or with None all that its cells hold."""

    predictions: int
    labels: int
    cells: Families | None

    @classmethod
    def of(cls, cells: Families) -> "Retained":
        """Count them."""
        return cls(int(number(cells.get(ALL_ROWS))), int(number(cells.get(ALL_LABELS))), cells)


NOTHING_RETAINED: Final = Retained(0, 0, {})


@dataclass(slots=True)
class _Result:
    """Counts to write in the place of those of the log, by bucket, and what is retained of them."""

    families: dict[int, Families] = field(default_factory=dict)
    retained: dict[int, Retained | None] = field(default_factory=dict)
    extra: list[ProblemRow] = field(default_factory=list)
    newly: dict[int, tuple[int, int]] = field(default_factory=dict)

    def keep(self, bucket: int, old: Families, new: Families, known: Retained | None, is_told: IsTold) -> None:
        """Note what is retained of a bucket: that of `old` before, when `known` of it was told, and `new` from now on.

        What came back is no longer told; of what has newly gone, what `is_told` says.
        """
        before, after = Retained.of(old), Retained.of(new)
        told = known or NOTHING_RETAINED
        gone = (after.predictions - before.predictions, after.labels - before.labels)
        of_rows = is_told.predictions and gone[0] > 0
        newly = (gone[0] if of_rows else 0, max(gone[1], 0) if is_told.labels or of_rows else 0)
        predictions = min(told.predictions + newly[0], after.predictions)
        labels = min(told.labels + newly[1], after.labels)
        self.note(bucket, Retained(predictions, labels, new))
        self.newly[bucket] = newly

    def note(self, bucket: int, retained: Retained) -> None:
        """Note this, and what is told of it; nothing is retained where there are no cells."""
        if retained.cells is not None and not retained.cells:
            self.retained[bucket] = None
            return
        self.retained[bucket] = retained
        kinds = ((ProblemKind.LOST_PREDICTION, retained.predictions), (ProblemKind.LOST_LABEL, retained.labels))
        self.extra += (ProblemRow(bucket, kind, n) for kind, n in kinds if n)


class Retention:
    """What is retained of one monitor, within one transaction."""

    def __init__(self, connection: Connection, monitor: int) -> None:
        self._connection = connection
        self._monitor = monitor
        self._counted = Counted(connection, monitor)

    def doubtful(self, seen: Fingerprints, changes: Changes, counts: BucketCounts) -> tuple[int, ...]:
        """The buckets that must be counted once more, as they were known at the last look, to tell what they lost."""
        held = self._counted.totals(counts.buckets)
        if not held or seen.as_of is None:
            return ()
        now, kept = totals(counts.outcomes), self._with_losses()

        def is_doubtful(bucket: int) -> bool:
            n, labelled = now.get(bucket, _NONE)
            fell = n < held[bucket][0] or labelled < held[bucket][1]
            known = bucket in kept or bucket not in seen.predictions
            return n > 0 and (fell or known or bucket in changes.shrunk or changes.labels_lost)

        return tuple(bucket for bucket in counts.buckets if bucket in held and is_doubtful(bucket))

    def reconcile(
        self, seen: Fingerprints, now: Fingerprints, counts: BucketCounts, again: BucketCounts
    ) -> BucketCounts:
        """The counts to keep; what is retained of them is kept with this. `again` are those of the doubtful buckets.

        With `seen.as_of` None, the log was counted anew in another way: see `adopt`.
        """
        held = self._counted.totals(counts.buckets)
        counts = replace(counts, problems=tuple(self._without_bereft(seen, now, counts)) if held else counts.problems)
        result = self._anew(seen, now, counts) if seen.as_of is None else self._changed(seen, now, counts, again)
        self._write(result.retained)
        return _merged(counts, result)

    def read(self, wanted: Collection[int]) -> dict[int, Retained]:
        """Counts that are retained of these buckets."""
        t = RETAINED_CELLS.c
        statement = select(t.bucket, t.predictions, t.labels, t.cells).where(t.monitor_id == self._monitor)
        known = sorted(self._with_losses().intersection(wanted))
        found = (self._connection.execute(statement.where(t.bucket.in_(some))) for some in runs(known))
        return {bucket: Retained(n, m, _unpacked(cells)) for rows in found for bucket, n, m, cells in rows}

    def _with_losses(self) -> set[int]:
        t = RETAINED_CELLS.c
        return set(self._connection.scalars(select(t.bucket).where(t.monitor_id == self._monitor)))

    def adopt(self, seen: Fingerprints) -> None:
        """Note which buckets the log has lost, before its marks are forgotten and it is counted anew in another way."""
        if seen.as_of is None:
            return
        t = TOTAL_CELLS.c
        buckets = self._connection.scalars(select(t.bucket).where(t.monitor_id == self._monitor).distinct())
        known = self._with_losses()
        self._write({b: Retained(0, 0, None) for b in buckets if b not in seen.predictions and b not in known})

    def _changed(self, seen: Fingerprints, now: Fingerprints, counts: BucketCounts, again: BucketCounts) -> _Result:
        result, pending = _Result(), self._pending()
        ends = OldEnds.of(seen, now)
        out_of_sight = pending.keys() - now.predictions.keys()  # rotated away, or older than the lookback
        perhaps_gone = sorted({*counts.buckets, *out_of_sight} - totals(counts.outcomes).keys())
        gone = self._counted.totals(perhaps_gone).keys()
        concerned = [*gone, *again.buckets]
        kept = self.read(concerned)
        before = families(self._counted.counts(concerned), concerned)
        earlier, given = families(again, again.buckets), families(counts, concerned)
        for bucket in concerned:
            total, known = before[bucket], kept.get(bucket)
            was_gone = bucket not in seen.predictions or (known is not None and known.cells is None)
            all_retained = was_gone and bucket not in out_of_sight
            old = total if all_retained else known.cells or {} if known else {}
            base = {} if all_retained else minus(total, old)
            again_here = earlier.get(bucket, _problems(given[bucket]))  # what is gone was gone then, but for label rows
            left = self._forgotten(bucket, old, settle(old, base, again_here), pending[bucket])
            new = fitted(left, given[bucket])
            result.families[bucket] = plus(given[bucket], new)
            result.keep(bucket, old, new, known, ends.is_told(bucket))
            if bucket in gone and result.retained[bucket]:
                result.retained[bucket] = replace(result.retained[bucket] or NOTHING_RETAINED, cells=None)
        return result

    def _anew(self, seen: Fingerprints, now: Fingerprints, counts: BucketCounts) -> _Result:
        """Add what was lost before to counts made in another way; of buckets that are no more, keep what there was."""
        result = _Result()
        if not counts.buckets:
            return result
        first, length = min(counts.buckets), now.bucket or 1
        kept = self.read({bucket for bucket in self._with_losses() if bucket >= first // length * length})
        before = families(self._counted.counts(sorted(kept)), kept)
        given = totals(counts.outcomes)
        of_log = families(counts, {bucket // length * length for bucket in kept})
        added: dict[int, Families] = {}
        told = Counter[tuple[int, str]]()
        for bucket, each in kept.items():
            target, total = bucket // length * length, before[bucket]
            if target not in given:
                result.families[bucket] = total
                result.note(bucket, replace(each, cells=None if total else {}))
                continue
            result.retained[bucket] = None
            part = total if each.cells is None else each.cells
            if each.cells is None and seen.bucket == now.bucket:  # what has come back is not counted twice
                part = settle(total, {}, of_log[bucket])
            added[target] = plus(added.get(target, {}), part)
            told.update({(target, "rows"): each.predictions, (target, "labels"): each.labels})
        for target, part in added.items():
            log = of_log[target]
            if fit := fitted(part, log):
                result.families[target] = plus(log, fit)
                known = Retained(told[target, "rows"], told[target, "labels"], fit)
                result.keep(target, fit, fit, known, NOT_TOLD)
        return result

    def _forgotten(self, bucket: int, old: Families, new: Families, pending: int) -> Families:
        """Let go of as many of the rows that are newly lost as were named to be forgotten."""
        newly = minus(new, old)
        rows = min(pending, int(number(newly.get(ALL_ROWS))))
        if not rows:
            return new
        t = FORGETTING.c
        here = (t.monitor_id == self._monitor, t.bucket == bucket)
        done = self._connection.scalars(select(t.digest).where(*here).order_by(t.digest).limit(rows)).all()
        self._connection.execute(delete(FORGETTING).where(*here, t.digest.in_(done)))
        return plus(old, without(newly, rows)) if old else without(newly, rows)

    def _pending(self) -> Counter[int]:
        """How many predictions of each bucket are to be forgotten once they are lost."""
        t = FORGETTING.c
        named = self._connection.scalars(select(t.bucket).where(t.monitor_id == self._monitor))
        return Counter(named)

    def _without_bereft(self, seen: Fingerprints, now: Fingerprints, counts: BucketCounts) -> Iterator[ProblemRow]:
        """Problems without the orphans that a loss made: a label has no prediction from the start, or not at all."""
        orphans = [row.bucket for row in counts.problems if row.kind == ProblemKind.ORPHAN_LABEL and row.bucket]
        known = self._counted.problems(orphans, ProblemKind.ORPHAN_LABEL) if orphans and seen.as_of else None
        for row in counts.problems:
            if known is None or row.kind != ProblemKind.ORPHAN_LABEL or row.bucket is None:
                yield row
                continue
            rows, old = now.labels.get(row.bucket), seen.labels.get(row.bucket)
            come = (rows.rows if rows else 0) - (old.rows if old else 0)
            if n := min(row.n, known.get(row.bucket, 0) + max(come, 0)):
                yield row._replace(n=n)

    def _write(self, retained: Mapping[int, Retained | None]) -> None:
        t = RETAINED_CELLS.c
        for bucket in retained:
            self._connection.execute(delete(RETAINED_CELLS).where(t.monitor_id == self._monitor, t.bucket == bucket))
        rows = [
            {
                "monitor_id": self._monitor,
                "bucket": bucket,
                "predictions": each.predictions,
                "labels": each.labels,
                "cells": _packed(each.cells),
            }
            for bucket, each in retained.items()
            if each is not None
        ]
        if rows:
            self._connection.execute(insert(RETAINED_CELLS), rows)


def _merged(counts: BucketCounts, result: _Result) -> BucketCounts:
    """The counts of the log, but for the buckets that have a result of their own."""
    if not result.families:
        return counts
    rows = list(to_rows(result.families))
    orphans = [row for row in counts.problems if row.kind == ProblemKind.ORPHAN_LABEL and row.bucket in result.families]

    of_log = (row for row in counts.problems if row.bucket not in result.families)
    gone = result.families.keys()
    return BucketCounts(
        tuple(sorted({*counts.buckets, *result.families})),
        Columns.of(OutcomeRow, counts.outcomes).replaced(gone, _only(OutcomeRow, rows)),
        Columns.of(LatencyRow, counts.latency).replaced(gone, _only(LatencyRow, rows)),
        Columns.of(DelayRow, counts.delays).replaced(gone, _only(DelayRow, rows)),
        (*of_log, *(row for row in rows if isinstance(row, ProblemRow)), *orphans, *result.extra),
        Columns.of(RelevanceRow, counts.relevance).replaced(gone, _only(RelevanceRow, rows)),
        (*counts.notices, *_notices(result.newly)),
        Columns.of(LabellerRow, counts.labellers).replaced(gone, _only(LabellerRow, rows)),
    )


def _only(kind: type[Row], rows: Iterable[object]) -> Iterator[Row]:
    return (row for row in rows if isinstance(row, kind))


def _notices(newly: Mapping[int, tuple[int, int]]) -> Iterator[LogNotice]:
    """What this look found to be lost."""
    for kind, place in ((ProblemKind.LOST_PREDICTION, 0), (ProblemKind.LOST_LABEL, 1)):
        numbers = {bucket: each[place] for bucket, each in sorted(newly.items()) if each[place] > 0}
        if numbers:
            examples = tuple(f"{from_epoch(bucket):%Y-%m-%d %H:%M}" for bucket in list(numbers)[:_EXAMPLES])
            yield LogNotice(kind, sum(numbers.values()), 0, examples)


def _problems(given: Families) -> Families:
    return {family: cells for family, cells in given.items() if family[0] == PROBLEM}


def _packed(cells: Families | None) -> tuple[Any, ...] | None:
    return None if cells is None else tuple((*family, tuple(each.items())) for family, each in cells.items())


def _unpacked(stored: Iterable[Any] | None) -> Families | None:
    return None if stored is None else {(kind, name): dict(cells) for kind, name, cells in stored}
