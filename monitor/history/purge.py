"""Forget what is older than the operator wants to keep, and thin out what is old."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, select

from alerts.incident import State
from checks.finding import Verdict
from monitor.history.cells import BY_MONITOR
from monitor.history.record import HOUR
from monitor.history.schema import (
    ADVICE,
    ADVICE_OUTCOMES,
    CYCLES,
    DECISIONS,
    FINDINGS,
    INCIDENT_EVENTS,
    INCIDENTS,
    METRIC_POINTS,
    NOTIFICATIONS,
    OUTCOME_CELLS,
    STUDIES,
)
from monitor.history.schema.cells import NO_BUCKET
from monitor.history.types import to_epoch, to_micros

FULL_DETAIL: Final = timedelta(days=14)
"""How long every row of a metric is kept; after that the last one of each hour, and no finding that is not an alarm."""


def purge_before(connection: Connection, before: datetime) -> int:
    """Delete all that is older; incidents go when they were resolved before. Returns the number of rows."""
    rows = 0
    for table in (OUTCOME_CELLS, *BY_MONITOR):
        bucket = table.c.bucket
        rows += _delete(connection, table, and_(bucket < to_epoch(before), bucket != NO_BUCKET))
    rows += _delete(connection, METRIC_POINTS, METRIC_POINTS.c.as_of < to_micros(before))
    for table in (FINDINGS, CYCLES, STUDIES):
        rows += _delete(connection, table, table.c.as_of < before)
    return rows + _purge_incidents(connection, before)


def thin(connection: Connection) -> int:
    """Thin out what is older than FULL_DETAIL before the newest cycle. Returns the number of rows deleted."""
    newest = connection.scalar(select(func.max(CYCLES.c.as_of)))
    if newest is None:
        return 0
    old = newest - FULL_DETAIL
    quiet = and_(FINDINGS.c.as_of < old, FINDINGS.c.verdict.in_([Verdict.OK, Verdict.NOT_ENOUGH_DATA]))
    return _delete(connection, FINDINGS, quiet) + _thin_metrics(connection, to_micros(old))


def _thin_metrics(connection: Connection, old: int) -> int:
    t, later = METRIC_POINTS.c, METRIC_POINTS.alias("later")
    same_series = and_(
        later.c.series_id == t.series_id, later.c.window_end - later.c.window_start == t.window_end - t.window_start
    )
    same_hour = and_(later.c.as_of > t.as_of, later.c.as_of < (t.as_of // HOUR + 1) * HOUR)
    return _delete(
        connection, METRIC_POINTS, and_(t.as_of < old // HOUR * HOUR, exists().where(same_series, same_hour))
    )


def _purge_incidents(connection: Connection, before: datetime) -> int:
    t = INCIDENTS.c
    gone = select(t.id).where(t.state == State.RESOLVED, t.resolved_at < before)
    advice = select(ADVICE.c.id).where(ADVICE.c.incident_id.in_(gone))
    rows = _delete(connection, NOTIFICATIONS, NOTIFICATIONS.c.incident_id.in_(gone))
    rows += _delete(connection, INCIDENT_EVENTS, INCIDENT_EVENTS.c.incident_id.in_(gone))
    rows += _delete(connection, ADVICE_OUTCOMES, ADVICE_OUTCOMES.c.advice_id.in_(advice))
    rows += _delete(connection, DECISIONS, DECISIONS.c.incident_id.in_(gone))
    rows += _delete(connection, ADVICE, ADVICE.c.incident_id.in_(gone))
    return rows + _delete(connection, INCIDENTS, t.id.in_(gone))


def _delete(connection: Connection, table: Table, condition: ColumnElement[Any]) -> int:
    return connection.execute(delete(table).where(condition)).rowcount
