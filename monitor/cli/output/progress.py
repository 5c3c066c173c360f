"""A progress bar for long work: on stderr, and only on a terminal."""

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def progress() -> Progress:
    """A bar that is gone when the work is done."""
    console = Console(stderr=True)
    # Rich would print what goes to stdout on stderr: good where both are one terminal, the end of a pipe otherwise.
    redirect = console.is_terminal and sys.stdout.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(
        *columns, console=console, transient=True, redirect_stdout=redirect, disable=not console.is_terminal
    )
