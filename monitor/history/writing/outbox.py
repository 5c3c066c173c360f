"""The outbox in the history: which notification is next, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Select, and_, exists, func, or_, select, true, tuple_, update

from alerts.incident import Incident, State, Transition
from alerts.routing.route import Routing
from monitor.common.claims import Worker
from monitor.common.retrying import LONGEST_PAUSE, Plan, Trouble
from monitor.history.engine import reading, writing
from monitor.history.notifications import ClaimLostError, Failing, Notification, Undelivered
from monitor.history.schema import CHANNELS, INCIDENT_EVENTS, INCIDENTS, NOTIFICATIONS
from monitor.history.types import rounded_up
from monitor.history.writing.bulk import insert_if_new
from monitor.history.writing.channel_state import pause_channel, resume_channel, revive_channels
from monitor.history.writing.holding import UNDELIVERED, Delivery, Handling, Ruling, bury_all, rule
from monitor.history.writing.incidents import notification_row
from monitor.history.writing.planning import plan_due
from monitor.history.writing.silences import read_silences
from monitor.history.writing.standings import keep_standing

LEASE: Final = timedelta(seconds=60)
"""How long a claim lasts unless it is kept: several timeouts of one request. Claims are kept before each request."""

NOWHERE: Final = "(none)"
"""In place of a channel, for incidents that wait for none yet."""

NEWS: Final = timedelta(days=7)
"""How long after its end an incident that nobody was told of is still told: as long as one may be reopened."""


class HistoryOutbox:
    """The outbox as one worker sees it. Every method raises HistoryError when the history cannot be reached."""

    def __init__(
        self, engine: Engine, worker: Worker, lease: timedelta = LEASE, routing: Routing | None = None
    ) -> None:
        """Without routes nothing is planned and nothing held back: what is in the outbox is sent."""
        self._engine = engine
        self._routing = routing
        self._worker = worker.name
        self._lease = lease

    def begin(self, channels: Collection[str], now: datetime) -> int:
        """Start afresh, as a process does that may have another token: try again now what waits for a later try.

        Notifications that dead processes of this machine were sending are freed, and open incidents that a channel
        has heard nothing of are told in it. Returns how many were freed or added.
        """
        with writing(self._engine) as connection:
            revive_channels(connection, channels)
            _hasten(connection, now)
            freed = _free_claims_of_dead(connection, now)
            return freed if self._routing else freed + _introduce(connection, channels, now)

    def plan(self, channels: Collection[str], now: datetime) -> int:
        """Put into the outbox what is due now in these channels and is not in it; how many notifications that are."""
        return 0 if self._routing is None else plan_due(self._engine, self._routing, channels, now)

    def next_notification(self, channels: Collection[str], now: datetime) -> Notification | None:
        """Claim one that is due in one of these channels, so that no other worker takes it before the claim ends."""
        passed_over: set[tuple[str, str]] = set()
        with writing(self._engine) as connection:
            silences = read_silences(connection, now) if self._routing is not None else ()
            while (row := connection.execute(_next(channels, now, passed_over)).one_or_none()) is not None:
                first = not _was_told(connection, row)
                if first and _is_old_news(row.incident, now):
                    bury_all(
                        connection, row, f"over for more than {NEWS.days} days before it could be told; {row.error}"
                    )
                    continue
                ruling = rule(connection, self._routing, silences, row, now, first=first)
                if ruling.handling is Handling.SEND:
                    return self._claim(connection, row, now, first=first, ruling=ruling)
                if ruling.handling is Handling.HOLD:
                    passed_over.add((row.incident_id, row.channel))
            return None

    def _claim(
        self, connection: Connection, row: Row[Any], now: datetime, *, first: bool, ruling: Ruling
    ) -> Notification:
        interrupted = row.interrupted or row.state == Delivery.SENDING
        claim = {
            "state": Delivery.SENDING,
            "claimed_until": rounded_up(now + self._lease),
            "claimed_by": self._worker,
            "attempts": row.attempts + 1,
            "interrupted": interrupted,
        }
        connection.execute(update(NOTIFICATIONS).where(NOTIFICATIONS.c.id == row.id).values(claim))
        return Notification(
            id=str(row.id),
            channel=row.channel,
            transition=row.detail,
            created_at=row.created_at,
            present=_present(connection, row.incident),
            first=first,
            through=str(_newest_waiting(connection, row) if first else row.id),
            attempts=row.attempts,
            interrupted=interrupted,
            failures=row.failures or 0,
            mention=ruling.mention,
            zone=ruling.zone,
        )

    def keep_claim(self, notification: Notification, now: datetime) -> None:
        """Make the claim last from now on as long as a new one. Raises ClaimLostError."""
        with writing(self._engine) as connection:
            self._change(connection, notification, {"claimed_until": rounded_up(now + self._lease)})

    def mark_sent(self, notification: Notification, ref: str, note: str, now: datetime) -> None:
        """Note that it arrived, and with a first message all that it spoke for. Raises ClaimLostError."""
        sent = {"state": Delivery.SENT, "sent_at": now, "claimed_until": None, "claimed_by": None, "ref": ref}
        with writing(self._engine) as connection:
            self._change(connection, notification, sent | {"error": note})
            resume_channel(connection, notification.channel)
            keep_standing(connection, notification, now)
            if notification.through != notification.id:
                connection.execute(update(NOTIFICATIONS).where(_spoken_for(notification)).values(sent | {"error": ""}))

    def mark_failed(self, notification: Notification, error: str, plan: Plan, now: datetime) -> None:
        """Note that it did not arrive, and when to try again what. Raises ClaimLostError."""
        failed: dict[str, Any] = {"state": Delivery.WAITING, "claimed_until": None, "claimed_by": None, "error": error}
        if plan.trouble is Trouble.ASKED_TO_WAIT:
            failed |= {"attempts": notification.attempts}
        else:
            failed |= {
                "due_at": rounded_up(plan.retry_at),
                "interrupted": notification.interrupted or plan.is_uncertain,
            }
        with writing(self._engine) as connection:
            self._change(connection, notification, failed)
            if plan.trouble.is_of_channel:
                pause_channel(connection, notification.channel, error, plan, now)

    def thread_ref(self, incident_id: str, channel: str) -> str | None:
        """The newest non-empty `ref` of the incident in that channel, or None when nothing of it was sent there."""
        t = NOTIFICATIONS.c
        statement = select(t.ref).where(t.incident_id == incident_id, t.channel == channel, t.ref != "")
        with reading(self._engine) as connection:
            return connection.scalar(statement.order_by(t.id.desc()).limit(1))

    def undelivered(self, channels: Collection[str]) -> tuple[Undelivered, ...]:
        """What these channels have not been told of incidents that are open, by channel."""
        t, channel = NOTIFICATIONS.c, CHANNELS.c
        statement = (
            select(t.channel, t.created_at, t.error, t.due_at, channel.error.label("trouble"), channel.paused_until)
            .join(INCIDENTS, INCIDENTS.c.id == t.incident_id)
            .outerjoin(CHANNELS, channel.channel == t.channel)
            .where(t.state.in_(UNDELIVERED), t.channel.in_(channels), INCIDENTS.c.state != State.RESOLVED)
            .where(t.held.is_(None))
            .order_by(t.channel, t.created_at, t.id)
        )
        with reading(self._engine) as connection:
            rows: Sequence[Any] = connection.execute(statement).all()
            unplanned = _unplanned(connection) if self._routing is not None else ()
        names = dict.fromkeys(row.channel for row in rows)
        return (*(_undelivered(name, [row for row in rows if row.channel == name]) for name in names), *unplanned)

    def troubled(self) -> Mapping[str, Failing]:
        """The channels that did not take what was sent last, and that something waits for, by name."""
        t, row = CHANNELS.c, NOTIFICATIONS.c
        waits = exists().where(row.channel == t.channel, row.state.in_(UNDELIVERED), row.held.is_(None))
        statement = select(t.channel, t.error, t.failing_since, t.trouble).where(t.failing_since.is_not(None), waits)
        with reading(self._engine) as connection:
            return {
                row.channel: Failing(row.error, row.failing_since, row.trouble == Trouble.CHANNEL_REFUSES)
                for row in connection.execute(statement)
            }

    def newest_ref(self, channel: str) -> str | None:
        """The newest non-empty `ref` of any incident in that channel, or None."""
        t = NOTIFICATIONS.c
        statement = select(t.ref).where(t.channel == channel, t.ref != "").order_by(t.id.desc()).limit(1)
        with reading(self._engine) as connection:
            return connection.scalar(statement)

    def standing(self, channel: str, ended_after: datetime) -> tuple[Transition, ...]:
        """How the incidents stand that the channel was told of, and that are open or ended after a time (UTC)."""
        t, incident = NOTIFICATIONS.c, INCIDENTS.c
        told = exists().where(t.incident_id == incident.id, t.channel == channel, t.state == Delivery.SENT)
        lately = and_(incident.state == State.RESOLVED, incident.resolved_at > ended_after)
        statement = select(incident.detail).where(told, or_(incident.state.in_(_OPEN), lately)).order_by(incident.id)
        with reading(self._engine) as connection:
            return tuple(_present(connection, detail) for detail in connection.scalars(statement).all())

    def _change(self, connection: Connection, notification: Notification, values: dict[str, Any]) -> None:
        t = NOTIFICATIONS.c
        mine = and_(t.id == int(notification.id), t.state == Delivery.SENDING, t.claimed_by == self._worker)
        if connection.execute(update(NOTIFICATIONS).where(mine).values(values)).rowcount == 0:
            raise ClaimLostError(f"notification {notification.id} was taken over by another process")


_OPEN: Final = (State.FIRING, State.RECOVERING)


def _next(channels: Collection[str], now: datetime, passed_over: Collection[tuple[str, str]]) -> Select[Any]:
    """The most urgent one, due for longest, in a channel that is not paused, and none before its turn."""
    t, earlier, far = NOTIFICATIONS.c, NOTIFICATIONS.alias("earlier"), rounded_up(now + LONGEST_PAUSE)
    is_due = or_(
        and_(t.state == Delivery.WAITING, _is_over(t.due_at, now, far)),
        and_(t.state == Delivery.SENDING, _is_over(t.claimed_until, now, far)),
    )
    has_earlier = exists().where(
        earlier.c.incident_id == t.incident_id,
        earlier.c.channel == t.channel,
        earlier.c.id < t.id,
        earlier.c.state.in_(UNDELIVERED),
    )
    paused = CHANNELS.c.paused_until
    not_passed_over = tuple_(t.incident_id, t.channel).not_in(list(passed_over)) if passed_over else true()
    return (
        select(NOTIFICATIONS, INCIDENT_EVENTS.c.detail, INCIDENTS.c.detail.label("incident"), CHANNELS.c.failures)
        .join(INCIDENT_EVENTS, INCIDENT_EVENTS.c.id == t.event_id)
        .join(INCIDENTS, INCIDENTS.c.id == t.incident_id)
        .outerjoin(CHANNELS, CHANNELS.c.channel == t.channel)
        .where(t.channel.in_(channels), or_(paused.is_(None), _is_over(paused, now, far)), is_due, ~has_earlier)
        .where(not_passed_over)
        # What is held is looked at when nothing else is due, and what rings nobody waits for what does. One that fails
        # again and again goes behind those that were not tried.
        .order_by(t.held.is_not(None), INCIDENT_EVENTS.c.event.is_(None), t.due_at, t.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=NOTIFICATIONS)  # two workers take two; SQLite has one writer anyway
    )


def _is_over(time: Any, now: datetime, far: datetime) -> Any:  # noqa: ANN401 - a column, and a condition
    """Whether a pause is over, or so long that a clock made it which ran ahead of this one."""
    return or_(time <= now, time > far)


def _was_told(connection: Connection, row: Row[Any]) -> bool:
    t = NOTIFICATIONS.c
    sent = select(t.id).where(t.incident_id == row.incident_id, t.channel == row.channel, t.state == Delivery.SENT)
    return connection.execute(sent.limit(1)).first() is not None


def _is_old_news(incident: Incident, now: datetime) -> bool:
    return incident.resolved_at is not None and now - incident.resolved_at > NEWS


def _present(connection: Connection, incident: Incident) -> Transition:
    """The newest step, with the incident's newest numbers."""
    t = INCIDENT_EVENTS.c
    newest: Transition = connection.execute(
        select(t.detail).where(t.incident_id == incident.id).order_by(t.id.desc()).limit(1)
    ).scalar_one()
    return replace(newest, incident=incident, at=max(newest.at, incident.updated_at))


