"""The outbox: which notification is next, and what became of it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, exists, or_, select

from monitor.history.schema import INCIDENT_EVENTS, NOTIFICATIONS
from monitor.outbox import Notification

CLAIM: Final = timedelta(minutes=5)
"""How long a worker has for one notification before another may take it over: several requests with their timeouts."""


class Delivery(StrEnum):
    """Where a notification is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


def claim_next(connection: Connection, now: datetime) -> Notification | None:
    """Take the oldest notification that is due, and none before its turn within its incident and channel."""
    row = connection.execute(_next(now)).one_or_none()
    if row is None:
        return None
    interrupted = row.interrupted or row.state == Delivery.SENDING
    claim = {
        "state": Delivery.SENDING,
        "claimed_until": now + CLAIM,
        "attempts": row.attempts + 1,
        "interrupted": interrupted,
    }
    _update(connection, row.id, claim)
    return Notification(str(row.id), row.channel, row.detail, row.created_at, row.attempts, interrupted)


def settle_sent(connection: Connection, notification_id: str, ref: str, now: datetime) -> None:
    """Note that it arrived."""
    sent = {"state": Delivery.SENT, "sent_at": now, "claimed_until": None, "ref": ref, "error": ""}
    _update(connection, int(notification_id), sent)


def settle_failed(connection: Connection, notification_id: str, error: str, retry_at: datetime | None) -> None:
    """Note that it did not arrive, and when to try again; None gives it up."""
    failed: dict[str, Any] = {"claimed_until": None, "error": error}
    failed |= {"state": Delivery.DEAD} if retry_at is None else {"state": Delivery.WAITING, "due_at": retry_at}
    _update(connection, int(notification_id), failed)


def newest_ref(connection: Connection, incident_id: str, channel: str) -> str | None:
    """Where the newest notification of an incident went that says so."""
    t = NOTIFICATIONS.c
    statement = select(t.ref).where(t.incident_id == incident_id, t.channel == channel, t.ref != "")
    return connection.scalar(statement.order_by(t.id.desc()).limit(1))


def _next(now: datetime) -> Select[Any]:
    t = NOTIFICATIONS.c
    earlier = NOTIFICATIONS.alias("earlier")
    is_due = or_(
        and_(t.state == Delivery.WAITING, t.due_at <= now),
        and_(t.state == Delivery.SENDING, t.claimed_until <= now),
    )
    has_earlier = exists().where(
        earlier.c.incident_id == t.incident_id,
        earlier.c.channel == t.channel,
        earlier.c.id < t.id,
        earlier.c.state.in_([Delivery.WAITING, Delivery.SENDING]),
    )
    return (
        select(NOTIFICATIONS, INCIDENT_EVENTS.c.detail)
        .join(INCIDENT_EVENTS, INCIDENT_EVENTS.c.id == t.event_id)
        .where(is_due, ~has_earlier)
        .order_by(t.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=NOTIFICATIONS)  # two workers take two; SQLite has one writer anyway
    )


def _update(connection: Connection, key: int, values: dict[str, Any]) -> None:
    connection.execute(NOTIFICATIONS.update().where(NOTIFICATIONS.c.id == key).values(**values))
