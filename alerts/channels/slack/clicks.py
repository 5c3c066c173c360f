"""What Slack says that somebody pressed or filled in; pure. Nothing in there is believed before it was looked at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from alerts.channels.slack.buttons import PREFIX
from alerts.channels.slack.dialogs import MAX_NOTE
from alerts.messages.buttons import SPANS, Button
from alerts.routing.matching import Matcher

_ONE_CLICK: Final = 60  # seconds in which clicks of one person on one button are one: people click twice
_LONGEST_NAME: Final = 80  # characters of what somebody calls themselves

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clicked:
    """A button: by whom, below which message, and `trigger`, by which a dialog may be opened for three seconds.

    `key` is the same for one click, however often it is handed over.
    """

    button: Button
    incident: str
    user: str
    by: str
    key: str
    channel: str
    ts: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A dialog that was filled in; `key` is the same however often it is handed over."""

    button: Button
    incident: str
    user: str
    by: str
    key: str
    channel: str
    ts: str
    span: timedelta | None
    note: str
    matcher: Matcher


def read(payload: Payload) -> Clicked | Submitted | None:
    """What it says; None where it is not about our buttons, or not as Slack says it."""
    try:
        if payload["type"] == "block_actions":
            return _clicked(payload)
        if payload["type"] == "view_submission":
            return _submitted(payload)
    except (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError):
        return None
    return None


def _clicked(payload: Payload) -> Clicked:
    action = payload["actions"][0]
    button = _button(action["action_id"])
    user, incident = str(payload["user"]["id"]), str(action["value"])
    minute = int(float(action["action_ts"])) // _ONE_CLICK
    where = payload["container"]
    return Clicked(
        button,
        incident,
        user,
        _by(payload["user"]),
        f"slack/{user}/{button}/{incident}/{minute}",
        str(where["channel_id"]),
        str(where["message_ts"]),
        str(payload["trigger_id"]),
    )


def _submitted(payload: Payload) -> Submitted:
    view = payload["view"]
    origin = json.loads(view["private_metadata"])
    values = {block: next(iter(given.values())) for block, given in view["state"]["values"].items()}
    span = (values.get("span") or {}).get("selected_option")
    return Submitted(
        _button(view["callback_id"]),
        str(origin["incident"]),
        str(payload["user"]["id"]),
        _by(payload["user"]),
        f"slack/view/{view['id']}",
        str(origin["channel"]),
        str(origin["ts"]),
        SPANS[span["value"]] if span else None,
        _text(values, "note")[:MAX_NOTE],
        Matcher(
            monitor=_names(values, "monitor"), check=_names(values, "check"), class_name=_names(values, "class_name")
        ),
    )


def _button(name: str) -> Button:
    return Button(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else Button("")


def _by(user: Payload) -> str:
    """The name at hand and the id, as names can be changed."""
    name = user.get("username") or user.get("name") or ""
    return f"{str(name)[:_LONGEST_NAME]} (Slack {user['id']})".lstrip()


def _text(values: Payload, name: str) -> str:
    return str((values.get(name) or {}).get("value") or "").strip()


def _names(values: Payload, name: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(values, name).splitlines() if line.strip())
