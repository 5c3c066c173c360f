"""What is held back of the outbox, and what becomes of it when the hold ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from alerts.incident import Event, Incident, Reason, State
from alerts.routing.route import Due, Hold, HoldReason, Routing, Situation, held_for_all
from alerts.routing.silence import Silence
from monitor.common.redact import redact
from monitor.history.schema import INCIDENT_EVENTS, NOTIFICATIONS


class Delivery(StrEnum):
    """Where a notification is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


UNDELIVERED: Final = (Delivery.WAITING, Delivery.SENDING)


class Handling(Enum):
    """What is to be done with a notification that is due."""

    SEND = auto()
    HOLD = auto()  # it waits for a time that will come
    SETTLED = auto()  # something in the outbox has changed: look again


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be done with it, who is called, and whose clocks count beside UTC."""

    handling: Handling
    mention: str = ""
    zone: str = ""


def rule(
    connection: Connection,
    routing: Routing | None,
    silences: Sequence[Silence],
    row: Row[Any],
    now: datetime,
    *,
    first: bool,
) -> Ruling:
    """Rule on a notification that is due: `row` with its step (`detail`) and its `incident` as it stands."""
    if routing is None:
        return Ruling(Handling.SEND)
    situation = Situation.of(row.incident, fired_at(connection, row.incident), now)
    dues = {due.channel: due for due in routing.due(situation, silences, now)}
    due = dues.get(row.channel)
    if due is None and first:
        bury_all(connection, row, "no route leads there any more")
        return Ruling(Handling.SETTLED)
    due = due or Due(row.channel, hold=held_for_all(situation, silences, now))
    if due.hold is not None and (first or _is_loud(row)):
        return _hold(connection, row, due.hold, first=first)
    if row.detail.reason is Reason.NOBODY_ACKNOWLEDGED and (situation.acknowledged or not situation.is_firing):
        bury_all(connection, row, "somebody acknowledged it, or it is over", through=row.id)
        return Ruling(Handling.SETTLED)
    if row.held is not None:
        return _release(connection, row, due, first=first)
    return Ruling(Handling.SEND, due.mention, due.zone)


def fired_at(connection: Connection, incident: Incident) -> datetime:
    """When it opened, came back, was nobody's again, or was told after a snooze."""
    t = INCIDENT_EVENTS.c
    anew = (Reason.ACKNOWLEDGEMENT_EXPIRED, Reason.SNOOZE_ENDED)
    began = or_(t.event.in_((Event.OPENED, Event.REOPENED)), t.reason.in_(anew))
    at: datetime | None = connection.scalar(
        select(t.at).where(t.incident_id == incident.id, began).order_by(t.id.desc()).limit(1)
    )
    return at or incident.opened_at or incident.since


def bury_all(connection: Connection, row: Row[Any], why: str, through: int | None = None) -> None:
    """Give up what waits of an incident in a channel, up to a notification where one is named."""
    untold = and_(_waiting_with(row), NOTIFICATIONS.c.id <= through) if through is not None else _waiting_with(row)
    error = redact(why.removesuffix("; "))
    values = {"state": Delivery.DEAD, "error": error, "claimed_until": None, "claimed_by": None, "held": None}
    connection.execute(update(NOTIFICATIONS).where(untold).values(values))


def _is_loud(row: Row[Any]) -> bool:
    """Whether somebody may be woken by it: not by an edit, by good news, or by what a person just did."""
    return row.detail.event not in (None, Event.RESOLVED) and not row.detail.reason.is_of_somebody


def _hold(connection: Connection, row: Row[Any], hold: Hold, *, first: bool) -> Ruling:
    """Hold it back; what is over need not wait for the end of the hold."""
    if row.incident.state is State.RESOLVED:
        return Ruling(_end(connection, row, f"over while it was {_said(hold.reason)}", first=first))
    waiting = and_(_waiting_with(row), NOTIFICATIONS.c.state == Delivery.WAITING, NOTIFICATIONS.c.held.is_(None))
    connection.execute(update(NOTIFICATIONS).where(waiting).values(held=hold.reason))
    return Ruling(Handling.HOLD)


def _release(connection: Connection, row: Row[Any], due: Due, *, first: bool) -> Ruling:
    """What becomes of it after the hold."""
    if row.held == HoldReason.SNOOZED and row.incident.snoozed_until is not None:
        return Ruling(Handling.HOLD)  # its end is a step of its own, which is planned next and speaks for this one
    return Ruling(_settle(connection, row, first=first), due.mention, due.zone)


def _settle(connection: Connection, row: Row[Any], *, first: bool) -> Handling:
    """After a hold, let one notification speak for all that it held back."""
    if row.incident.state is State.RESOLVED:
        return _end(connection, row, f"over while it was {_said(row.held)}", first=first)
    t = NOTIFICATIONS.c
    connection.execute(update(NOTIFICATIONS).where(_waiting_with(row)).values(held=None))
    if first:
        return Handling.SEND  # the first message speaks for all anyway
    told = select(func.max(t.id)).join(INCIDENT_EVENTS, INCIDENT_EVENTS.c.id == t.event_id)
    newest = connection.scalar(told.where(_waiting_with(row), INCIDENT_EVENTS.c.event.is_not(None)))
    if newest is None or newest == row.id:
        return Handling.SEND
    bury_all(connection, row, f"it was {_said(row.held)}; a later one says how it stands", through=newest - 1)
    return Handling.SETTLED


def _end(connection: Connection, row: Row[Any], why: str, *, first: bool) -> Handling:
    """Of an incident that is over, tell nothing where people do not know of it, else its end and what came after it.

    Nobody else says that it is over to a channel that keeps nothing up to date. Until the end is in the outbox, the
    notification waits for it.
    """
    if first:
        bury_all(connection, row, why)
        return Handling.SETTLED
    t = NOTIFICATIONS.c
    ends = select(func.max(t.id)).join(INCIDENT_EVENTS, INCIDENT_EVENTS.c.id == t.event_id)
    end = connection.scalar(ends.where(_waiting_with(row), INCIDENT_EVENTS.c.event == Event.RESOLVED))
    if end is None:
        return Handling.HOLD
    bury_all(connection, row, why, through=end - 1)
    connection.execute(update(NOTIFICATIONS).where(_waiting_with(row)).values(held=None))
    return Handling.SETTLED if end > row.id else Handling.SEND


def _said(reason: str) -> str:
    return "in quiet hours" if reason == "quiet_hours" else reason


def _waiting_with(row: Row[Any]) -> Any:  # noqa: ANN401 - a condition
    t = NOTIFICATIONS.c
    return and_(t.incident_id == row.incident_id, t.channel == row.channel, t.state.in_(UNDELIVERED))
