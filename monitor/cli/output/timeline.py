"""A backtest as a person reads it: one paragraph an event, in the order of time."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from alerts.incident import Transition
from alerts.messages.advising import recommendation
from alerts.messages.numbers import when
from alerts.messages.words import WORDS, alarming, problem
from monitor.cli.output.styles import STYLES
from monitor.common.terminal import printable
from monitor.cycle.backtest import Summary


def step_parts(step: Transition) -> Iterator[RenderableType]:
    """The parts of one event that people are told of."""
    incident = step.incident
    yield Text.assemble(
        f"{when(step.at)}  ",
        (printable(incident.monitor), "bold"),
        "  ",
        (f"{step.event} {WORDS[incident.severity]}", STYLES[incident.severity]),
        f"  {incident.family} incident {incident.id}",
    )
    for finding in alarming(incident):
        yield _indented(Text(printable(problem(finding))))
    yield _indented(Text(printable(recommendation(incident.advice, incident.findings)), "bold cyan"))
    for reason in incident.advice.reasons:
        yield _indented(Text(f"- {printable(reason)}", "dim"))


def summary_text(summary: Summary) -> str:
    """The last line."""
    fate = f"{summary.open_incidents} open at the end" if summary.open_incidents else "none open at the end"
    return f"{summary.cycles} looks, {summary.incidents} incidents, {fate}, {summary.seconds:.1f} s"


def _indented(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 4), expand=False)
