"""Prints tables and text for a person; with colours on a terminal, plain and wide elsewhere."""

import sys
from typing import Final

import click
from rich.console import Console, RenderableType

WIDTH: Final = 120  # columns where there is no terminal to ask


def show(*parts: RenderableType) -> None:
    """Print on stdout."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:  # printed below by click: rich would end a broken pipe with status 1
        console.print(*parts, sep="\n")
    click.echo("\n".join(line.rstrip() for line in captured.get().split("\n")), nl=False)


def note(text: str) -> None:
    """Tell a person something beside the result, on stderr."""
    click.echo(f"tunewatch: {text}", err=True)


def printable(text: str) -> str:
    """The text without what could steer a terminal: a class name comes from a model's answer.

    >>> printable("urgent" + chr(27) + "[2J")
    'urgent\ufffd[2J'
    """
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
