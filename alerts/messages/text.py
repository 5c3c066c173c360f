"""The message as plain text: for consoles, logs and the fallback of richer channels."""

import unicodedata

from alerts.messages.message import Message


def render_text(message: Message) -> str:
    """The lines that matter, then the rest, indented; no line of data begins a line of its own."""
    new = f"{message.badge} {message.monitor}: {message.news}: {message.told}"
    first = [new] if message.news else [message.headline, message.told]
    lines = [
        *first,
        *((message.hurt,) if message.hurt else ()),
        f"→ {message.action}" + (f" ({message.certainty})" if message.certainty else ""),
        *(f"    {number}. {reason}" for number, reason in enumerate(message.reasons, 1)),
        *(f"  ↗ {link.words}: {link.url}" for link in message.links),
        *(f"  + {other}" for other in message.others),
        *(f"  · {fact}" for fact in message.facts),
        *(f"  $ {command}" for command in message.commands),
    ]
    return "\n".join(one_line(line) for line in lines)


def one_line(text: str) -> str:
    """The text without line breaks, terminal controls and marks that turn its direction; they become spaces."""
    return "".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text)


_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
