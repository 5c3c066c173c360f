"""Markdown that shows what others wrote as they wrote it: a message must not become a heading, a link or an image."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from alerts.messages.figures import percent
from monitor.common.json_lines import iso
from monitor.common.templates import templates

if TYPE_CHECKING:
    from jinja2 import Environment

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


def plural(n: int, thing: str) -> str:
    """The number and its thing.

    >>> plural(1, "group"), plural(2000, "group")
    ('1 group', '2,000 groups')
    """
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def _number(n: int) -> str:
    return f"{n:,}"


def _decimal(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


_FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "code": code,
    "day": _day,
    "decimal": _decimal,
    "iso": iso,
    "md": md,
    "minute": _minute,
    "number": _number,
    "percent": percent,
    "plural": plural,
    "quoted": quoted,
}


def document(template: str, **values: object) -> str:
    """The Markdown of a template of `monitor/actions/`; words of others need `md`, `code` or `quoted` there.

    Raises jinja2.TemplateError where the template names what is not given.
    """
    return _templates().get_template(f"actions/{template}").render(values)


@cache
def _templates() -> "Environment":
    return templates(_FILTERS)
