"""Where an incident is told, and what holds it back: the first route that matches, as in Alertmanager."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.incident import Incident, State
from alerts.routing.matching import EVERYTHING, Facts, Matcher
from alerts.routing.silence import Silence
from alerts.routing.spans import Spans, covered_until, last_end
from checks.rules.finding import Verdict

CRITICAL_REPEAT: Final = timedelta(hours=24)
"""How often what is critical is told again while nobody acknowledged it, where a route does not say."""

REFRESH: Final = timedelta(hours=6)
"""How old the numbers may be that a channel shows of an open incident."""

NEVER: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Route:
    """One way to people.

    `repeat` is how often a firing incident that nobody acknowledged is told again: None for `CRITICAL_REPEAT` where it
    is critical and never otherwise, `NEVER` for never. `escalate_after` is when the next route that matches is taken
    as well, unless somebody acknowledged. `quiet_hours` hold back what is not critical, `mute` everything. With
    `goes_on` the routes that follow are tried as well. Times are told by the clocks of `zone` too (its IANA name).
    """

    channels: tuple[str, ...]
    matcher: Matcher = EVERYTHING
    mention: str = ""
    repeat: timedelta | None = None
    escalate_after: timedelta | None = None
    quiet_hours: Spans | None = None
    mute: tuple[Spans, ...] = ()
    goes_on: bool = False
    zone: str = ""

    def repeat_of(self, severity: Verdict) -> timedelta:
        """How often an incident of that severity is told again; `NEVER` for never."""
        if self.repeat is not None:
            return self.repeat
        return CRITICAL_REPEAT if severity is Verdict.CRITICAL else NEVER

    def spans_of(self, severity: Verdict) -> tuple[Spans, ...]:
        """When an incident of that severity is held back."""
        quiet = () if self.quiet_hours is None or severity is Verdict.CRITICAL else (self.quiet_hours,)
        return (*self.mute, *quiet)


class HoldReason(StrEnum):
    """Why an incident is not told in a channel, though it leads there."""

    SNOOZED = "snoozed"
    SILENCED = "silenced"
    MUTED = "muted"
    QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds an incident back, and until when (UTC)."""

    reason: HoldReason
    until: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """An incident in one channel. `hold` is what keeps it from being told now; `escalated`: nobody acknowledged it."""

    channel: str
    mention: str = ""
    repeat: timedelta = NEVER
    hold: Hold | None = None
    escalated: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What of an incident decides who is told.

    `fired_at` is when it opened, came back, was nobody's again, or was told after a snooze. `acknowledged` says that
    somebody has it now.
    """

    facts: Facts
    fired_at: datetime
    is_firing: bool = True
    acknowledged: bool = False
    snoozed_until: datetime | None = None

    @classmethod
    def of(cls, incident: Incident, fired_at: datetime, now: datetime) -> "Situation":
        """The situation of an incident as it stands now."""
        is_firing, acknowledged = incident.state is State.FIRING, incident.is_acknowledged(now)
        return cls(Facts.of(incident), fired_at, is_firing, acknowledged, incident.snoozed_until)


@dataclass(frozen=True, slots=True)
class Routing:
    """All routes, and what holds where there are none.

    Without routes an incident is told in every channel `everywhere`; so is one that no route matches, since a wrong
    route must not swallow it. Channels that are `always` there (the console, the log) hear of everything but what is
    snoozed or silenced, and are not reminded, unless a route names them. What a channel shows is brought up to date
    after `refresh` at the latest.
    """

    everywhere: tuple[str, ...]
    routes: tuple[Route, ...] = ()
    always: frozenset[str] = frozenset()
    refresh: timedelta = REFRESH

    def due(self, situation: Situation, silences: Sequence[Silence], now: datetime) -> tuple[Due, ...]:
        """Where the incident is to be told, each channel once, in the order of the routes."""
        hold = held_for_all(situation, silences, now)
        found: dict[str, Due] = {}
        for each in self._ways(_once_heard(situation, silences, now), now):
            due = replace(each, hold=hold or each.hold)
            known = found.get(due.channel)
            if known is None or (known.hold is not None and due.hold is None):
                found[due.channel] = due
        broken = situation.facts.broken_channels
        if broken and not found.keys() - broken - self.always:
            # That a channel is broken must not be told there alone: then it goes through all others.
            others = (name for name in self._all_channels() if name not in broken | self.always)
            found |= {name: Due(name, hold=hold) for name in others}
        for channel in sorted(self.always - found.keys()):
            found[channel] = Due(channel, hold=hold)
        return tuple(found.values())

    def _all_channels(self) -> tuple[str, ...]:
        named = (name for route in self.routes for name in route.channels)
        return tuple(dict.fromkeys((*named, *self.everywhere)))

    def _ways(self, situation: Situation, now: datetime) -> Iterator[Due]:
        fitting = [each for each in self.routes if each.matcher.fits(situation.facts)]
        if not fitting:
            route = Route(tuple(name for name in self.everywhere if name not in self.always))
            yield from _dues(route, situation, now, escalated=False)
        since: datetime | None = situation.fired_at
        is_escalation = False
        for route in fitting:
            yield from _dues(route, situation, now, escalated=is_escalation)
            if route.goes_on and not is_escalation:
                continue
            since = _escalates_at(route, situation, since, now)
            if since is None:
                return
            is_escalation = True


def held_for_all(situation: Situation, silences: Sequence[Silence], now: datetime) -> Hold | None:
    """What keeps an incident from being told anywhere."""
    if situation.snoozed_until is not None and now < situation.snoozed_until:
        return Hold(HoldReason.SNOOZED, situation.snoozed_until)
    ends = [each.ends_at for each in silences if each.is_on(now) and each.covers(situation.facts)]
    return Hold(HoldReason.SILENCED, max(ends)) if ends else None


def _once_heard(situation: Situation, silences: Sequence[Silence], now: datetime) -> Situation:
    """The situation as it counts for escalation, from when people can hear of it: not while it is silenced."""
    begun = (each for each in silences if each.starts_at < each.ends_at and each.starts_at <= now)
    ends = [each.ends_at for each in begun if each.covers(situation.facts)]
    return replace(situation, fired_at=max(situation.fired_at, *ends)) if ends else situation


def _dues(route: Route, situation: Situation, now: datetime, *, escalated: bool) -> Iterator[Due]:
    severity = situation.facts.severity
    hold = _hold(route, severity, now)
    for channel in route.channels:
        yield Due(channel, route.mention, route.repeat_of(severity), hold, escalated, route.zone)


def _hold(route: Route, severity: Verdict, now: datetime) -> Hold | None:
    until = covered_until(route.spans_of(severity), now)
    if until is None:
        return None
    muted = covered_until(route.mute, now) is not None
    return Hold(HoldReason.MUTED if muted else HoldReason.QUIET_HOURS, until)


def _escalates_at(route: Route, situation: Situation, since: datetime | None, now: datetime) -> datetime | None:
    """When the next route was taken; None where it is not, or not yet.

    The time counts from when people could have heard of it: not while it was held back.
    """
    if route.escalate_after is None or since is None or situation.acknowledged or not situation.is_firing:
        return None
    spans = route.spans_of(situation.facts.severity)
    if covered_until(spans, now) is not None:
        return None
    heard = max(filter(None, (since, situation.snoozed_until, last_end(spans, now))))
    at = heard + route.escalate_after
    return at if at <= now else None
