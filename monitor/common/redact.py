"""Keeps secrets and the words of users out of the log, wherever they turn up."""

import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

HIDDEN: Final = "***"

LONGEST: Final = 300
"""Characters of an error that people are told: it goes into a message."""

_ROW: Final = re.compile(r"\s*(Original Line|LINE \d+):.*", re.DOTALL)
"""Where an engine begins to quote a row of the log, or a statement."""

_QUOTED: Final = re.compile(r"(['\"])(?:(?!\1).){60,}\1")
"""A quotation that may be the words of a user."""

_SECRET_KEYS = frozenset({"authorization", "cookie", "password", "secret", "token", "api_key", "req_args"})
_MESSAGE_KEYS = frozenset({"text", "response", "message_text", "prompt"})

_NAME = (
    r"[\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token(?!s)|signature|credential"
    r"|(?:api|access|account|shared|private)[-_]?key)[\w-]*|sig|sas|auth|pass"
)
"""Names of parameters that hold secrets: sslpassword, X-Amz-Security-Token, SharedAccessSignature, AccountKey, …"""

_VALUE = r"""(?:'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^\s&;,)'"<>]+)"""
"""A value: in quotes, as libpq and JSON have them (also cut off), or up to the next separator."""

_PATTERNS = (
    (re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*-----|\Z)", re.DOTALL), HIDDEN),
    # Greedy to the last "@" of the word: a password may hold an "@" or a "/" that nobody escaped.
    (re.compile(r"(://[^\s:/@]*:)\S*@"), r"\1" + HIDDEN + "@"),
    # The schemes of headers come before names, which would take the scheme for the value.
    (re.compile(r"""(?i)(authorization["']?\s*[:=]\s*["']?(?:[a-z]+\s+)?)[^\s"',;]+"""), r"\1" + HIDDEN),
    (re.compile(r"""(?i)\b((?:set-)?cookie["']?\s*[:=]\s*)[^\r\n"'}]+"""), r"\1" + HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 " + HIDDEN),
    (re.compile(r"\b(xox[a-z](?:\.xox[a-z])?|xapp)-[\w%-]+"), r"\1-" + HIDDEN),
    (re.compile(r"(hooks\.slack\.com/(?:services|workflows|triggers)/)[^\s\"'<>]+"), r"\1" + HIDDEN),
    (re.compile(r"(discord(?:app)?\.com/api/webhooks/)[^\s\"'<>]+"), r"\1" + HIDDEN),
    (re.compile(r"(\.office(?:365)?\.com/webhook\w*/)[^\s\"'<>]+"), r"\1" + HIDDEN),
    (re.compile(r"(api\.telegram\.org/bot)[^\s/\"'<>]+"), r"\1" + HIDDEN),
    (re.compile(r"(hooks\.zapier\.com/hooks/catch/)[^\s\"'<>]+"), r"\1" + HIDDEN),
    (re.compile(r"(events\.pagerduty\.com/integration/)[^\s/\"'<>]+"), r"\1" + HIDDEN),
    (re.compile(r"\b(AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|AIza|sk-)[\w-]{12,}"), r"\1" + HIDDEN),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"), HIDDEN),  # a JSON web token
    (re.compile(rf"(?i)(?<![\w.-])({_NAME})(\s*=\s*){_VALUE}"), r"\1\2" + HIDDEN),
    (re.compile(rf"""(?i)(["'](?:{_NAME})["']\s*:\s*){_VALUE}"""), r"\1" + HIDDEN),
    # Without quotes a colon may belong to a sentence about a key: only where the name can be nothing else.
    (
        re.compile(rf"(?i)\b((?:ssl)?passw(?:or)?d|api[-_]key|client[-_]secret|x-[\w-]*token)(\s*:\s+){_VALUE}"),
        r"\1\2" + HIDDEN,
    ),
)


def redact(text: str) -> str:
    """The text without the secrets that this process was given, and without what looks like one.

    That is: passwords of URLs and of parameters, tokens, signatures, cookies, private keys, addresses of webhooks.
    """
    for secret in _given():
        if secret in text:
            text = text.replace(secret, HIDDEN)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def brief(error: str) -> str:
    """An error without secrets, rows of the log and long quotations.

    >>> brief("CSV Error on Line: 7 Original Line: 7,help me")
    'CSV Error on Line: 7'
    """
    said = _QUOTED.sub("'…'", _ROW.sub("", " ".join(redact(error).split())))
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: `redact` for every text in the event, and nothing at all under a telling key."""
    return {key: _redacted(key, value) for key, value in event.items()}


def _given() -> list[str]:
    """The secrets of the configuration, longest first; none where it was never read: `ping` must be light."""
    module = sys.modules.get("config.secrets")
    return sorted(module.known(), key=len, reverse=True) if module else []


def _redacted(key: str, value: object) -> object:
    if key.lower() in _SECRET_KEYS | _MESSAGE_KEYS:
        return HIDDEN
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact(str(inner)): _redacted(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else redact(str(value))
