"""The parts of a count: each a GROUP BY with the same columns, so that one statement answers them all."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

import sqlalchemy as sa

from checks.counts.cells import NO_BAND
from monitor.log.mapping.mapped import MappedLabels, MappedLog
from monitor.log.mapping.values import ZERO, null_of
from monitor.log.names import is_cut
from monitor.log.problems import ProblemKind

_NAME: Final = sa.literal("", sa.Text)
_BLANK: Final[dict[str, sa.ColumnElement[Any]]] = {
    "value": _NAME,
    "model": _NAME,
    "prompt": _NAME,
    "predicted": _NAME,
    "label": null_of(sa.Text()),
    "bin": sa.literal(0, sa.Integer),
    "n": sa.func.count(),
    "weight": ZERO,
    "squared": ZERO,
    "millionths": sa.literal(0, sa.BigInteger),
    "designed": sa.literal(0, sa.BigInteger),
}


COLUMNS: Final = ("part", "bucket", *_BLANK)
"""The columns of a part, in their order."""

NAMES: Final = frozenset({"value", "model", "prompt", "predicted", "label"})
"""The columns that hold names."""


class Part(IntEnum):
    """What a row of the answer is."""

    OUTCOME = 0
    LATENCY = 1
    DELAY = 2
    PROBLEM = 3
    RELEVANCE = 4
    LABELLER = 5
    SEGMENT = 6  # and on: one for each segment column


def count_parts(row: sa.FromClause, log: MappedLog) -> Iterator[tuple[int, sa.Select[Any]]]:
    """Outcomes (over all, and by each segment), latency, relevance and label delay, each with its part."""
    weights = _weights(row, log)
    yield Part.OUTCOME, _outcomes(row, Part.OUTCOME, weights, banded=log.predictions.logs_confidence)
    for i in range(len(log.segments)):
        yield Part.SEGMENT + i, _outcomes(row, Part.SEGMENT + i, weights, row.c[f"segment_{i}"])
    if log.predictions.logs_latency:
        yield Part.LATENCY, _latencies(row)
    if log.predictions.logs_relevance:
        yield Part.RELEVANCE, _scores(row)
    if log.labels is not None:
        yield Part.DELAY, _delays(row)


def row_problems(row: sa.FromClause, log: MappedLog) -> Iterator[tuple[ProblemKind, sa.ColumnElement[bool]]]:
    """What can be wrong with joined rows, and when it is."""
    yield ProblemKind.NO_CLASS, row.c.no_class
    yield ProblemKind.LONG_NAME, is_cut(_names(row, log))
    yield ProblemKind.NULL_ID, row.c.id.is_(None)
    if log.predictions.logs_latency:
        yield ProblemKind.BAD_LATENCY, row.c.bad_latency
    if log.predictions.logs_confidence:
        yield ProblemKind.BAD_CONFIDENCE, row.c.bad_confidence
    if log.predictions.logs_relevance:
        yield ProblemKind.BAD_RELEVANCE, row.c.bad_relevance
    if log.labels is not None:
        yield ProblemKind.LABEL_BEFORE_PREDICTION, row.c.early
        yield ProblemKind.CORRECTED_LABEL, row.c.corrected


def row_problem_parts(row: sa.FromClause, log: MappedLog) -> Iterator[sa.Select[Any]]:
    """Problems of joined rows."""
    for kind, condition in row_problems(row, log):
        yield _problem(kind, row.c.bucket, condition)


def apart_parts(
    predictions: sa.CTE | None, log: MappedLog, buckets: Sequence[int] | None, as_of: datetime
) -> Iterator[sa.Select[Any]]:
    """Problems of rows that are not joined: duplicates (None: there are none), and label rows.

    Those that have a bucket; of the whole log if `buckets` is None.
    """
    if predictions is not None:
        yield _problem(ProblemKind.DUPLICATE_ID, predictions.c.bucket, predictions.c.nth > 1)
    if log.labels is not None:
        yield from _label_problems(log, log.labels, buckets, as_of)


def _weights(row: sa.FromClause, log: MappedLog) -> Mapping[str, sa.ColumnElement[Any]]:
    """The sums over labels; without inclusion probabilities each label weighs 1, and is only counted."""
    if log.labels is None or "inclusion_probability" not in log.labels.columns:
        labels = sa.cast(sa.func.count(row.c.label), sa.Double)
        return {"weight": labels, "squared": labels}
    return {
        "weight": sa.func.sum(row.c.weight),
        "squared": sa.func.sum(row.c.weight * row.c.weight),
        "designed": sa.cast(sa.func.sum(row.c.designed), sa.BigInteger),
    }


def _outcomes(
    row: sa.FromClause,
    part: int,
    weights: Mapping[str, sa.ColumnElement[Any]],
    value: sa.ColumnElement[str] | None = None,
    *,
    banded: bool = False,
) -> sa.Select[Any]:
    """Outcomes over all rows, or by the value of a segment; the band is in the place of the bin."""
    key = [row.c.bucket, row.c.model_version, row.c.prompt_version, row.c.predicted, row.c.label]
    confidence: dict[str, sa.ColumnElement[Any]] = {"bin": sa.literal(NO_BAND, sa.Integer)}
    if banded:
        key.append(row.c.band)
        confidence = {"bin": row.c.band, "millionths": sa.cast(sa.func.sum(row.c.millionths), sa.BigInteger)}
    return part_of(
        part,
        row.c.bucket,
        value=_BLANK["value"] if value is None else value,
        model=row.c.model_version,
        prompt=row.c.prompt_version,
        predicted=row.c.predicted,
        label=row.c.label,
        **weights,
        **confidence,
    ).group_by(*key, *([] if value is None else [value]))


def _latencies(row: sa.FromClause) -> sa.Select[Any]:
    key = (row.c.bucket, row.c.model_version, row.c.prompt_version, row.c.latency_bin)
    part = part_of(Part.LATENCY, key[0], model=key[1], prompt=key[2], bin=key[3])
    return part.where(row.c.latency_bin.is_not(None)).group_by(*key)


def _scores(row: sa.FromClause) -> sa.Select[Any]:
    """Scores by bin; the source is in the place of a segment's value, the sum of squares in that of `designed`."""
    c = row.c
    key = (c.bucket, c.model_version, c.prompt_version, c.predicted, c.relevance_source, c.score_bin)
    part = part_of(
        Part.RELEVANCE,
        c.bucket,
        value=c.relevance_source,
        model=c.model_version,
        prompt=c.prompt_version,
        predicted=c.predicted,
        bin=c.score_bin,
        millionths=sa.cast(sa.func.sum(c.score_millionths), sa.BigInteger),
        designed=sa.cast(sa.func.sum(c.square_millionths), sa.BigInteger),
    )
    return part.where(c.score_bin.is_not(None)).group_by(*key)


