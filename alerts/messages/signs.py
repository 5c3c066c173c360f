"""What stands for a sign where an encoding does not have it: -> for an arrow, on a console of Latin-1."""

import codecs
from collections.abc import Mapping
from typing import Final

PLAINLY: Final = "tunewatch.plainly"
"""The name of the error handler, for `str.encode` and for streams."""

PLAIN: Final[Mapping[str, str]] = {
    "→": "->",
    "↗": "->",
    "↓": "v",
    "…": "...",
    "–": "-",
    "—": "-",
    "−": "-",  # noqa: RUF001 - the minus sign
    "“": '"',
    "”": '"',
    "‘": "'",  # noqa: RUF001
    "’": "'",  # noqa: RUF001
    "•": "*",
    "●": "*",
    "○": "o",
    "✓": "ok",
    "🔴": "(!!)",
    "🟠": "(!)",
    "🟢": "(ok)",
    "🔵": "(..)",
    "⚪": "(?)",
    "█": "#",
    **dict.fromkeys("▌▋▊▉", "#"),
    **dict.fromkeys("▏▎▍", "|"),
}
"""Signs that tunewatch writes, each as letters that every encoding has."""


def encodable(text: str, encoding: str) -> str:
    """The text as a stream of that encoding can write it; of other signs than these a question mark is left."""
    return text.encode(encoding, PLAINLY).decode(encoding)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign, "?") for sign in lost), error.end


codecs.register_error(PLAINLY, _plainly)