def _newest_waiting(connection: Connection, row: Row[Any]) -> int:
    t = NOTIFICATIONS.c
    statement = select(func.max(t.id)).where(t.incident_id == row.incident_id, t.channel == row.channel)
    newest: int = connection.execute(statement).scalar_one()
    return newest


def _spoken_for(notification: Notification) -> Any:  # noqa: ANN401 - a condition
    t = NOTIFICATIONS.c
    return and_(
        t.incident_id == notification.transition.incident.id,
        t.channel == notification.channel,
        t.state == Delivery.WAITING,
        t.id <= int(notification.through),
    )


def _hasten(connection: Connection, now: datetime) -> None:
    """Make failed notifications due now."""
    t = NOTIFICATIONS.c
    later = and_(t.state == Delivery.WAITING, t.due_at > now, t.error != "")
    connection.execute(update(NOTIFICATIONS).where(later).values(due_at=now))


def _free_claims_of_dead(connection: Connection, now: datetime) -> int:
    t = NOTIFICATIONS.c
    claims = connection.execute(select(t.id, t.claimed_by).where(t.state == Delivery.SENDING)).all()
    dead = [claim.id for claim in claims if (worker := Worker.parse(claim.claimed_by or "")) and worker.is_dead()]
    freed = {"state": Delivery.WAITING, "interrupted": True, "due_at": now, "claimed_until": None, "claimed_by": None}
    if dead:
        connection.execute(update(NOTIFICATIONS).where(t.id.in_(dead), t.state == Delivery.SENDING).values(freed))
    return len(dead)


