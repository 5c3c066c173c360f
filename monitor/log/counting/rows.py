"""The rows that count: one prediction per id, and for each its label as known at a moment.

Duplicates are rare, and telling them costs as much as the count itself. So ids that occur more than once are looked
for first (`repeated_ids`), and only if there are any does the count rank their rows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from monitor.log.engines.constructs import BytewiseText
from monitor.log.engines.engine import LogEngine
from monitor.log.mapping.mapped import MappedLabels, MappedLog, MappedPredictions

_NOTHING: Final = sa.literal(-1.0, sa.Double)  # orders a prediction without a number before duplicates that have one


def predictions_cte(
    log: MappedLog,
    as_of: datetime,
    *,
    buckets: Sequence[int] | None,
    repeated: bool,
    extra: Sequence[sa.Label[Any]] = (),
) -> sa.CTE:
    """Predictions at or before `as_of`, in these buckets (None: all of them), with `nth` 1 if they count.

    Columns: id, epoch, bucket, predicted, no_class, model_version, prompt_version, latency_ms, bad_latency,
    confidence, bad_confidence, relevance, bad_relevance, relevance_source, segment_0 and so on, nth, and the extra
    ones. With `repeated`, of several rows with one id the last is the one that counts, or the first where that is set,
    whichever bucket it is in (ties: the greatest, or the least, in predicted class, versions, segments, source of the
    relevance, latency, confidence and relevance).
    """
    predictions = log.predictions
    columns = [*_prediction_columns(log), *extra]
    known = predictions.at.until(as_of)
    here = known if buckets is None else sa.and_(known, predictions.at.within(buckets, log.bucket))
    first = sa.literal(1, sa.Integer).label("nth")
    source = predictions.source
    if not repeated:
        return sa.select(*columns, first).select_from(source).where(here).cte("prediction")
    twice = sa.select(repeated_ids(log, as_of, buckets).cte("twice").c.id)
    once = sa.or_(predictions.id.is_(None), predictions.id.not_in(twice))
    single = sa.select(*columns, first).select_from(source).where(here, once)
    ranked = sa.select(*columns, _rank(predictions)).select_from(source).where(known, predictions.id.in_(twice)).cte()
    some = sa.select(ranked) if buckets is None else sa.select(ranked).where(ranked.c.bucket.in_(buckets))
    return sa.union_all(single, some).cte("prediction")


def repeated_ids(log: MappedLog, as_of: datetime, buckets: Sequence[int] | None) -> sa.Select[Any]:
    """Ids in these buckets (None: in all) that more than one prediction at or before `as_of` has."""
    predictions = log.predictions
    identity = predictions.id.label("id")
    statement = sa.select(identity).select_from(predictions.source)
    statement = statement.where(predictions.at.until(as_of), predictions.id.is_not(None))
    if buckets is not None:
        here = sa.select(identity).select_from(predictions.source)
        here_ids = here.where(predictions.at.until(as_of), predictions.at.within(buckets, log.bucket)).cte("here")
        statement = statement.where(predictions.id.in_(sa.select(here_ids.c.id)))
    return statement.group_by(predictions.id).having(sa.func.count() > 1)


def labels_cte(labels: MappedLabels, as_of: datetime, ids: sa.CTE | None, engine: LogEngine) -> sa.CTE:
    """The label of each id as known at `as_of`: the latest that names a class (ties: the greatest, then its weight).

    Columns: id, label, weight, designed, first_epoch of the first label that names a class, and whether it is
    corrected: they do not all name the same. With `ids`, only of those.
    """
    statement = sa.select(
        labels.id.label("id"),
        labels.label.label("label"),
        labels.weight.label("weight"),
        labels.designed.label("designed"),
        labels.at.epoch.label("epoch"),
    ).select_from(labels.source)
    statement = statement.where(labels.at.until(as_of), labels.label.is_not(None), labels.id.is_not(None))
    if ids is not None:
        statement = statement.where(labels.id.in_(sa.select(ids.c.id)))
    known = statement.cte("known_label")
    order = (known.c.epoch.desc(), BytewiseText(known.c.label).desc(), known.c.weight.asc())
    first = sa.func.min(known.c.epoch).over(partition_by=known.c.id).label("first_epoch")
    least, greatest = (extreme(known.c.label).over(partition_by=known.c.id) for extreme in (sa.func.min, sa.func.max))
    corrected = (least != greatest).label("corrected")
    columns = (known.c.id, known.c.label, known.c.weight, known.c.designed, first, corrected)
    return engine.first_of_each(known.c.id, columns, order).cte("label")


def _prediction_columns(log: MappedLog) -> list[sa.Label[Any]]:
    predictions = log.predictions
    segments = [segment.label(f"segment_{i}") for i, segment in enumerate(predictions.segments)]
    return [
        predictions.id.label("id"),
        predictions.at.epoch.label("epoch"),
        predictions.at.bucket(log.bucket).label("bucket"),
        predictions.predicted.label("predicted"),
        predictions.no_class.label("no_class"),
        predictions.model_version.label("model_version"),
        predictions.prompt_version.label("prompt_version"),
        predictions.latency_ms.label("latency_ms"),
        predictions.bad_latency.label("bad_latency"),
        predictions.confidence.label("confidence"),
        predictions.bad_confidence.label("bad_confidence"),
        predictions.relevance.label("relevance"),
        predictions.bad_relevance.label("bad_relevance"),
        predictions.relevance_source.label("relevance_source"),
        *segments,
    ]


def _rank(predictions: MappedPredictions) -> sa.Label[int]:
    texts = [predictions.predicted, predictions.model_version, predictions.prompt_version, *predictions.segments]
    texts.append(predictions.relevance_source)
    measured = (predictions.latency_ms, predictions.confidence, predictions.relevance)
    numbers = [sa.func.coalesce(number, _NOTHING) for number in measured]
    order: list[sa.ColumnElement[Any]] = [predictions.at.epoch, *(BytewiseText(text) for text in texts), *numbers]
    if predictions.last_counts:
        order = [each.desc() for each in order]
    return sa.func.row_number().over(partition_by=predictions.id, order_by=order).label("nth")
