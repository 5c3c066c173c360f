"""What somebody may do with an incident as it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from alerts.incident import Incident, State
from checks.advice.deciding.model import Action

LASTING: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "1 hour": timedelta(hours=1),
        "4 hours": timedelta(hours=4),
        "8 hours": timedelta(hours=8),
        "24 hours": timedelta(hours=24),
        "3 days": timedelta(days=3),
        "7 days": timedelta(days=7),
        "30 days": timedelta(days=30),
    }
)
"""For how long an act may hold."""


_DAY: Final = "24 hours"


class Deed(StrEnum):
    """What a form of the page does."""

    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    REJECT = "reject"
    SNOOZE = "snooze"
    SILENCE = "silence"
    RESOLVE = "resolve"
    FALSE_ALARM = "false-alarm"


class Scope(StrEnum):
    """What a silence is for."""

    ALARMS = "alarms"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Offer:
    """A form: its button, what it means, the usual time that it holds ("" for none), and whether it asks why."""

    deed: Deed
    button: str
    means: str
    lasts: str = ""
    asks_why: bool = False
    scopes: tuple[tuple[Scope, str], ...] = ()


def offers(incident: Incident) -> Iterator[Offer]:
    """The forms, from the usual one on; none of an incident that nobody was told of."""
    if incident.opened_at is None:
        return
    if incident.state is not State.RESOLVED:
        yield from _open(incident)
    if incident.false_alarm_by is None:
        yield Offer(
            Deed.FALSE_ALARM,
            "Call it a false alarm",
            "Nothing was wrong with the bot. It is counted against what false_alarms allows; no limit moves, and the "
            "incident stays as it is.",
        )


def _open(incident: Incident) -> Iterator[Offer]:
    yield Offer(
        Deed.ACKNOWLEDGE,
        "Acknowledge",
        "You have it: nobody is reminded of it, and it goes to nobody else, for that time. What is new is told all the "
        "same.",
        lasts=_DAY,
    )
    if not incident.advice.abstained and incident.advice.action is not Action.NONE:
        told = "Before and after are compared in any case, as soon as other versions answer."
        yield Offer(Deed.ACCEPT, "Accept the advice", f"You do what is advised, and have the incident. {told}", _DAY)
        yield Offer(Deed.REJECT, "Reject the advice", f"You do something else, and have the incident. {told}", _DAY)
    yield Offer(
        Deed.SNOOZE,
        "Snooze",
        "Nothing is told of this incident for that time, unless it gets more severe.",
        lasts="4 hours",
    )
    yield Offer(
        Deed.SILENCE,
        "Silence",
        "Nothing is told of incidents that fit, this one and others, for that time; they are opened and counted as "
        "always.",
        lasts="4 hours",
        asks_why=True,
        scopes=(
            (Scope.ALARMS, "what alarms in this incident now"),
            (Scope.FAMILY, f"every {incident.family} incident of {incident.monitor}"),
        ),
    )
    yield Offer(
        Deed.RESOLVE,
        "Resolve by hand",
        "You know better that it is over. If its alarms go on, the next look opens it again.",
    )