def _introduce(connection: Connection, channels: Collection[str], now: datetime) -> int:
    """Put open incidents into the outbox of channels that were added after they were told elsewhere."""
    t, incident, added = NOTIFICATIONS.c, INCIDENTS.c, 0
    for channel in channels:
        known = exists().where(t.incident_id == incident.id, t.channel == channel)
        statement = (
            select(incident.id, func.max(INCIDENT_EVENTS.c.id).label("event"))
            .join(INCIDENT_EVENTS, INCIDENT_EVENTS.c.incident_id == incident.id)
            .where(incident.state.in_(_OPEN), INCIDENT_EVENTS.c.event.is_not(None), ~known)
            .group_by(incident.id)
        )
        for row in connection.execute(statement).all():
            values = notification_row(row.event, row.id, channel, now)
            added += insert_if_new(connection, NOTIFICATIONS, values)
    return added


def _unplanned(connection: Connection) -> tuple[Undelivered, ...]:
    """Open incidents of which nothing is in the outbox: whoever plans what is due has not come to it."""
    t, row = INCIDENTS.c, NOTIFICATIONS.c
    alone = (t.opened_at.is_not(None), t.state.in_(_OPEN), ~exists().where(row.incident_id == t.id))
    n, oldest = connection.execute(select(func.count(), func.min(t.opened_at)).where(*alone)).one()
    return (Undelivered(NOWHERE, n, oldest, "not in the outbox of any channel yet", None),) if n else ()


def _undelivered(channel: str, rows: Sequence[Any]) -> Undelivered:
    first = rows[0]
    error = first.trouble or next((row.error for row in rows if row.error), "")
    retry_at = first.paused_until or first.due_at
    return Undelivered(channel, len(rows), first.created_at, error, retry_at)
