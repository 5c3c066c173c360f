"""A bounded, repeatable and uniform sample of all that is logged of some spans of time, for studies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from checks.counts.study import StudySpan
from monitor.log.counting.rows import labels_cte
from monitor.log.engines.constructs import Md5
from monitor.log.engines.registry import engine_of
from monitor.log.mapping.mapped import MappedLog, MappedPredictions
from monitor.log.mapping.moment import from_epoch
from monitor.log.mapping.values import null_of
from monitor.log.sampled import LONGEST_TEXT, StudyRow

_NUMBERS = ("prompt_tokens", "completion_tokens", "relevance")


def draw_rows(
    connection: sa.Connection, log: MappedLog, spans: Sequence[StudySpan], as_of: datetime, limit: int
) -> tuple[StudyRow, ...]:
    """Draw at most `limit` predictions of the spans (not empty) by the MD5 of their id, in order of time.

    Rows without an id cannot be drawn, and of drawn rows with the same id the one that `duplicates` names is.
    """
    chosen = _chosen(log.predictions, spans, as_of, limit)
    label: sa.ColumnElement[Any] = null_of(sa.Text())
    source: sa.FromClause = chosen
    if log.labels is not None:
        found = labels_cte(log.labels, as_of, chosen, engine_of(connection))
        label, source = found.c.label, chosen.outerjoin(found, found.c.id == chosen.c.id)
    place = chosen.c.epoch.desc() if log.predictions.last_counts else chosen.c.epoch
    statement = sa.select(chosen, label.label("label")).select_from(source).order_by(chosen.c.draw, place)
    drawn: dict[str, StudyRow] = {}
    for row in connection.execute(statement).mappings():
        drawn.setdefault(row["id_text"], _study_row(row, len(log.segments)))
    return tuple(sorted(drawn.values(), key=lambda row: (row.at, row.id)))


def _chosen(p: MappedPredictions, spans: Sequence[StudySpan], as_of: datetime, limit: int) -> sa.CTE:
    id_text = sa.cast(p.id, sa.Text)
    within = sa.or_(*(sa.and_(p.at.since(span.start), p.at.before(span.end)) for span in spans))
    columns = [
        p.id.label("id"),
        id_text.label("id_text"),
        Md5(id_text).label("draw"),
        p.at.epoch.label("epoch"),
        p.predicted.label("predicted"),
        p.model_version.label("model_version"),
        p.prompt_version.label("prompt_version"),
        p.confidence.label("confidence"),
        p.latency_ms.label("latency_ms"),
        *(p.number(name).label(name) for name in _NUMBERS),
        *_texts(p),
        *(segment.label(f"segment_{i}") for i, segment in enumerate(p.segments)),
    ]
    rows = sa.select(*columns).select_from(p.source)
    rows = rows.where(within, p.at.until(as_of), p.id.is_not(None))
    return rows.order_by(sa.text("draw"), sa.text("epoch")).limit(limit).cte("chosen")


def _texts(p: MappedPredictions) -> list[sa.Label[Any]]:
    return [
        label
        for name in ("text", "response")
        for label in (
            sa.func.substr(p.text(name), 1, LONGEST_TEXT).label(name),
            sa.func.length(p.text(name)).label(f"{name}_length"),
        )
    ]


def _study_row(row: sa.RowMapping, segments: int) -> StudyRow:
    names = ("predicted", "label", "text", "text_length", "response", "response_length", "confidence", "latency_ms")
    return StudyRow(
        id=row["id_text"],
        at=from_epoch(row["epoch"]),
        model_version=row["model_version"],
        prompt_version=row["prompt_version"],
        segments=tuple(row[f"segment_{i}"] for i in range(segments)),
        **{name: row[name] for name in (*names, *_NUMBERS)},
    )
