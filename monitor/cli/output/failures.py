"""A look that failed, as `once` prints it: the finding and what to do, as a report of a look would have them."""

from collections.abc import Iterator
from dataclasses import asdict

from rich.console import RenderableType
from rich.text import Text

from alerts.incident import Transition
from alerts.messages.advising import recommendation
from alerts.messages.numbers import when
from alerts.messages.words import WORDS, problem
from monitor.cli.output.lines import Line, advice_line
from monitor.cli.output.styles import STYLES
from monitor.common.terminal import printable


def failure_lines(step: Transition) -> Iterator[Line]:
    """The lines of a step that a failed look made: its findings, and the advice of its incident."""
    incident = step.incident
    about = {"monitor": incident.monitor, "as_of": step.at}
    for finding in incident.findings:
        yield {"type": "finding", **about, **asdict(finding)}
    told = {"incident": incident.id, "state": incident.state}
    yield {"type": "advice", **about, **advice_line(incident.family, incident.advice), **told}


def failure_parts(step: Transition) -> Iterator[RenderableType]:
    """What a step of a failed look shows to a person: its findings, and the advice of its incident."""
    incident = step.incident
    yield Text.assemble((printable(incident.monitor), "bold"), f"  as of {when(step.at)}  ", f"incident {incident.id}")
    for finding in incident.findings:
        yield Text(f"  {WORDS[finding.verdict]}  {printable(problem(finding))}", STYLES[finding.verdict])
    yield Text(f"  → {recommendation(incident.advice, incident.findings)}")
    for reason in incident.advice.reasons:
        yield Text(f"    {printable(reason)}")
    yield Text()
