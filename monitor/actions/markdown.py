"""Markdown that shows what others wrote as they wrote it: a message must not become a heading, a link or an image."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_SPECIAL: Final = re.compile(r"([\\`*\[\]<>|~&$]|(?<!\w)_|_(?!\w))")
LONGEST: Final = 400  # letters of a quoted message


def md(text: str) -> str:
    r"""Words of others within a line of Markdown.

    >>> md("a *b* | c")
    'a \\*b\\* \\| c'
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return _SPECIAL.sub(r"\\\1", " ".join(shown.split()))


def code(text: str) -> str:
    """A name as it is, such as that of a class.

    >>> code("top_up")
    '`top_up`'
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"`{shown.replace('`', chr(39)).replace('|', '¦')}`"


def quoted(text: str) -> str:
    """A message within a line of Markdown, cut where it is long."""
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f"“{md(cut)}”"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are Markdown already. All columns but the first are numbers."""
    rule = ["---", *("---:" for _ in heading[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heading, rule, *rows))


def plural(n: int, thing: str) -> str:
    """The number and its thing.

    >>> plural(1, "group"), plural(2000, "group")
    ('1 group', '2,000 groups')
    """
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"
