"""An incident: the open findings of one monitor that belong together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.acts import Act
from checks.advice.deciding.model import Action, Advice
from checks.outcome.judge import Result
from checks.outcome.trial import Decision
from checks.rules.family import Family
from checks.rules.finding import Finding, Verdict


class State(StrEnum):
    """Where an incident is in its life."""

    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class Event(StrEnum):
    """What a person is told of an incident; the `event` field of the JSON contract."""

    OPENED = "opened"
    UPDATED = "updated"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    VERIFIED = "verified"
    REMINDED = "reminded"


class Reason(StrEnum):
    """Reason of a step: the answer to "why was I (not) told?"."""

    REFRESHED = "refreshed"  # new numbers, the same story
    ALARM_HELD_BACK = "alarm_held_back"  # pending: not held long enough to be told
    BLIP = "blip"  # a pending alarm vanished before it had held
    MERGED = "merged"  # a pending alarm went into the incident that it reopened
    ALARM_FIRED = "alarm_fired"
    ALARM_RETURNED = "alarm_returned"  # soon after the incident was resolved
    ALARM_JOINED = "alarm_joined"  # another check or subject
    SEVERITY_ROSE = "severity_rose"
    DAY_NEARER = "day_nearer"  # of what comes on a known day: the next warning ahead of it is due
    ADVICE_CHANGED = "advice_changed"
    CLEAR_BEGAN = "clear_began"  # every finding is clear: the recovery clock runs
    CLEAR_BROKEN = "clear_broken"  # no alarm, but no longer clear: the recovery clock stopped
    ALARM_RESUMED = "alarm_resumed"  # a known alarm came back while recovering
    STAYED_CLEAR = "stayed_clear"  # resolved
    WENT_STALE = "went_stale"  # resolved: its checks have had nothing to say for long
    SOMEBODY_ACKNOWLEDGED = "somebody_acknowledged"
    ACTION_VERIFIED = "action_verified"
    REPORT_WRITTEN = "report_written"  # a report of the rows is there to look at
    SOMEBODY_SNOOZED = "somebody_snoozed"
    SOMEBODY_RESOLVED = "somebody_resolved"
    CALLED_FALSE = "called_false"  # somebody says that it is a false alarm
    CANDIDATE_TRIED = "candidate_tried"  # somebody tried what might answer instead
    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement_expired"
    SNOOZE_ENDED = "snooze_ended"
    # In one channel alone:
    NOBODY_ACKNOWLEDGED = "nobody_acknowledged"  # it is told again
    NOT_TOLD_YET = "not_told_yet"  # it is open, and was not told for a reason that is past
    HOLD_ENDED = "hold_ended"  # what was silenced, muted or in quiet hours still fires
    SHOWN_ANEW = "shown_anew"  # the numbers moved, or were shown long ago

    @property
    def changes_state(self) -> bool:
        """Whether what stands in the channel is wrong after this step, though nobody is told of it."""
        return self in _CHANGES_STATE

    @property
    def is_of_one_channel(self) -> bool:
        """Whether the step tells something again that is news in some channels alone."""
        return self in (Reason.NOBODY_ACKNOWLEDGED, Reason.NOT_TOLD_YET, Reason.HOLD_ENDED, Reason.SHOWN_ANEW)

    @property
    def is_of_somebody(self) -> bool:
        """Whether a person made the step."""
        return self in _OF_SOMEBODY


_CHANGES_STATE = (
    Reason.CLEAR_BEGAN,
    Reason.CLEAR_BROKEN,
    Reason.ALARM_RESUMED,
    Reason.REPORT_WRITTEN,
    Reason.SNOOZE_ENDED,
    Reason.ACKNOWLEDGEMENT_EXPIRED,
    Reason.SHOWN_ANEW,
)
_OF_SOMEBODY = (
    Reason.SOMEBODY_ACKNOWLEDGED,
    Reason.SOMEBODY_SNOOZED,
    Reason.SOMEBODY_RESOLVED,
    Reason.CALLED_FALSE,
    Reason.CANDIDATE_TRIED,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another action than the one people were told, seen in every cycle from `since` on; told once it has held."""

    action: Action
    since: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """`since` is when the first finding alarmed, `onset` the start of the earliest window that showed it.

    `findings` are those that belong to it as last seen, alarming or not, worst first. `severity` is the worst verdict
    that it ever had since it opened (WARNING or CRITICAL). All times are UTC. `clear_since` is when all findings
    became clear. `advice` is what people were told last, with its newest numbers. `report` is the file of a report of
    its rows, or "". `acknowledged_until` is when that runs out (None: never), `snoozed_until` when it is told again,
    and `false_alarm_by` who said that there is nothing.
    """

    id: str
    monitor: str
    family: Family
    state: State
    severity: Verdict
    since: datetime
    onset: datetime
    updated_at: datetime
    findings: tuple[Finding, ...]
    advice: Advice
    opened_at: datetime | None = None
    clear_since: datetime | None = None
    resolved_at: datetime | None = None
    acknowledged_by: str | None = None
    proposed: Proposal | None = None
    report: str = ""
    acknowledged_until: datetime | None = None
    snoozed_until: datetime | None = None
    false_alarm_by: str | None = None

    def is_acknowledged(self, now: datetime) -> bool:
        """Whether somebody has it at that time."""
        return self.acknowledged_by is not None and (self.acknowledged_until is None or now < self.acknowledged_until)


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of an incident: how it stands after it, and what people are told (None: nothing).

    `joined` are the findings that this step tells of for the first time, `decision` what somebody decided with it,
    `outcome` what came of the advice, and `act` what somebody did. `advises_anew` says that another action is advised
    than people were told before.
    """

    incident: Incident
    event: Event | None
    at: datetime
    reason: Reason = Reason.REFRESHED
    joined: tuple[Finding, ...] = ()
    decision: Decision | None = None
    outcome: Result | None = None
    act: Act | None = None
    advises_anew: bool = False

    @property
    def rings(self) -> bool:
        """Whether a later step calls people again: it got worse, a day is near, nobody has it, or other advice."""
        if self.advises_anew or self.reason in (Reason.ADVICE_CHANGED, Reason.DAY_NEARER):
            return True
        return self.event in (Event.ESCALATED, Event.REOPENED, Event.REMINDED)

    @property
    def is_posted(self) -> bool:
        """Whether it goes to the outbox: an event, or a change of state that a message in place has to show."""
        return self.event is not None or self.reason.changes_state
