"""Set looks aside that are dated after the present: keep what they said, and let nothing obey it.

What they counted of the log stays, as it is the log's. What they said of it goes to `set_aside`. Incidents go on, as
people were told of them, with times that have come.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, Text, and_, delete, func, or_, select, type_coerce

from alerts.incident import Incident
from checks.outcome.trial import Trial
from monitor.common.retrying import LONGEST_PAUSE
from monitor.history.schema import (
    ADVICE,
    ADVICE_OUTCOMES,
    CHANNELS,
    CYCLES,
    FINDINGS,
    INCIDENTS,
    LOG_MARKS,
    METRIC_POINTS,
    METRIC_SERIES,
    MONITORS,
    NOTIFICATIONS,
    SET_ASIDE,
    STUDIES,
)
from monitor.history.types import from_micros, to_epoch, to_micros
from monitor.history.writing.incidents import rewrite

DATED: Final = (CYCLES, FINDINGS, STUDIES)


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was, or would be, set aside: looks from the first to the last `as_of`; and incidents that go on from now."""

    looks: int
    first: datetime | None
    last: datetime | None
    incidents: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is dated after the present."""
        return not self.looks and not self.incidents


def dated_after(connection: Connection, monitor: str, now: datetime) -> SetAside:
    """Rows of the history that are dated after `now`."""
    t = CYCLES.c
    span = select(func.count(), func.min(t.as_of), func.max(t.as_of)).where(t.monitor == monitor, t.as_of > now)
    looks, first, last = connection.execute(span).one()
    return SetAside(looks, first, last, tuple(each.id for each in _incidents(connection, monitor, now)))


def set_aside(connection: Connection, key: int, monitor: str, now: datetime) -> SetAside:
    """Set it aside, and have the cursor at the newest look that is not; `key` is the monitor's."""
    found = dated_after(connection, monitor, now)
    for table in DATED:
        _move(connection, table, monitor, now)
    _move_metrics(connection, key, monitor, now)
    for incident in _incidents(connection, monitor, now):
        rewrite(connection, _until(incident, now))
    _bring_back_notifications(connection, monitor, now)
    _bring_back_trials(connection, monitor, now)
    newest = select(func.max(CYCLES.c.as_of)).where(CYCLES.c.monitor == monitor).scalar_subquery()
    m = LOG_MARKS.c
    label = select(func.max(m.bucket)).where(m.monitor_id == key, m.kind == "labels", m.bucket <= to_epoch(now))
    values = {"cursor": newest, "last_label_bucket": label.scalar_subquery()}
    connection.execute(MONITORS.update().where(MONITORS.c.id == key).values(values))
    return found


def _move(connection: Connection, table: Table, monitor: str, now: datetime) -> None:
    condition = and_(table.c.monitor == monitor, table.c.as_of > now)
    times = connection.scalars(select(table.c.as_of).where(condition).order_by(*table.primary_key)).all()
    _keep(connection, table, monitor, now, zip(times, _rows(connection, table, condition), strict=True))
    connection.execute(delete(table).where(condition))


def _move_metrics(connection: Connection, key: int, monitor: str, now: datetime) -> None:
    series = {
        row.id: {"metric": row.metric, "class": row[3], "slice": row.slice}
        for row in connection.execute(select(METRIC_SERIES).where(METRIC_SERIES.c.monitor_id == key))
    }
    t = METRIC_POINTS.c
    mine = select(METRIC_SERIES.c.id).where(METRIC_SERIES.c.monitor_id == key)
    condition = and_(t.series_id.in_(mine), t.as_of > to_micros(now))
    rows = _rows(connection, METRIC_POINTS, condition)
    named = ((from_micros(row["as_of"]), {**series[row["series_id"]], **row}) for row in rows)
    _keep(connection, METRIC_POINTS, monitor, now, named)
    connection.execute(delete(METRIC_POINTS).where(condition))


def _rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> Sequence[dict[str, Any]]:
    """The rows as the driver gives them."""
    columns = [type_coerce(c, Text).label(c.name) if c.name in ("faults", "study") else c for c in table.columns]
    return [
        dict(row)
        for row in connection.execute(select(*columns).where(condition).order_by(*table.primary_key)).mappings()
    ]


def _keep(
    connection: Connection, table: Table, monitor: str, now: datetime, rows: Iterator[tuple[datetime, dict[str, Any]]]
) -> None:
    kept = [
        {
            "monitor": monitor,
            "set_aside_at": now,
            "kept_from": table.name,
            "as_of": as_of,
            "detail": json.dumps(row, default=str),
        }
        for as_of, row in rows
    ]
    if kept:
        connection.execute(SET_ASIDE.insert(), kept)


def _incidents(connection: Connection, monitor: str, now: datetime) -> tuple[Incident, ...]:
    """Incidents with a time after `now`."""
    t = INCIDENTS.c
    times = (t.since, t.onset, t.updated_at, t.opened_at, t.clear_since, t.resolved_at)
    ahead = or_(*(time > now for time in times))
    return tuple(connection.scalars(select(t.detail).where(t.monitor == monitor, ahead).order_by(t.since, t.id)))


def _until(incident: Incident, now: datetime) -> Incident:
    """The incident with no time after `now`."""
    return replace(
        incident,
        since=min(incident.since, now),
        onset=min(incident.onset, now),
        updated_at=min(incident.updated_at, now),
        opened_at=_earlier(incident.opened_at, now),
        clear_since=_earlier(incident.clear_since, now),
        resolved_at=_earlier(incident.resolved_at, now),
        proposed=None,
        findings=tuple(
            replace(each, window_start=min(each.window_start, now), window_end=min(each.window_end, now))
            for each in incident.findings
        ),
    )


def _earlier(time: datetime | None, now: datetime) -> datetime | None:
    return None if time is None else min(time, now)


def _bring_back_notifications(connection: Connection, monitor: str, now: datetime) -> None:
    """Make notifications due now that wait for a time after `now`, and end pauses that are too long."""
    t = NOTIFICATIONS.c
    mine = t.incident_id.in_(select(INCIDENTS.c.id).where(INCIDENTS.c.monitor == monitor))
    for time in (t.due_at, t.claimed_until, t.created_at):
        connection.execute(NOTIFICATIONS.update().where(mine, time > now).values({time.name: now}))
    c = CHANNELS.c
    for time in (c.paused_until, c.failing_since):
        connection.execute(CHANNELS.update().where(time > now + LONGEST_PAUSE).values({time.name: now}))


def _bring_back_trials(connection: Connection, monitor: str, now: datetime) -> None:
    """Date criteria that were frozen after `now` at `now`."""
    t = ADVICE_OUTCOMES.c
    mine = t.advice_id.in_(select(ADVICE.c.id).where(ADVICE.c.monitor == monitor))
    found = connection.execute(select(t.id, t.detail).where(mine, t.frozen_at > now)).all()
    for key, trial in found:
        fixed: Trial = replace(trial, criterion=replace(trial.criterion, frozen_at=now))
        connection.execute(ADVICE_OUTCOMES.update().where(t.id == key).values(frozen_at=now, detail=fixed))
