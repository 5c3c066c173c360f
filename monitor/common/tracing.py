"""Spans of what is under way, for whoever traces it; nobody does unless `trace_with` was called.

What is told of a span is numbers and the names of an operator: no secret, and no word of a user.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Protocol, TypeAlias

Fact: TypeAlias = str | int | float | bool

StepKey: TypeAlias = tuple[str, datetime]
"""The monitor and the time (UTC) of an incident's step, by which a delivery finds the look that made it."""


class TraceSpan(Protocol):
    """What takes a while."""

    def note(self, **facts: Fact) -> None:
        """Say more of it."""

    def made(self, step: StepKey) -> None:
        """Have what is done later with a step of an incident stand below this span."""

    def failed(self, error: BaseException) -> None:
        """Note an exception; the span has failed by it, however it goes on."""


class Untraced:
    """A span that nobody looks at."""

    def note(self, **facts: Fact) -> None:
        """Nothing."""

    def made(self, step: StepKey) -> None:
        """Nothing."""

    def failed(self, error: BaseException) -> None:
        """Nothing."""


Begin: TypeAlias = Callable[[str, Mapping[str, Fact], StepKey | None], AbstractContextManager[TraceSpan]]
"""Begins a span by its name, facts, and the step of an incident that it is about."""


def _begin_nothing(_name: str, _facts: Mapping[str, Fact], _step: StepKey | None) -> AbstractContextManager[TraceSpan]:
    return nullcontext(Untraced())


_begin: Begin = _begin_nothing


def trace_with(begin: Begin | None) -> None:
    """Have all spans of this process begun so from now on; with None, nobody traces."""
    global _begin  # noqa: PLW0603 - as with logs, there is one for a process
    _begin = begin or _begin_nothing


@contextmanager
def span(name: str, step: StepKey | None = None, **facts: Fact) -> Iterator[TraceSpan]:
    """A span around what is done within, below the one that is under way in this thread or made the `step`."""
    with _begin(name, facts, step) as begun:
        try:
            yield begun
        except Exception as error:
            begun.failed(error)
            raise
