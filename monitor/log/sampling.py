"""A bounded, repeatable sample of predictions, drawn by the engine that holds them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.log.functions import Md5
from monitor.log.mapped import MappedLog
from monitor.log.moment import from_epoch
from monitor.log.rows import labels_cte
from monitor.log.values import null_of


@dataclass(frozen=True, slots=True)
class SampledPrediction:
    """One logged row with its label as known; None for what is not known or not mapped. `at` is UTC."""

    id: str
    at: datetime
    predicted: str
    label: str | None
    confidence: float | None
    text: str | None
    response: str | None
    model_version: str
    prompt_version: str


@dataclass(frozen=True, slots=True)
class Draw:
    """What to draw from: [start, end), as known at `as_of`; and how much: of each predicted class, and in all."""

    start: datetime
    end: datetime
    as_of: datetime
    per_class: int
    limit: int


def sample(connection: sa.Connection, log: MappedLog, draw: Draw) -> tuple[SampledPrediction, ...]:
    """Draw predictions by the MD5 of their id, so that a row is drawn or not whatever else is logged.

    Each predicted class gives its first `per_class`; `limit` then takes one of each class in turn, so that rare classes
    stay. Rows without an id cannot be drawn, and of rows with the same id the earliest is.
    """
    chosen = _chosen(log, draw)
    label: sa.ColumnElement[Any] = null_of(sa.Text())
    statement = sa.select(chosen)
    if log.labels is not None:
        found = labels_cte(log.labels, draw.as_of, chosen, connection.dialect.name)
        label = found.c.label
        statement = sa.select(chosen).select_from(chosen.outerjoin(found, found.c.id == chosen.c.id))
    statement = statement.add_columns(label.label("label")).order_by(chosen.c.nth, chosen.c.draw, chosen.c.epoch)
    rows = connection.execute(statement.limit(draw.limit)).mappings()
    return tuple(
        SampledPrediction(
            id=row["id_text"],
            at=from_epoch(row["epoch"]),
            predicted=row["predicted"],
            label=row["label"],
            confidence=row["confidence"],
            text=row["text"],
            response=row["response"],
            model_version=row["model_version"],
            prompt_version=row["prompt_version"],
        )
        for row in rows
    )


def _chosen(log: MappedLog, draw: Draw) -> sa.CTE:
    p = log.predictions
    id_text = sa.cast(p.id, sa.Text)
    earliest = sa.func.row_number().over(partition_by=p.id, order_by=p.at.epoch)
    rows = (
        sa.select(
            p.id.label("id"),
            id_text.label("id_text"),
            Md5(id_text).label("draw"),
            p.at.epoch.label("epoch"),
            p.predicted.label("predicted"),
            p.number("confidence").label("confidence"),
            p.text("text").label("text"),
            p.text("response").label("response"),
            p.model_version.label("model_version"),
            p.prompt_version.label("prompt_version"),
            earliest.label("occurrence"),
        )
        .select_from(p.source)
        .where(p.at.since(draw.start), p.at.before(draw.end), p.at.until(draw.as_of), p.id.is_not(None))
        .cte("drawable")
    )
    nth = sa.func.row_number().over(partition_by=rows.c.predicted, order_by=(rows.c.draw, rows.c.epoch)).label("nth")
    ranked = sa.select(rows, nth).where(rows.c.occurrence == 1).cte("ranked")
    return sa.select(ranked).where(ranked.c.nth <= draw.per_class).cte("chosen")
