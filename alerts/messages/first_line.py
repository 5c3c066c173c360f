"""The first line: what broke, since which change, who is hurt, and what to do. Enough for a lock screen."""

from typing import Final

from alerts.incident import Incident, State
from alerts.messages.advising import demand
from alerts.messages.hurt import hurt
from alerts.messages.names import short_name
from alerts.messages.words import limit_in_words, paradox_of, short_problem, subject
from checks.advice.deciding.model import Change

MAX_LINE: Final = 150
"""Characters, as Slack's headers have it; a phone shows as many. What does not fit is left out whole."""

LEAST_ROOM: Final = 20
"""Characters that are left for what broke: for them the version that an action goes back to is left out."""


def first_line(incident: Incident, start: str) -> str:
    """The line of an incident as it stands, after a `start` such as `🔴 CRITICAL support-bot: `."""
    worst = incident.findings[0]
    if incident.state is not State.FIRING:
        return fitted(start, _what(incident, start), ("", limit_in_words(worst), "", ""), "")
    since = "" if incident.advice.change is None else f"since {newer(incident.advice.change)}"
    optional = (since, limit_in_words(worst), hurt(worst), hurt(worst, brief=True))
    do = demand(incident.advice, incident.findings)
    if len(f"{start} → {do}") + LEAST_ROOM > MAX_LINE:
        do = do.partition(" to ")[0]
    return fitted(start, _what(incident, f"{start} → {do}"), optional, f" → {do}")


def fitted(start: str, what: str, optional: tuple[str, str, str, str], end: str) -> str:
    """As much as fits: the limit goes first, who is hurt gets brief, then goes too, and then the change."""
    since, limit, hurts, brief = optional
    forms = (
        (since, limit, hurts),
        (since, "", hurts),
        (since, "", brief),
        (since, limit, ""),
        (since, "", ""),
        ("", "", ""),
    )
    lines = (f"{start}{_said(what, *form)}{end}" for form in forms)
    return next((line for line in lines if len(line) <= MAX_LINE), f"{start}{what}{end}")


def newer(change: Change) -> str:
    """What took over at a change: a prompt, a model, or both."""
    prompt, model = f"prompt {short_name(change.newer_prompt)}", f"model {short_name(change.newer_model)}"
    return {"prompt": prompt, "model": model}.get(change.kind, f"{prompt} on {model}")


def _said(what: str, since: str, limit: str, hurts: str) -> str:
    known = f"{what}, {limit}" if limit else what
    changed = f"{known} {since}" if since and not limit else f"{known}, {since}" if since else known
    return f"{changed}: {hurts}" if hurts else changed


def _what(incident: Incident, around: str) -> str:
    """What broke, without its limit; of a sentence that is too long the beginning that stands by itself."""
    worst = incident.findings[0]
    room = MAX_LINE - len(around)
    said = paradox_of(incident) + short_problem(worst, limit=False)
    for end in (" (such as ", ": ", "; ", ", "):
        if len(said) <= room:
            return said
        said = said.partition(end)[0]
    return said if len(said) <= room else short_name(subject(worst), max(room, LEAST_ROOM))
