"""What an act of a person makes of an incident; pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from alerts.acts import Act, ActKind
from alerts.incident import Event, Incident, Reason, State, Transition
from checks.outcome.trial import Decision


class ActRefusedError(Exception):
    """The act means nothing for the incident as it stands; the message says why."""


def acted(incident: Incident, act: Act) -> Transition:
    """The step that follows. Raises ActRefusedError."""
    _check(incident, act)
    after, event, reason = _STEPS[act.kind](incident, act)
    return Transition(after, event, act.at, reason, act=act)


def decided(incident: Incident, act: Act, *, accepted: bool) -> Transition:
    """The step of somebody who takes an incident on and says whether they do what is advised. Raises ActRefusedError.

    `act` is the acknowledgement: who, until when, and why.
    """
    _check(incident, act)
    taken, event, reason = _acknowledge(incident, act)
    return Transition(taken, event, act.at, reason, decision=Decision(accepted, act.at, act.by, act.note), act=act)


def _check(incident: Incident, act: Act) -> None:
    if incident.opened_at is None:
        raise ActRefusedError(f"{incident.id} has not been told yet: it is not certain enough, and may pass by itself")
    if incident.state is State.RESOLVED and act.kind is not ActKind.FALSE_ALARM:
        raise ActRefusedError(f"{incident.id} is over; nothing is told of it any more")


_Step = tuple[Incident, Event, Reason]


def _acknowledge(incident: Incident, act: Act) -> _Step:
    taken = replace(incident, acknowledged_by=act.by, acknowledged_until=act.until)
    return taken, Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED


def _snooze(incident: Incident, act: Act) -> _Step:
    return replace(incident, snoozed_until=act.until), Event.UPDATED, Reason.SOMEBODY_SNOOZED


def _resolve(incident: Incident, act: Act) -> _Step:
    over = replace(incident, state=State.RESOLVED, resolved_at=act.at, updated_at=act.at, proposed=None)
    return replace(over, snoozed_until=None), Event.RESOLVED, Reason.SOMEBODY_RESOLVED


def _call_false(incident: Incident, act: Act) -> _Step:
    return replace(incident, false_alarm_by=act.by), Event.UPDATED, Reason.CALLED_FALSE


def _try(incident: Incident, act: Act) -> _Step:  # noqa: ARG001 - what was tried is told, and changes nothing
    return incident, Event.UPDATED, Reason.CANDIDATE_TRIED


_STEPS: Final[dict[ActKind, Callable[[Incident, Act], _Step]]] = {
    ActKind.ACKNOWLEDGE: _acknowledge,
    ActKind.SNOOZE: _snooze,
    ActKind.RESOLVE: _resolve,
    ActKind.FALSE_ALARM: _call_false,
    ActKind.TRY: _try,
}
