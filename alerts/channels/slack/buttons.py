"""Buttons below an incident's first message; pure. What is pressed comes back by Socket Mode."""

from typing import Any, Final

from alerts.incident import Incident, State
from alerts.messages.buttons import LABELS, Button
from checks.advice.deciding.model import Action

PREFIX: Final = "tunewatch_"
"""Before the names of actions and dialogs, which tells ours from those of others."""

_STYLES: Final = {Button.ACKNOWLEDGE: "primary", Button.RESOLVE: "danger"}


def offered(incident: Incident) -> tuple[Button, ...]:
    """What can be done with an incident as it stands."""
    if incident.state is State.RESOLVED:
        return (Button.FALSE_ALARM,)
    has_advice = not incident.advice.abstained and incident.advice.action is not Action.NONE
    advised = (Button.ACCEPT, Button.REJECT) if has_advice else ()
    return (
        Button.ACKNOWLEDGE,
        *advised,
        Button.SNOOZE,
        Button.SILENCE,
        Button.FALSE_ALARM,
        Button.RESOLVE,
    )


def buttons(incident: Incident) -> dict[str, Any]:
    """The block with what can be done."""
    return {
        "type": "actions",
        "block_id": f"{PREFIX}acts",
        "elements": [_button(each, incident.id) for each in offered(incident)],
    }


def _button(button: Button, incident: str) -> dict[str, Any]:
    style = {"style": _STYLES[button]} if button in _STYLES else {}
    text = {"type": "plain_text", "text": LABELS[button], "emoji": False}
    return {"type": "button", "action_id": f"{PREFIX}{button}", "text": text, "value": incident, **style}
