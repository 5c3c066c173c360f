"""What people did with an incident, in words."""

from collections.abc import Sequence
from typing import Final

from alerts.acts import Act, ActKind
from alerts.incident import Incident, Reason, State
from alerts.messages.numbers import when
from alerts.routing.silence import Silence

DONE: Final = {
    ActKind.ACKNOWLEDGE: "acknowledged",
    ActKind.SNOOZE: "snoozed",
    ActKind.RESOLVE: "resolved by hand",
    ActKind.FALSE_ALARM: "called a false alarm",
    ActKind.SILENCE: "silenced",
    ActKind.UNSILENCE: "silence ended",
    ActKind.TRY: "candidate tried",
}

AGAIN: Final = {
    Reason.NOBODY_ACKNOWLEDGED: "still firing, and nobody has acknowledged it",
    Reason.NOT_TOLD_YET: "open, and not told here before",
    Reason.HOLD_ENDED: "still firing after it was silenced",
    Reason.ACKNOWLEDGEMENT_EXPIRED: "the acknowledgement has run out, and it still fires",
    Reason.SNOOZE_ENDED: "the snooze is over, and it still fires",
}
"""What is said of a step that tells something again."""


def act_in_words(act: Act) -> str:
    """Who did what, until when and why."""
    until = f" until {when(act.until)}" if act.until is not None else ""
    return f"{DONE[act.kind]} by {act.by}{until}" + (f": {act.note}" if act.note else "")


def held_in_words(act: Act) -> str:
    """Until when whoever acknowledged an incident has it."""
    return "theirs from now on" if act.until is None else f"theirs until {when(act.until)}"


def standing_in_words(incident: Incident) -> str:
    """Who has an incident, and what they said of it; "" where nobody did. Of one that is over no time is left."""
    if incident.state is State.RESOLVED:
        had = _by("was acknowledged", incident.acknowledged_by, "")
        return ", ".join(filter(None, (had, _by("called a false alarm", incident.false_alarm_by, ""))))
    parts = (
        _by(
            "acknowledged",
            incident.acknowledged_by,
            f" until {when(at)}" if (at := incident.acknowledged_until) else "",
        ),
        f"snoozed until {when(incident.snoozed_until)}" if incident.snoozed_until else "",
        _by("called a false alarm", incident.false_alarm_by, ""),
    )
    return ", ".join(filter(None, parts))


def _by(done: str, who: str | None, until: str) -> str:
    return "" if who is None else f"{done} by {who}{until}"


def silence_in_words(silence: Silence) -> str:
    """What is silenced, until when, by whom and why."""
    m = silence.matcher
    named = (
        ("monitor", m.monitor),
        ("family", m.family),
        ("severity", m.severity),
        ("check", m.check),
        ("class", m.class_name),
    )
    what = ", ".join(f"{name} {' or '.join(patterns)}" for name, patterns in named if patterns)
    return f"silence {silence.id}: {what} until {when(silence.ends_at)}, by {silence.by}: {silence.reason}"


def covered_in_words(incidents: Sequence[str]) -> str:
    """Which open incidents a silence keeps quiet."""
    return f"it covers {', '.join(incidents)}" if incidents else "it covers no incident that is open now"
