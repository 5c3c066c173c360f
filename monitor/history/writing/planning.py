"""Puts into the outbox what is due by how things stand: an open incident is a level, and not only a row of events."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, and_, case, func, or_, select

from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.routing.route import NEVER, Due, Routing, Situation
from alerts.routing.silence import Silence
from alerts.standing import Standing
from monitor.common.retrying import LONGEST_PAUSE
from monitor.history.engine import reading, writing
from monitor.history.schema import INCIDENT_EVENTS, INCIDENTS, NOTIFICATIONS, STANDINGS
from monitor.history.writing.bulk import insert_if_new
from monitor.history.writing.holding import UNDELIVERED, Delivery, fired_at
from monitor.history.writing.incidents import notification_row, write_for, write_transition
from monitor.history.writing.locks import is_free
from monitor.history.writing.silences import read_silences

RECENT: Final = timedelta(days=7)
"""How long after its end an incident is looked at: as long as one may be told that nobody was told of."""

_IN_ONE_CHANNEL: Final = tuple(reason for reason in Reason if reason.is_of_one_channel)
_POSTED: Final = tuple(reason for reason in Reason if reason.changes_state and not reason.is_of_one_channel)


def plan_due(engine: Engine, routing: Routing, channels: Collection[str], now: datetime) -> int:
    """Plan what is due in these channels. Returns the number of notifications, and of steps of incidents.

    A monitor that a look writes to is left for the next time.
    """
    with reading(engine) as connection:
        monitors = dict.fromkeys(each.monitor for each in _incidents(connection, now))
        busy = [name for name in monitors if _Plan(connection, routing, channels, now).actions(name)]
    planned = 0
    for monitor in busy:
        with writing(engine) as connection:
            if is_free(connection, monitor):
                planned += _carry_out(connection, _Plan(connection, routing, channels, now), monitor)
    return planned


def _carry_out(connection: Connection, plan: "_Plan", monitor: str) -> int:
    """Do what is due, and where that is a step of an incident, what follows from it: one cannot be seen without it."""
    planned, actions = 0, plan.actions(monitor)
    while actions:
        planned += sum(action.carry_out(connection) for action in actions)
        actions = plan.actions(monitor) if any(isinstance(action, _Step) for action in actions) else ()
    return planned


@dataclass(frozen=True, slots=True)
class _Told:
    """What a channel has of an incident. `told_at` is when people heard of it last; None where a wrong clock said."""

    last_event: int = 0
    is_waiting: bool = False
    was_told: bool = False
    has_ref: bool = False
    told_at: datetime | None = None
    shown_at: datetime | None = None
    shown: Standing | None = None


@dataclass(frozen=True, slots=True)
class _Tell:
    """Events that are there, to be told in a channel."""

    incident: str
    channel: str
    events: tuple[int, ...]
    now: datetime

    def carry_out(self, connection: Connection) -> int:
        rows = (notification_row(event, self.incident, self.channel, self.now) for event in self.events)
        return sum(insert_if_new(connection, NOTIFICATIONS, row) for row in rows)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of the incident that time brought; it is told as any other."""

    step: Transition

    def carry_out(self, connection: Connection) -> int:
        write_transition(connection, self.step, ())
        return 1


@dataclass(frozen=True, slots=True)
class _Again:
    """How the incident stands, told again in some channels."""

    step: Transition
    channels: tuple[str, ...]

    def carry_out(self, connection: Connection) -> int:
        write_for(connection, self.step, self.channels)
        return len(self.channels)


_Action = _Tell | _Step | _Again


@dataclass(frozen=True, slots=True)
class _Plan:
    connection: Connection
    routing: Routing
    channels: Collection[str]
    now: datetime

    def actions(self, monitor: str) -> tuple[_Action, ...]:
        silences = read_silences(self.connection, self.now - RECENT)
        found = (self._of(each, silences) for each in _incidents(self.connection, self.now, monitor))
        return tuple(action for actions in found for action in actions)

    def _of(self, incident: Incident, silences: Sequence[Silence]) -> Sequence[_Action]:
        if lapsed := _lapsed(incident, self.now):
            return (_Step(lapsed),)
        situation = Situation.of(incident, fired_at(self.connection, incident), self.now)
        told = _told(self.connection, incident.id, self.now)
        dues = {due.channel: due for due in self.routing.due(situation, silences, self.now)}
        known = [name for name, each in told.items() if each.was_told or each.is_waiting]
        there = [name for name in dict.fromkeys((*dues, *known)) if name in self.channels]
        if tells := self._untold(incident, there, dues, told):
            return tells
        if incident.state is State.RESOLVED:
            return ()
        return self._again(incident, situation, silences, {name: dues.get(name) for name in there}, told)

    def _untold(
        self, incident: Incident, there: Iterable[str], dues: Mapping[str, Due], told: Mapping[str, _Told]
    ) -> Sequence[_Tell]:
        """Events that a channel has not, and open incidents that it has never been told of."""
        events, found = _events(self.connection, incident.id), []
        for channel in there:
            mine = told.get(channel, _Told())
            if mine.last_event:
                new = tuple(each for each in events if each > mine.last_event)
            elif channel in dues and (incident.state is not State.RESOLVED or self._is_untouched(told)):
                new = events[-1:]
            else:
                new = ()
            if new:
                found.append(_Tell(incident.id, channel, new, self.now))
        return found

    def _is_untouched(self, told: Mapping[str, _Told]) -> bool:
        """Whether nothing of an incident was ever in the outbox; without routes its steps enter it at once."""
        return not told and bool(self.routing.routes)

    def _again(
        self,
        incident: Incident,
        situation: Situation,
        silences: Sequence[Silence],
        dues: Mapping[str, Due | None],
        told: Mapping[str, _Told],
    ) -> Sequence[_Action]:
        reasons: dict[Reason, list[str]] = {}
        for channel, due in dues.items():
            mine = told.get(channel, _Told())
            if not mine.is_waiting and (due is None or due.hold is None):
                reason = (
                    _reason(incident, situation, silences, due, mine, self) if mine.was_told else Reason.NOT_TOLD_YET
                )
                if reason is not None:
                    reasons.setdefault(reason, []).append(channel)
        return [
            _Again(
                Transition(incident, None if reason is Reason.SHOWN_ANEW else Event.REMINDED, self.now, reason),
                (*names,),
            )
            for reason, names in reasons.items()
        ]


