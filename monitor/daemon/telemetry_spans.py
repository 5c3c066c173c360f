"""Spans of OpenTelemetry."""

import traceback
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace

from monitor.common.errors import MappingError, UnreachableError
from monitor.common.redact import brief
from monitor.common.tracing import Fact, StepKey

MOST_STEPS: Final = 1000
"""Steps of incidents whose looks are remembered: one that is told later has a trace of its own."""


class Spans:
    """Begins spans of a tracer."""

    def __init__(self, tracer: trace.Tracer) -> None:
        self._tracer = tracer
        self._makers: OrderedDict[StepKey, trace.SpanContext] = OrderedDict()

    @contextmanager
    def begin(self, name: str, facts: Mapping[str, Fact], step: StepKey | None) -> Iterator["OpenSpan"]:
        """A span, under way until the block ends; below the look that made the step, if one is given."""
        maker = None if step is None else self._makers.get(step)
        within = None if maker is None else trace.set_span_in_context(trace.NonRecordingSpan(maker))
        with self._tracer.start_as_current_span(
            name, within, attributes=_named(facts), record_exception=False, set_status_on_exception=False
        ) as begun:
            yield OpenSpan(begun, self._makers)


class OpenSpan:
    """A span that is under way."""

    def __init__(self, begun: trace.Span, makers: OrderedDict[StepKey, trace.SpanContext]) -> None:
        self._begun = begun
        self._makers = makers

    def note(self, **facts: Fact) -> None:
        """Add attributes."""
        self._begun.set_attributes(_named(facts))

    def made(self, step: StepKey) -> None:
        """Remember that the step is of this span."""
        self._makers[step] = self._begun.get_span_context()
        while len(self._makers) > MOST_STEPS:
            self._makers.popitem(last=False)

    def failed(self, error: BaseException) -> None:
        """Record the exception by the conventions of OpenTelemetry, where it was raised, and what of it may be told.

        What a fault of ours says may be a row of the log: it is in tunewatch's own log alone.
        """
        said = brief(str(error)) if isinstance(error, UnreachableError | MappingError) else ""
        attributes = {
            "exception.type": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."),
            "exception.message": said or "see the log of tunewatch",
            "exception.stacktrace": "".join(traceback.format_tb(error.__traceback__)),
        }
        self._begun.add_event("exception", attributes)
        self._begun.set_status(trace.Status(trace.StatusCode.ERROR, said or type(error).__name__))


def _named(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {f"tunewatch.{name}": value for name, value in facts.items()}
