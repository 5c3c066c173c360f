"""Dialogs that ask for how long and why; pure.

Limits: https://docs.slack.dev/reference/views and https://docs.slack.dev/reference/block-kit/block-elements
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from alerts.channels.slack.buttons import PREFIX
from alerts.incident import Incident
from alerts.messages.buttons import (
    CANCEL,
    EXPLAINED,
    FIELDS,
    FOR,
    LABELS,
    NOTE,
    ONE_A_LINE,
    REASON,
    SPANS,
    SUBMIT,
    Button,
)
from alerts.routing.matching import Facts

MAX_NOTE: Final = 500  # characters
MAX_NAMES: Final = 2_000  # characters of the names of one field

DIALOGS: Final = frozenset({Button.SNOOZE, Button.SILENCE, Button.REJECT, Button.FALSE_ALARM, Button.RESOLVE})
"""The buttons that open one."""

_USUAL_SPAN: Final = {Button.SNOOZE: "4h", Button.SILENCE: "4h"}

View = dict[str, Any]


def dialog(button: Button, incident: Incident, channel: str, ts: str) -> View:
    """The dialog of a button below the message `ts` of a channel."""
    return {
        "type": "modal",
        "callback_id": f"{PREFIX}{button}",
        "private_metadata": json.dumps({"incident": incident.id, "channel": channel, "ts": ts}),
        "title": _plain(LABELS[button].rstrip("…")),
        "submit": _plain(SUBMIT),
        "close": _plain(CANCEL),
        "blocks": [
            {"type": "section", "text": _plain(incident.id)},
            {"type": "section", "text": _plain(EXPLAINED[button])},
            *_inputs(button, incident),
        ],
    }


def _inputs(button: Button, incident: Incident) -> Iterator[View]:
    if button in _USUAL_SPAN:
        options = [{"text": _plain(name), "value": name} for name in SPANS]
        usual = next(option for option in options if option["value"] == _USUAL_SPAN[button])
        yield _input("span", FOR, {"type": "static_select", "options": options, "initial_option": usual})
    if button is Button.SILENCE:
        for name, values in _proposed(incident).items():
            yield _input(name, FIELDS[name], _text(MAX_NAMES, values, lines=True), hint=ONE_A_LINE, optional=True)
        yield _input("note", REASON, _text(MAX_NOTE))
    else:
        yield _input("note", NOTE, _text(MAX_NOTE), optional=True)


def _proposed(incident: Incident) -> dict[str, Sequence[str]]:
    """Matchers that fit the incident and as little else as can be."""
    alarms = Facts.of(incident).alarms
    classes = tuple(dict.fromkeys(alarm.class_name for alarm in alarms)) if all(a.class_name for a in alarms) else ()
    checks = tuple(dict.fromkeys(alarm.check for alarm in alarms))
    return {"monitor": (incident.monitor,), "check": checks, "class_name": classes}


def _input(name: str, label: str, element: View, *, hint: str = "", optional: bool = False) -> View:
    hints = {"hint": _plain(hint)} if hint else {}
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "element": {"action_id": name, **element},
        "optional": optional,
        **hints,
    }


def _text(longest: int, values: Sequence[str] = (), *, lines: bool = False) -> View:
    initial = "\n".join(value for value in values if "\n" not in value)
    known = {"initial_value": initial} if initial and len(initial) <= longest else {}
    return {"type": "plain_text_input", "multiline": lines, "max_length": longest, **known}


def _plain(text: str) -> View:
    return {"type": "plain_text", "text": text, "emoji": False}