def _reason(
    incident: Incident, situation: Situation, silences: Sequence[Silence], due: Due | None, mine: _Told, plan: _Plan
) -> Reason | None:
    """Why a channel that was told, and that nothing waits for, is told again; None where it is not."""
    now, since = plan.now, mine.told_at
    is_for_somebody = situation.is_firing and not situation.acknowledged
    if is_for_somebody and due is not None and due.channel not in plan.routing.always:
        ended = (each for each in silences if each.starts_at < each.ends_at <= now)
        if since is not None and any(since < each.ends_at and each.covers(situation.facts) for each in ended):
            return Reason.HOLD_ENDED
        if due.repeat != NEVER and (since is None or now - since >= due.repeat):
            return Reason.NOBODY_ACKNOWLEDGED
    if not mine.has_ref:
        return None  # there is nothing to bring up to date
    shown, stands = mine.shown, Standing.of(incident)
    if shown is not None and (not shown.is_like(stands) or shown.has_moved_to(stands)):
        return Reason.SHOWN_ANEW
    at = mine.shown_at or since
    is_old = at is not None and now - at >= plan.routing.refresh
    return Reason.SHOWN_ANEW if is_old and (at is None or incident.updated_at > at) else None


def _lapsed(incident: Incident, now: datetime) -> Transition | None:
    """The step of an acknowledgement or a snooze whose time is over."""
    if incident.state is State.RESOLVED:
        return None
    event = Event.REMINDED if incident.state is State.FIRING else None
    if incident.acknowledged_by is not None and not incident.is_acknowledged(now):
        free = replace(incident, acknowledged_by=None, acknowledged_until=None)
        return Transition(free, event, now, Reason.ACKNOWLEDGEMENT_EXPIRED)
    if incident.snoozed_until is not None and incident.snoozed_until <= now:
        return Transition(replace(incident, snoozed_until=None), event, now, Reason.SNOOZE_ENDED)
    return None


def _incidents(connection: Connection, now: datetime, monitor: str | None = None) -> tuple[Incident, ...]:
    """Incidents that people are told of: the open ones, and those that ended while something is still to be told."""
    t, event, row = INCIDENTS.c, INCIDENT_EVENTS.c, NOTIFICATIONS.c
    in_outbox = select(func.max(row.event_id)).where(row.incident_id == t.id).scalar_subquery()
    newest = select(func.max(event.id)).where(event.incident_id == t.id, _is_posted()).scalar_subquery()
    ended = and_(t.resolved_at > now - RECENT, newest > func.coalesce(in_outbox, 0))
    wanted = [t.opened_at.is_not(None), or_(t.state.in_((State.FIRING, State.RECOVERING)), ended)]
    if monitor is not None:
        wanted.append(t.monitor == monitor)
    return tuple(connection.scalars(select(t.detail).where(*wanted).order_by(t.since, t.id)))


def _is_posted() -> Any:  # noqa: ANN401 - a condition
    """Whether an event is one for every channel."""
    t = INCIDENT_EVENTS.c
    return and_(or_(t.event.is_not(None), t.reason.in_(_POSTED)), t.reason.not_in(_IN_ONE_CHANNEL))


def _events(connection: Connection, incident: str) -> tuple[int, ...]:
    t = INCIDENT_EVENTS.c
    return tuple(connection.scalars(select(t.id).where(t.incident_id == incident, _is_posted()).order_by(t.id)))


def _told(connection: Connection, incident: str, now: datetime) -> dict[str, _Told]:
    t, event = NOTIFICATIONS.c, INCIDENT_EVENTS.c
    sent = t.state == Delivery.SENT
    known = and_(sent, t.sent_at <= now + LONGEST_PAUSE)  # else a clock ran ahead
    rang = and_(known, event.event.is_not(None))
    statement = (
        select(
            t.channel,
            func.max(t.event_id),
            func.max(case((t.state.in_(UNDELIVERED), 1), else_=0)),
            func.max(case((sent, 1), else_=0)),
            func.max(case((and_(sent, t.ref != ""), 1), else_=0)),
            # Whatever the first one is, it opens the incident there.
            func.coalesce(func.max(case((rang, t.sent_at))), func.min(case((known, t.sent_at)))),
        )
        .join(INCIDENT_EVENTS, event.id == t.event_id)
        .where(t.incident_id == incident)
        .group_by(t.channel)
    )
    s = STANDINGS.c
    shown = {
        row.channel: (row.shown_at, row.detail)
        for row in connection.execute(select(STANDINGS).where(s.incident_id == incident))
    }
    return {
        channel: _Told(last, bool(waits), bool(told), bool(has_ref), told_at, *shown.get(channel, (None, None)))
        for channel, last, waits, told, has_ref, told_at in connection.execute(statement)
    }
