"""How far long work has got, on stderr: a bar on a terminal, and elsewhere a line now and then."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.common.terminal import note

Item = TypeVar("Item")

LINE_EVERY: Final = 30.0
"""Seconds between two lines: work that is done sooner says nothing."""


class ProgressDisplay(Protocol):
    """What shows how far work has got."""

    def track(self, items: Iterable[Item], *, total: float, description: str) -> Iterable[Item]:
        """The items as they come, of so many."""


def tracking() -> AbstractContextManager[ProgressDisplay]:
    """A bar that is gone when the work is done, or lines where stderr is no terminal."""
    bar = progress()
    return nullcontext(Lines()) if bar.disable else bar


class Lines:
    """A line every LINE_EVERY seconds: how many items are done, and how long the others will take at their pace.

    The first is not of that pace: it is the one that reads the whole log.
    """

    def __init__(self, say: Callable[[str], None] = note, seconds: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._seconds = seconds

    def track(self, items: Iterable[Item], *, total: float, description: str) -> Iterator[Item]:
        """The items as they come, of so many."""
        began = last = self._seconds()
        for done, item in enumerate(items, 1):
            yield item
            now = self._seconds()
            if done == 1:
                began = now
            elif now - last >= LINE_EVERY and done < total:
                last = now
                left = (now - began) / (done - 1) * (total - done)
                self._say(f"{description}: {done:,} of {total:,.0f}, {_minutes(left)} left")


def _minutes(seconds: float) -> str:
    minutes = max(round(seconds / 60), 1)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004 - an hour


def progress() -> Progress:
    """A bar that is gone when the work is done; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    # Rich would print what goes to stdout on stderr: good where both are one terminal, the end of a pipe otherwise.
    redirect = console.is_terminal and sys.stdout.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(
        *columns, console=console, transient=True, redirect_stdout=redirect, disable=not console.is_terminal
    )
