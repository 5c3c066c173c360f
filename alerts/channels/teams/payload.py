"""Adaptive Cards for Microsoft Teams; pure.

All that is said stands in text runs, which know no markup: a class called `[here](https://evil.example)` is no link.
Source: https://adaptivecards.io/explorer and https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from alerts.incident import Incident, State
from alerts.messages.forms import capital
from alerts.messages.message import Message
from alerts.messages.text import one_line
from checks.rules.finding import Verdict

MAX_BYTES: Final = 28 * 1024
"""Of a message, all in all; what is larger Teams does not take."""

MAX_LINE: Final = 700  # characters of one sentence
FEW: Final = 5
"""Other findings that a card shows whose message would be too large with all of them."""

_STYLES: Final = {Verdict.CRITICAL: "attention", Verdict.WARNING: "warning"}
_CALM: Final = {State.RECOVERING: "accent", State.RESOLVED: "good"}

Json = dict[str, Any]


def bodies(message: Message, incident: Incident) -> tuple[bytes, ...]:
    """The message whole, with fewer other findings, with what to do alone, and in three lines; those that fit.

    Three lines always do.
    """
    few = message.others[:FEW]
    more = (f"and {len(message.others) - FEW} more",) if len(message.others) > FEW else ()
    forms = (
        message,
        replace(message, others=(*few, *more)),
        replace(message, reasons=(), others=(), commands=()),
        replace(message, reasons=(), others=(), commands=(), facts=(), certainty=""),
    )
    encoded = dict.fromkeys(_encoded(form, incident) for form in forms)
    return tuple(body for body in encoded if len(body) <= MAX_BYTES)


def _encoded(message: Message, incident: Incident) -> bytes:
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card(message, incident),
    }
    sent = {"type": "message", "summary": _clip(message.headline), "attachments": [attachment]}
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()


def card(message: Message, incident: Incident) -> Json:
    """The card: what broke and what to do in large letters, the rest below."""
    shown: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [
            {
                "type": "Container",
                "style": _CALM.get(incident.state) or _STYLES[incident.severity],
                "bleed": True,
                "items": list(_top(message)),
            },
            *_rest(message),
        ],
    }
    if message.links:
        shown["actions"] = [
            {"type": "Action.OpenUrl", "title": capital(link.words), "url": link.url} for link in message.links
        ]
    return shown


def _top(message: Message) -> Iterator[Json]:
    first = f"{message.badge} {message.monitor}: {message.news}" if message.news else message.headline
    yield _text(first, weight="Bolder")
    yield _text(message.told, size="Medium")
    if message.hurt:
        yield _text(message.hurt)
    yield _text(f"→ {message.action}", size="Medium", weight="Bolder")


def _rest(message: Message) -> Iterator[Json]:
    if message.certainty:
        yield _text(f"How sure: {message.certainty}")
    if message.reasons:
        yield _text("Why:", weight="Bolder")
    yield from (_text(f"{number}. {reason}", spacing="Small") for number, reason in enumerate(message.reasons, 1))
    if message.others:
        yield _text("Also:", weight="Bolder")
    yield from (_text(f"• {other}", spacing="Small") for other in message.others)
    yield from (_text(command, fontType="Monospace") for command in message.commands)
    if message.facts:
        yield _text(" · ".join(message.facts), size="Small", isSubtle=True)


def _text(said: str, *, spacing: str = "Default", **look: str | bool) -> Json:
    return {"type": "RichTextBlock", "spacing": spacing, "inlines": [{"type": "TextRun", "text": _clip(said), **look}]}


def _clip(said: str) -> str:
    line = one_line(said)
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"
