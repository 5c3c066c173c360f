"""Prints tables and text for a person; with colours on a terminal, plain and wide elsewhere."""

import sys
from collections.abc import Iterable
from typing import Final

import click
from rich.console import Console, RenderableType

from monitor.common.redact import redact

WIDTH: Final = 120  # columns where there is no terminal to ask


def show(*parts: RenderableType) -> None:
    """Print on stdout."""
    click.echo(_rendered(parts, is_terminal=sys.stdout.isatty()), nl=False)


def tell(*parts: RenderableType) -> None:
    """Print beside the result, on stderr."""
    click.echo(_rendered(parts, is_terminal=sys.stderr.isatty()), nl=False, err=True)


def note(text: str) -> None:
    """Tell a person something beside the result, on stderr."""
    click.echo(redact(f"tunewatch: {text}"), err=True)


def hand_over(text: str) -> None:
    """Print data on stdout, for another program: just as it is. Raises UsageError where stdout cannot have it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError as error:
        sign = error.object[error.start]
        message = f"{sign!a} cannot be written in {encoding}; set PYTHONIOENCODING=utf-8, or write to a file"
        raise click.UsageError(message) from None
    click.echo(text, nl=False)


def printable(text: str) -> str:
    """The text without what could steer a terminal: a class name comes from a model's answer.

    >>> printable("urgent" + chr(27) + "[2J")
    'urgent\ufffd[2J'
    """
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _rendered(parts: Iterable[RenderableType], *, is_terminal: bool) -> str:
    """The text, which click prints: rich would end a broken pipe with status 1."""
    console = Console(width=None if is_terminal else WIDTH, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(*parts, sep="\n")
    return "\n".join(line.rstrip() for line in captured.get().split("\n"))
