"""States in words, as the pages say them; what findings, advice and steps say is in `alerts/messages`."""

from collections.abc import Sequence
from typing import Final

from alerts.incident import Incident, State
from alerts.messages.words import STATES, WORDS
from monitor.history.queries.charted import NewestFigures

_CONDITIONS: Final = {
    "ready": "looks are on time",
    "starting": "the first look is under way",
    "failing": "the last look failed; an earlier one is still recent",
    "crippled": "a check crashed in the last look, and what it watches is not watched",
    "clock": "the last look is dated after the clock of this machine",
    "late": "no look has succeeded for long: these figures are old",
}


def condition_in_words(condition: str) -> str:
    """Whether the looks can be relied on."""
    return _CONDITIONS.get(condition, condition)


_UNRELIABLE: Final = ("starting", "crippled", "clock", "late")
"""Conditions in which it says little that no incident is open."""


def unjudged_in_words(newest: NewestFigures | None, condition: str | None) -> str:
    """Why a monitor that nobody was told of is not known to be well; "" where it is."""
    if newest is None:
        return "nothing is known yet: no look has ended"
    if condition in _UNRELIABLE:
        return "no open incident as far as is known, and looks cannot be relied on now"
    predictions, accuracy = newest.of("predictions"), newest.of("accuracy")
    if predictions is None or not predictions.n:
        return "no open incident, and nothing to judge: no prediction in the window"
    if accuracy is None or accuracy.value is None:
        return "no open incident; whether answers are right is not known: too few labels"
    return ""


def incidents_in_words(incidents: Sequence[Incident]) -> str:
    """How a monitor stands, in a few words."""
    told = [incident for incident in incidents if incident.state is not State.PENDING]
    if not told:
        return "an alarm was seen, not yet certain" if incidents else "no open incident"
    return ", ".join(f"{WORDS[each.severity]} {each.family} incident, {STATES[each.state]}" for each in told)


def sum_in_words(levels: Sequence[str]) -> str:
    """How many monitors stand how, in a sentence."""
    known = (("critical", "critical"), ("warning", "warning"), ("recovering", "recovering"), ("unknown", "not known"))
    parts = [f"{levels.count(level)} {said}" for level, said in known if level in levels]
    if not levels:
        return "No monitor is configured."
    n = f"{len(levels)} monitor{'' if len(levels) == 1 else 's'}"
    return f"{n}: {', '.join(parts)}." if parts else f"{n}, none with an open incident."
