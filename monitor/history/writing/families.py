"""The counts of a bucket as families of cells, which can be added and subtracted, and back.

Rows and labels are counted apart ("rows" by all but their label, "labels" by all of it): a lost label is one labelled
row less and no row less.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from monitor.log.counting.columns import rows_of
from monitor.log.counts import (
    ALL,
    BucketCounts,
    DelayRow,
    LabellerRow,
    LatencyRow,
    OutcomeRow,
    ProblemRow,
    RelevanceRow,
)
from monitor.log.problems import ProblemKind

Key = tuple[Any, ...]
"""Names and bins."""
Sums = tuple[Any, ...]
"""Additive figures; the first is a number of rows above zero."""
Cells = Mapping[Key, Sums]
Family = tuple[str, str]
"""What is counted, and of which segment, which labeller or which kind of problem."""
Families = dict[Family, Cells]

ROWS: Final = "rows"
LABELS: Final = "labels"
LATENCY: Final = "latency"
DELAYS: Final = "delays"
RELEVANCE: Final = "relevance"
LABELLERS: Final = "labellers"
PROBLEM: Final = "problem"

ALL_ROWS: Final = (ROWS, ALL)
ALL_LABELS: Final = (LABELS, ALL)

NEVER_RETAINED: Final = frozenset({ProblemKind.ORPHAN_LABEL, ProblemKind.LOST_PREDICTION, ProblemKind.LOST_LABEL})
"""Kinds of problems that are worked out from what is retained, or that a loss itself makes."""


def families(counts: BucketCounts, wanted: Collection[int]) -> dict[int, Families]:
    """The counts of the buckets wanted by family, problems left out that are never retained."""
    found: dict[int, dict[Family, dict[Key, Sums]]] = {bucket: {} for bucket in wanted}

    def add(bucket: int, family: Family, key: Key, sums: Sums) -> None:
        cells = found[bucket].setdefault(family, {})
        cells[key] = tuple(map(sum, zip(cells[key], sums, strict=True))) if key in cells else sums

    for row in rows_of(OutcomeRow, counts.outcomes, found):
        key: Key = (row.value, row.model_version, row.prompt_version, row.predicted, row.band)
        add(row.bucket, (ROWS, row.segment), key, (row.n, row.confidence_millionths))
        if row.label is not None:
            sums = (row.n, row.confidence_millionths, row.weight, row.weight_squared, row.designed)
            add(row.bucket, (LABELS, row.segment), (*key, row.label), sums)
    for bucket, *keys, n in rows_of(LatencyRow, counts.latency, found):
        add(bucket, (LATENCY, ""), tuple(keys), (n,))
    for bucket, predicted, bin_, n, label in rows_of(DelayRow, counts.delays, found):
        add(bucket, (DELAYS, ""), (predicted, bin_, label), (n,))
    for bucket, *names, bin_, n, score, square in rows_of(RelevanceRow, counts.relevance, found):
        add(bucket, (RELEVANCE, ""), (*names, bin_), (n, score, square))
    for bucket, labeller, fate, n in rows_of(LabellerRow, counts.labellers, found):
        add(bucket, (LABELLERS, labeller), (fate,), (n,))
    for problem in (row for row in counts.problems if row.bucket in found and row.kind not in NEVER_RETAINED):
        add(problem.bucket or 0, (PROBLEM, problem.kind), (), (problem.n,))
    return {bucket: dict(of_bucket) for bucket, of_bucket in found.items()}


def to_rows(
    by_bucket: Mapping[int, Families],
) -> Iterator[OutcomeRow | LatencyRow | DelayRow | RelevanceRow | LabellerRow | ProblemRow]:
    """The counts of buckets as rows again."""
    for bucket, found in by_bucket.items():
        for (kind, name), cells in found.items():
            if kind == ROWS:
                yield from _outcomes(bucket, name, cells, found.get((LABELS, name), {}))
            elif kind != LABELS:
                yield from _others(bucket, kind, name, cells)


def _outcomes(bucket: int, segment: str, rows: Cells, labels: Cells) -> Iterator[OutcomeRow]:
    labelled: dict[Key, list[tuple[str, Sums]]] = {}
    for (*group, label), sums in labels.items():
        labelled.setdefault(tuple(group), []).append((label, sums))
    for key, (n, confidence) in rows.items():
        value, model, prompt, predicted, band = key
        blank = OutcomeRow(bucket, segment, value, model, prompt, predicted, None, 0, 0.0, 0.0, band)
        unlabelled, left = n, confidence
        for label, (found, part, weight, squared, designed) in labelled.get(key, []):
            unlabelled, left = unlabelled - found, max(left - part, 0)
            row = blank._replace(label=label, n=found, weight=weight, weight_squared=squared)
            yield row._replace(confidence_millionths=part, designed=designed)
        if unlabelled > 0:
            yield blank._replace(n=unlabelled, confidence_millionths=left)


def _others(
    bucket: int, kind: str, name: str, cells: Cells
) -> Iterator[LatencyRow | DelayRow | RelevanceRow | LabellerRow | ProblemRow]:
    for key, sums in cells.items():
        match kind:
            case "latency":
                yield LatencyRow(bucket, *key, *sums)
            case "delays":
                predicted, bin_, label = key
                yield DelayRow(bucket, predicted, bin_, sums[0], label)
            case "relevance":
                yield RelevanceRow(bucket, *key, *sums)
            case "labellers":
                yield LabellerRow(bucket, name, *key, *sums)
            case _:
                yield ProblemRow(bucket, name, *sums)