def _delays(row: sa.FromClause) -> sa.Select[Any]:
    key = (row.c.bucket, row.c.predicted, row.c.label, row.c.delay_bin)
    part = part_of(Part.DELAY, key[0], predicted=key[1], label=key[2], bin=key[3])
    return part.where(row.c.delay_bin.is_not(None)).group_by(*key)


def _names(row: sa.FromClause, log: MappedLog) -> list[sa.ColumnElement[Any]]:
    names = ["predicted", "model_version", "prompt_version", "relevance_source"]
    return [row.c[name] for name in (*names, *(f"segment_{i}" for i in range(len(log.segments))))]


def _problem(kind: ProblemKind, bucket: sa.ColumnElement[int], condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    part = part_of(Part.PROBLEM, bucket, value=sa.literal(kind.value, sa.Text))
    return part.where(condition).group_by(bucket)


def _label_problems(
    log: MappedLog, labels: MappedLabels, buckets: Sequence[int] | None, as_of: datetime
) -> Iterator[sa.Select[Any]]:
    known = labels.at.until(as_of)
    here = known if buckets is None else sa.and_(known, labels.at.within(buckets, log.bucket))
    rows = sa.select(
        labels.at.bucket(log.bucket).label("bucket"),
        labels.id.label("id"),
        labels.label.label("label"),
        labels.bad_probability.label("bad_probability"),
        labels.refused.label("refused"),
    ).select_from(labels.source)
    label = rows.where(here).cte("label_row")
    if not labels.in_predictions:
        yield _problem(
            ProblemKind.NULL_LABEL, label.c.bucket, sa.and_(label.c.label.is_(None), sa.not_(label.c.refused))
        )
    yield _problem(ProblemKind.LONG_LABEL, label.c.bucket, is_cut([label.c.label]))
    yield _problem(ProblemKind.BAD_PROBABILITY, label.c.bucket, label.c.bad_probability)
    predictions = log.predictions
    everyone = sa.select(predictions.id.label("id")).select_from(predictions.source)
    ids = everyone.where(predictions.at.until(as_of), predictions.id.is_not(None)).cte("known_id")
    orphan = sa.and_(label.c.label.is_not(None), ids.c.id.is_(None))
    # A join, not NOT EXISTS: SQLite would scan all ids again for each label where the log has no index.
    joined = label.outerjoin(ids, ids.c.id == label.c.id)
    sought = sa.select(label.c.bucket, orphan.label("orphan")).select_from(joined).subquery("sought")
    yield _problem(ProblemKind.ORPHAN_LABEL, sought.c.bucket, sought.c.orphan)


def part_of(part: int, bucket: sa.ColumnElement[int], **given: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return the columns that all parts have, so that they can be rows of one statement: those given, else blank."""
    columns = [column.label(name) for name, column in (_BLANK | given).items()]
    return sa.select(sa.literal(int(part), sa.Integer).label("part"), bucket.label("bucket"), *columns)
