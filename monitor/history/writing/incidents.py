"""Incidents as the history keeps them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from alerts.incident import Incident, State, Transition
from checks.rules.family import Family
from monitor.history.schema import ADVICE, INCIDENT_EVENTS, INCIDENTS, NOTIFICATIONS
from monitor.history.spans import Span, floor

SICKENING: Final = (Family.QUALITY, Family.LATENCY)
"""Families whose time must not become the norm; trouble with the data says nothing of how good the answers were."""

REOPENABLE: Final = timedelta(days=90)
"""How long resolved incidents are handed to the life cycle; it decides itself what is soon enough to reopen."""


def read_incidents(connection: Connection, monitor: str, cursor: datetime | None) -> tuple[Incident, ...]:
    """Unresolved ones, and those resolved not long before the newest cycle, oldest first."""
    t = INCIDENTS.c
    wanted = t.state != State.RESOLVED
    if cursor is not None:
        wanted = or_(wanted, t.resolved_at >= cursor - REOPENABLE)
    return tuple(connection.scalars(select(t.detail).where(t.monitor == monitor, wanted).order_by(t.since, t.id)))


def frozen_at(connection: Connection, monitor: str, bucket: int) -> int | None:
    """First bucket of the earliest open trouble: a reference that went on would learn that trouble is normal."""
    t = INCIDENTS.c
    statement = select(t.onset).where(t.monitor == monitor, t.family.in_(SICKENING), t.state != State.RESOLVED)
    return min((floor(onset, bucket) for onset in connection.scalars(statement)), default=None)


def unhealthy_spans(connection: Connection, monitor: str, bucket: int) -> tuple[Span, ...]:
    """Buckets of past trouble that people were told of, from onset to resolution."""
    t = INCIDENTS.c
    statement = select(t.onset, t.resolved_at).where(
        t.monitor == monitor, t.family.in_(SICKENING), t.state == State.RESOLVED, t.opened_at.is_not(None)
    )
    spans = (Span(floor(onset, bucket), floor(end, bucket)) for onset, end in connection.execute(statement))
    return tuple(span for span in spans if span.end > span.start)


def write_transition(connection: Connection, transition: Transition, channels: Iterable[str]) -> None:
    """Keep how the incident stands now, the step if it is one to remember, its advice, and what is to be told."""
    incident = transition.incident
    before: Incident | None = connection.scalar(select(INCIDENTS.c.detail).where(INCIDENTS.c.id == incident.id))
    _put(connection, incident, is_new=before is None)
    if _is_advice_new(before, transition):
        connection.execute(ADVICE.insert(), _advice_row(transition))
    if before is not None and before.state is incident.state and not transition.is_posted:
        return
    event = connection.execute(INCIDENT_EVENTS.insert(), _event_row(transition)).inserted_primary_key
    if event is not None and transition.is_posted:
        rows = [notification_row(event[0], incident.id, channel, transition.at) for channel in channels]
        _insert(connection, rows)


def write_for(connection: Connection, transition: Transition, channels: Iterable[str]) -> None:
    """Keep a step that tells again how the incident stands, in these channels alone; the incident stays as it is."""
    event = connection.execute(INCIDENT_EVENTS.insert(), _event_row(transition)).inserted_primary_key
    if event is not None:
        _insert(
            connection, [notification_row(event[0], transition.incident.id, each, transition.at) for each in channels]
        )


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(NOTIFICATIONS.insert(), rows)


def rewrite(connection: Connection, incident: Incident) -> None:
    """Keep an incident that is there as it is now, apart from any step."""
    _put(connection, incident, is_new=False)


def _put(connection: Connection, incident: Incident, *, is_new: bool) -> None:
    row = {
        "id": incident.id,
        "monitor": incident.monitor,
        "family": incident.family,
        "state": incident.state,
        "severity": incident.severity,
        "since": incident.since,
        "onset": incident.onset,
        "updated_at": incident.updated_at,
        "opened_at": incident.opened_at,
        "clear_since": incident.clear_since,
        "resolved_at": incident.resolved_at,
        "acknowledged_by": incident.acknowledged_by,
        "action": incident.advice.action,
        "detail": incident,
    }
    if is_new:
        connection.execute(INCIDENTS.insert(), row)
    else:
        connection.execute(INCIDENTS.update().where(INCIDENTS.c.id == incident.id), row)


def _is_advice_new(before: Incident | None, transition: Transition) -> bool:
    incident = transition.incident
    if incident.opened_at is None:
        return False
    if before is None or before.opened_at is None or transition.event is not None:
        return True
    then, now = before.advice, incident.advice
    return (then.action, then.runner_up, then.abstained) != (now.action, now.runner_up, now.abstained)


def _advice_row(transition: Transition) -> dict[str, Any]:
    incident, advice = transition.incident, transition.incident.advice
    return {
        "incident_id": incident.id,
        "monitor": incident.monitor,
        "at": transition.at,
        "action": advice.action,
        "score": advice.score,
        "runner_up": advice.runner_up,
        "abstained": advice.abstained,
        "experiment": advice.experiment,
        "reasons": advice.reasons,
        "detail": advice,
    }


def _event_row(transition: Transition) -> dict[str, Any]:
    incident = transition.incident
    return {
        "incident_id": incident.id,
        "at": transition.at,
        "event": transition.event,
        "reason": transition.reason,
        "state": incident.state,
        "severity": incident.severity,
        "action": incident.advice.action,
        "detail": transition,
    }


def notification_row(event: int, incident: str, channel: str, at: datetime) -> dict[str, Any]:
    """A notification that waits to be sent for the first time."""
    return {
        "event_id": event,
        "incident_id": incident,
        "channel": channel,
        "state": "waiting",
        "created_at": at,
        "due_at": at,
        "attempts": 0,
        "interrupted": False,
        "ref": "",
        "error": "",
    }
