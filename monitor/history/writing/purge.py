"""Forget what is older than the operator wants to keep."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select

from alerts.incident import State
from monitor.history.schema import (
    ACTS,
    ADVICE,
    ADVICE_OUTCOMES,
    BELIEF_TIMES,
    CYCLES,
    DECISIONS,
    FINDINGS,
    FORGETTING,
    INCIDENT_EVENTS,
    INCIDENTS,
    METRIC_POINTS,
    MONITORS,
    NOTIFICATIONS,
    OUTCOME_CELLS,
    OUTCOME_DAYS,
    RETAINED_CELLS,
    SILENCES,
    STANDINGS,
    STUDIES,
    TRIES,
)
from monitor.history.schema.cells import NO_BUCKET
from monitor.history.types import from_epoch, to_epoch, to_micros
from monitor.history.writing.cells import BY_MONITOR
from monitor.history.writing.days import roll_up_between

DAY: Final = timedelta(days=1)


def horizons(connection: Connection, before: datetime) -> Iterator[datetime]:
    """Ends of spans of a day up to `before`, from the oldest row on: each is deleted in a transaction of its own."""
    buckets = connection.scalar(select(func.min(OUTCOME_DAYS.c.day)))
    times = [connection.scalar(select(func.min(table.c.as_of))) for table in (CYCLES, BELIEF_TIMES)]
    found = [at for at in (*times, None if buckets is None else from_epoch(buckets)) if at is not None]
    end = min(found, default=before)
    while end + DAY < before:
        end += DAY
        yield end
    yield before


def purge_before(connection: Connection, before: datetime) -> int:
    """Delete all that is older; incidents go when they were resolved before. Returns the number of rows."""
    rows = 0
    for table in (OUTCOME_CELLS, *BY_MONITOR, RETAINED_CELLS, FORGETTING):
        bucket = table.c.bucket
        rows += _delete(connection, table, and_(bucket < to_epoch(before), bucket != NO_BUCKET))
    for monitor in connection.scalars(select(MONITORS.c.id)).all():
        roll_up_between(connection, monitor, 0, to_epoch(before) // 86_400 * 86_400 + 86_400)
    rows += _delete(connection, METRIC_POINTS, METRIC_POINTS.c.as_of < to_micros(before))
    _delete(connection, BELIEF_TIMES, BELIEF_TIMES.c.micros < to_micros(before))
    for table in (FINDINGS, CYCLES, STUDIES):
        rows += _delete(connection, table, table.c.as_of < before)
    return rows + _purge_incidents(connection, before)


def _purge_incidents(connection: Connection, before: datetime) -> int:
    t = INCIDENTS.c
    gone = select(t.id).where(t.state == State.RESOLVED, t.resolved_at < before)
    advice = select(ADVICE.c.id).where(ADVICE.c.incident_id.in_(gone))
    rows = _delete(connection, NOTIFICATIONS, NOTIFICATIONS.c.incident_id.in_(gone))
    rows += _delete(connection, INCIDENT_EVENTS, INCIDENT_EVENTS.c.incident_id.in_(gone))
    rows += _delete(connection, ADVICE_OUTCOMES, ADVICE_OUTCOMES.c.advice_id.in_(advice))
    rows += _delete(connection, DECISIONS, DECISIONS.c.incident_id.in_(gone))
    rows += _delete(connection, STANDINGS, STANDINGS.c.incident_id.in_(gone))
    rows += _delete(
        connection, TRIES, or_(TRIES.c.incident_id.in_(gone), and_(TRIES.c.incident_id.is_(None), TRIES.c.at < before))
    )
    over = select(SILENCES.c.id).where(SILENCES.c.ends_at < before)
    rows += _delete(connection, ACTS, or_(ACTS.c.incident_id.in_(gone), ACTS.c.silence_id.in_(over)))
    rows += _delete(connection, SILENCES, SILENCES.c.ends_at < before)
    rows += _delete(connection, ADVICE, ADVICE.c.incident_id.in_(gone))
    return rows + _delete(connection, INCIDENTS, t.id.in_(gone))


def _delete(connection: Connection, table: Table, condition: ColumnElement[Any]) -> int:
    return connection.execute(delete(table).where(condition)).rowcount
