"""Labelled messages, for those who learn from them: a bounded, repeatable draw with what is known of each label."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.log.counting.rows import labels_cte
from monitor.log.engines.constructs import Md5
from monitor.log.engines.engine import LogEngine
from monitor.log.engines.registry import engine_of
from monitor.log.mapping.mapped import MappedLabels, MappedLog
from monitor.log.mapping.moment import from_epoch
from monitor.log.mapping.values import null_of, text_of


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """One prediction with its message and its label as known. Times are UTC; None for what is not logged.

    `labelled_at` is when its first label came. `label_rows` counts the rows that named a class for it, `labels` the
    different classes that they named and `labellers` the different people who gave them (0 where they are not logged).
    `weight` is 1/inclusion probability of the label that counts, 1 where that is not logged.
    """

    id: str
    at: datetime
    predicted: str
    label: str
    labelled_at: datetime
    text: str
    confidence: float | None
    model_version: str
    prompt_version: str
    prompt_tokens: float | None
    label_rows: int
    labels: int
    labellers: int
    weight: float = 1.0
    latency_ms: float | None = None
    completion_tokens: float | None = None


@dataclass(frozen=True, slots=True)
class LabelledDraw:
    """What to draw from: predictions of [start, end), as known at `as_of`; and how many of each label at most.

    With `with_text` false, those without a message are drawn too; their text is "".
    """

    start: datetime
    end: datetime
    as_of: datetime
    per_label: int
    with_text: bool = True


def labelled(connection: sa.Connection, log: MappedLog, draw: LabelledDraw) -> tuple[LabelledMessage, ...]:
    """Draw labelled predictions that have a message, in the order of time.

    Each label gives those whose MD5 of the id is least, so that a row is drawn or not whatever else is logged. Of rows
    with the same id the one counts that `duplicates` names. Messages travel for the drawn rows only.
    """
    if log.labels is None:
        return ()
    chosen = _chosen(log, log.labels, draw, engine_of(connection))
    given = _given(log.labels, chosen, draw.as_of)
    statement = (
        sa.select(chosen, *_message(log), given.c.label_rows, given.c.labels, given.c.labellers)
        .select_from(_joined(log, chosen).join(given, given.c.id == chosen.c.id))
        .where(log.predictions.at.until(draw.as_of))
        .order_by(chosen.c.epoch, chosen.c.draw, log.predictions.text("text"))
    )
    rows = {row["id_text"]: row for row in connection.execute(statement).mappings()}
    return tuple(map(_read, rows.values()))


def count_predictions(connection: sa.Connection, log: MappedLog, start: datetime, end: datetime) -> int:
    """How many rows the prediction log has in [start, end)."""
    at = log.predictions.at
    statement = sa.select(sa.func.count()).select_from(log.predictions.source)
    return int(connection.execute(statement.where(at.since(start), at.before(end))).scalar_one())


def _chosen(log: MappedLog, labels: MappedLabels, draw: LabelledDraw, engine: LogEngine) -> sa.CTE:
    """Ids, times and labels of the drawn rows: small, whatever the length of the messages."""
    p = log.predictions
    id_text = sa.cast(p.id, sa.Text)
    occurrence = (
        sa.func.row_number()
        .over(partition_by=p.id, order_by=p.at.epoch.desc() if p.last_counts else p.at.epoch)
        .label("occurrence")
    )
    here = (
        sa.select(p.id.label("id"), id_text.label("id_text"), p.at.epoch.label("epoch"), occurrence)
        .select_from(p.source)
        .where(p.at.since(draw.start), p.at.before(draw.end), p.at.until(draw.as_of), p.id.is_not(None))
        .where(sa.func.trim(p.text("text")) != "" if draw.with_text else sa.true())
        .cte("here")
    )
    first = sa.select(here).where(here.c.occurrence == 1).cte("first")
    found = labels_cte(labels, draw.as_of, first, engine)
    lot = Md5(first.c.id_text).label("draw")
    nth = sa.func.row_number().over(partition_by=found.c.label, order_by=(lot, first.c.id_text)).label("nth")
    ranked = (
        sa.select(
            first.c.id, first.c.id_text, first.c.epoch, found.c.label, found.c.weight, found.c.first_epoch, lot, nth
        )
        .select_from(first.join(found, found.c.id == first.c.id))
        .cte("ranked")
    )
    return engine.worked_out(sa.select(ranked).where(ranked.c.nth <= draw.per_label).cte("chosen"))


def _joined(log: MappedLog, chosen: sa.CTE) -> sa.Join:
    p = log.predictions
    return sa.join(p.source, chosen, sa.and_(p.id == chosen.c.id, p.at.epoch == chosen.c.epoch))


def _message(log: MappedLog) -> list[sa.Label[Any]]:
    p = log.predictions
    return [
        p.predicted.label("predicted"),
        p.text("text").label("text"),
        p.number("confidence").label("confidence"),
        p.model_version.label("model_version"),
        p.prompt_version.label("prompt_version"),
        p.number("prompt_tokens").label("prompt_tokens"),
        p.latency_ms.label("latency_ms"),
        p.number("completion_tokens").label("completion_tokens"),
    ]


def _given(labels: MappedLabels, chosen: sa.CTE, as_of: datetime) -> sa.CTE:
    """For each drawn id: label rows, different labels, different labellers."""
    labeller = labels.columns.get("labeller")
    who = null_of(sa.Text()) if labeller is None else text_of(labels.relation, labeller)
    return (
        sa.select(
            labels.id.label("id"),
            sa.func.count().label("label_rows"),
            sa.func.count(sa.distinct(labels.label)).label("labels"),
            sa.func.count(sa.distinct(who)).label("labellers"),
        )
        .select_from(labels.source)
        .where(labels.at.until(as_of), labels.label.is_not(None), labels.id.in_(sa.select(chosen.c.id)))
        .group_by(labels.id)
        .cte("given")
    )


def _read(row: sa.RowMapping) -> LabelledMessage:
    return LabelledMessage(
        id=row["id_text"],
        at=from_epoch(row["epoch"]),
        predicted=row["predicted"],
        label=row["label"],
        labelled_at=from_epoch(row["first_epoch"]),
        text=row["text"] or "",
        confidence=row["confidence"],
        model_version=row["model_version"],
        prompt_version=row["prompt_version"],
        prompt_tokens=row["prompt_tokens"],
        label_rows=row["label_rows"],
        labels=row["labels"],
        labellers=row["labellers"],
        weight=row["weight"],
        latency_ms=row["latency_ms"],
        completion_tokens=row["completion_tokens"],
    )
