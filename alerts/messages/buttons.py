"""The words on buttons and in dialogs, and what is said to whoever pressed one."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from alerts.incident import Incident


class Button(StrEnum):
    """What somebody can press at an incident."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    SILENCE = "silence"
    ACCEPT = "accept"
    REJECT = "reject"
    FALSE_ALARM = "false_alarm"
    RESOLVE = "resolve"


LABELS: Final = {
    Button.ACKNOWLEDGE: "Acknowledge",
    Button.SNOOZE: "Snooze…",
    Button.SILENCE: "Silence…",
    Button.ACCEPT: "Accept advice",
    Button.REJECT: "Reject advice…",
    Button.FALSE_ALARM: "False alarm…",
    Button.RESOLVE: "Resolve…",
}
"""At most 24 characters, which are also those of a dialog's title; those with an ellipsis ask something first."""

SPANS: Final = {
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "8h": timedelta(hours=8),
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
}
"""For how long something may be snoozed or silenced by a dialog."""

FOR: Final = "For how long"
NOTE: Final = "Why (shown in the thread)"
REASON: Final = "Why"
ONE_A_LINE: Final = "One a line; * stands for any text. Everything that alarms has to fit."
FIELDS: Final = {"monitor": "Monitors", "check": "Checks", "class_name": "Classes"}
SUBMIT: Final = "Do it"
CANCEL: Final = "Leave it"

EXPLAINED: Final = {
    Button.SNOOZE: "Nothing is told of this incident for that time, unless it gets more severe. If it still fires "
    "then, that is told.",
    Button.SILENCE: "Nothing is told of incidents that fit, for that time; they are counted as always. What still "
    "fires then is told.",
    Button.REJECT: "You have the incident for 24 h. Whether the advice would have worked is then not counted.",
    Button.FALSE_ALARM: "It is remembered and counted. It changes nothing by itself: no limit moves, and the incident "
    "stays as it is.",
    Button.RESOLVE: "The incident is over. If its alarms go on, the next look opens it again.",
}

NAMES_NOTHING: Final = "name at least one monitor, check or class"
NOT_KEPT: Final = "this could not be kept, as the history cannot be reached; do it again in a minute"


def unknown_incident(incident: str) -> str:
    """Why nothing was done: another tunewatch told of the incident, or it was forgotten."""
    return (
        f"nothing was done: {incident} is not in this tunewatch's history. Where several share one Slack app, clicks "
        "reach any of them: give each its own app"
    )


def already_yours(incident: Incident) -> str:
    """Why a second click did nothing."""
    return f"{incident.id} is yours already"
