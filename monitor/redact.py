"""Keeps secrets and the words of users out of the log, wherever they turn up."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "***"

_SECRET_KEYS = frozenset({"authorization", "password", "secret", "token", "api_key", "req_args"})
_MESSAGE_KEYS = frozenset({"text", "response", "message_text", "prompt"})
_PATTERNS = (
    # Greedy to the last "@" of the word: a password may hold an "@" or a "/" that nobody escaped.
    (re.compile(r"(://[^\s:/@]*:)\S*@"), r"\1" + HIDDEN + "@"),
    (re.compile(r"\b(xox[a-z]|xapp)-[\w-]+"), r"\1-" + HIDDEN),
    (re.compile(r"(hooks\.slack\.com/(?:services|workflows|triggers)/)\S+"), r"\1" + HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 " + HIDDEN),
    (re.compile(r"(?i)\b(password|token|secret|api_key)(\s*=\s*)[^\s&;,)]+"), r"\1\2" + HIDDEN),
)


def redact(text: str) -> str:
    """The text without the passwords of URLs, tokens of Slack, bearer tokens and `password=` values in it."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: `redact` for every text in the event, and nothing at all under a telling key."""
    return {key: _redacted(key, value) for key, value in event.items()}


def _redacted(key: str, value: object) -> object:
    if key.lower() in _SECRET_KEYS | _MESSAGE_KEYS:
        return HIDDEN
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(inner): _redacted(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else redact(str(value))
