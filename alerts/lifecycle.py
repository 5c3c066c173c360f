"""The life of incidents: from the findings of one cycle to the steps that follow, as a pure function.

    (none) -- alarm --> pending -- held --> firing -- every finding clear --> recovering -- stayed clear --> resolved
                           |                  ^                                   |                             |
                        vanished              +---- alarm, or no longer clear ----+                             |
                           v                  +------------- alarm soon after it was resolved ------------------+
                    resolved, untold

No alarm is less than clear: a finding that stopped alarming because little data is left keeps its incident firing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2s

from alerts.families import FACTS, HELD_FAMILIES, family_of_finding
from alerts.incident import Event, Incident, Proposal, Reason, State, Transition
from alerts.policy import Policy
from alerts.seen import Seen, is_worse
from checks.advice.deciding.model import Advice
from checks.rules.family import Family
from checks.rules.finding import Finding

AdviceFor = Callable[[tuple[Finding, ...]], Advice]


def advance(
    incidents: Sequence[Incident],
    findings: Sequence[Finding],
    advice_for: AdviceFor,
    now: datetime,
    policy: Policy,
    monitor: str,
) -> tuple[Transition, ...]:
    """Take every incident of one monitor one step further.

    `incidents` are its unresolved ones and those resolved within `policy.reopen_within`; `findings` are all of this
    cycle. `advice_for` is asked for the findings of one family, only when one of them alarms. `now` is the end of the
    cycle's data (UTC) and moves on from cycle to cycle. The same arguments give the same steps, ids included.

    An event is given once: a cycle that has nothing new for people only refreshes the numbers (`event` is None).
    Raises ValueError for a finding of a check that belongs to no family.
    """
    steps: list[Transition] = []
    for family in Family:
        past = tuple(i for i in incidents if i.family is family and i.monitor == monitor)
        seen = Seen.of((f for f in findings if family_of_finding(f) is family), now)
        steps.extend(_Cycle(monitor, family, past, seen, advice_for, policy).steps())
    return tuple(steps)


def incident_id(monitor: str, family: Family, since: datetime) -> str:
    """Id of an incident: the same whenever and however often it is computed.

    >>> incident_id("support-bot", Family.QUALITY, datetime(2026, 3, 29, 6, tzinfo=UTC))
    'quality-2279cd800b'
    """
    text = "\0".join((monitor, family, since.astimezone(UTC).isoformat()))
    return f"{family}-{blake2s(text.encode(), digest_size=5).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Told:
    """The advice after a cycle, and whether it is another action than the one people know."""

    advice: Advice
    proposed: Proposal | None
    changed: bool


@dataclass(frozen=True, slots=True)
class _Cycle:
    """One family of one monitor in one cycle."""

    monitor: str
    family: Family
    past: tuple[Incident, ...]
    seen: Seen
    advice_for: AdviceFor
    policy: Policy

    @property
    def now(self) -> datetime:
        return self.seen.now

    def steps(self) -> tuple[Transition, ...]:
        unresolved = min(
            (i for i in self.past if i.state is not State.RESOLVED), key=lambda i: (i.since, i.id), default=None
        )
        if unresolved is None:
            return self._begin() if self.seen.alarms else ()
        if unresolved.state is State.PENDING:
            return self._wait(unresolved)
        return self._go_on(unresolved)

    # ---- before people are told

    def _begin(self) -> tuple[Transition, ...]:
        alarms = self.seen.alarms
        incident = Incident(
            id=incident_id(self.monitor, self.family, self.now),
            monitor=self.monitor,
            family=self.family,
            state=State.PENDING,
            severity=self.seen.worst,
            since=self.now,
            onset=min(finding.window_start for finding in alarms),
            updated_at=self.now,
            findings=alarms,
            advice=self.advice_for(self.seen.findings),
        )
        return self._hold_or_fire(incident)

    def _wait(self, incident: Incident) -> tuple[Transition, ...]:
        if not self.seen.alarms:
            return (self._resolve(incident, None, Reason.BLIP),)
        current = replace(
            incident,
            severity=self.seen.worst,
            updated_at=self.now,
            findings=self.seen.members(incident.findings),
            advice=self.advice_for(self.seen.findings),
        )
        return self._hold_or_fire(current)

    def _hold_or_fire(self, incident: Incident) -> tuple[Transition, ...]:
        if self.family in HELD_FAMILIES and self.now - incident.since < self.policy.hold:
            return (self._step(incident, None, Reason.ALARM_HELD_BACK),)
        earlier = self._reopenable(incident.since)
        if earlier is None:
            opened = replace(incident, state=State.FIRING, opened_at=self.now)
            return (self._step(opened, Event.OPENED, Reason.ALARM_FIRED, self.seen.alarms),)
        reopened = self._reopen(earlier, incident.advice)
        if incident.since == self.now:  # it was never recorded as pending
            return (reopened,)
        return (self._resolve(incident, None, Reason.MERGED), reopened)

    def _reopenable(self, since: datetime) -> Incident | None:
        """The last incident that people were told was over, when that is not long ago."""
        ended = [(i.resolved_at, i.id, i) for i in self.past if i.resolved_at is not None and i.opened_at is not None]
        recent = [end for end in ended if since - end[0] <= self.policy.reopen_within]
        return max(recent, key=lambda end: end[:2])[2] if recent else None

    def _reopen(self, incident: Incident, advice: Advice) -> Transition:
        reopened = replace(
            incident,
            state=State.FIRING,
            severity=self.seen.worst,
            updated_at=self.now,
            findings=self.seen.members(self.seen.fresh(incident.findings, self.policy.stale)),
            advice=advice,
            proposed=None,
            clear_since=None,
            resolved_at=None,
            acknowledged_by=None,  # whoever took it on saw it end
            acknowledged_until=None,
            snoozed_until=None,
            false_alarm_by=None,
        )
        return self._step(reopened, Event.REOPENED, Reason.ALARM_RETURNED, self.seen.alarms)

    # ---- once people were told

    def _go_on(self, incident: Incident) -> tuple[Transition, ...]:
        current = replace(incident, findings=self.seen.members(incident.findings))
        if self.seen.alarms:
            return (self._alarm_again(current, incident.findings),)
        fresh = self.seen.fresh(current.findings, self.policy.stale)
        if not fresh:
            return (self._resolve(current, Event.RESOLVED, Reason.WENT_STALE),)
        if self.seen.all_clear(fresh):
            return (self._recover(current),)
        return self._stay_open(current)

    def _alarm_again(self, incident: Incident, known: tuple[Finding, ...]) -> Transition:
        rose = is_worse(self.seen.worst, incident.severity)
        joined, nearer = self.seen.joined(known), self.seen.nearer(known)
        told = self._advise(incident, at_once=rose or bool(joined or nearer))
        current = replace(
            incident,
            state=State.FIRING,
            severity=self.seen.worst if rose else incident.severity,
            updated_at=self.now,
            clear_since=None,
            advice=told.advice,
            proposed=told.proposed,
            snoozed_until=None if rose else incident.snoozed_until,  # it was another incident that could wait
        )
        if rose:
            step = self._step(current, Event.ESCALATED, Reason.SEVERITY_ROSE, (*joined, *nearer))
            return replace(step, advises_anew=told.changed)
        if nearer or joined or told.changed:
            news = Reason.DAY_NEARER if nearer else Reason.ALARM_JOINED if joined else Reason.ADVICE_CHANGED
            step = self._step(current, Event.UPDATED, news, (*nearer, *joined))
            return replace(step, advises_anew=told.changed)
        resumed = incident.state is State.RECOVERING
        return self._step(current, None, Reason.ALARM_RESUMED if resumed else Reason.REFRESHED)

    def _advise(self, incident: Incident, *, at_once: bool) -> _Told:
        """Another action is told once it has settled, or along with other news: a close call does not flap."""
        advice, known = self.advice_for(self.seen.findings), incident.proposed
        if advice.action is incident.advice.action:
            return _Told(advice, None, changed=False)
        if at_once:
            return _Told(advice, None, changed=True)
        if known is None or known.action is not advice.action:
            return _Told(incident.advice, Proposal(advice.action, self.now), changed=False)
        if self.now == known.since or self.now - known.since < self.policy.patience(incident.advice.action):
            return _Told(incident.advice, known, changed=False)
        return _Told(advice, None, changed=True)

    def _recover(self, incident: Incident) -> Transition:
        since = incident.clear_since or self.now
        current = replace(incident, state=State.RECOVERING, clear_since=since, updated_at=self.now, proposed=None)
        if self.family in FACTS or self.now - since >= self.policy.recover:
            return self._resolve(current, Event.RESOLVED, Reason.STAYED_CLEAR)
        began = incident.clear_since is None
        return self._step(current, None, Reason.CLEAR_BEGAN if began else Reason.REFRESHED)

    def _stay_open(self, incident: Incident) -> tuple[Transition, ...]:
        broken = incident.state is State.RECOVERING
        if not broken and not self.seen.has_any(incident.findings):
            return ()  # nothing was said, so nothing is new
        current = replace(incident, state=State.FIRING, clear_since=None, updated_at=self.now, proposed=None)
        return (self._step(current, None, Reason.CLEAR_BROKEN if broken else Reason.REFRESHED),)

    # ---- both

    def _resolve(self, incident: Incident, event: Event | None, reason: Reason) -> Transition:
        resolved = replace(incident, state=State.RESOLVED, resolved_at=self.now, updated_at=self.now, proposed=None)
        return self._step(resolved, event, reason)

    def _step(
        self, incident: Incident, event: Event | None, reason: Reason, joined: tuple[Finding, ...] = ()
    ) -> Transition:
        return Transition(incident, event, self.now, reason, joined)
