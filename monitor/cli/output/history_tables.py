"""The history, as a person reads it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from alerts.incident import Incident, Transition
from alerts.messages.advising import recommendation
from alerts.messages.lines import figure
from alerts.messages.numbers import when
from alerts.messages.words import STATES, WORDS, problem, short_problem
from monitor.cli.output.styles import STYLES
from monitor.cli.output.timeline import step_parts
from monitor.common.terminal import printable
from monitor.history.queries.queries import Belief
from monitor.history.queries.sizes import Size

COPIED: Final = "incident"
"""The column whose texts people copy: never broken over two lines."""


def incidents_table(incidents: Iterable[Incident]) -> Table:
    """One line for each incident."""
    table = _table("incident", "monitor", "severity", "state", "since", "until", "what", "advice")
    for incident in incidents:
        table.add_row(
            Text(incident.id),
            Text(printable(incident.monitor)),
            Text(WORDS[incident.severity], STYLES[incident.severity]),
            incident.state.value,
            when(incident.since),
            when(incident.resolved_at) if incident.resolved_at else "",
            Text(printable(short_problem(incident.findings[0])) if incident.findings else ""),
            incident.advice.action.value,
        )
    return table


def incident_parts(incident: Incident, steps: Sequence[Transition]) -> Iterator[RenderableType]:
    """One incident: how it stands, what it has found, what to do, and what people were told when."""
    yield Text.assemble(
        (f"{WORDS[incident.severity]} ", STYLES[incident.severity]),
        f"{incident.family} incident {incident.id} of ",
        (printable(incident.monitor), "bold"),
        f": {STATES[incident.state]}",
    )
    yield Text(f"alarm since {when(incident.since)}, in data from {when(incident.onset)} on")
    if incident.report:
        yield Text(f"report of the rows: {printable(incident.report)}")
    for finding in incident.findings:
        yield Text.assemble(
            (f"  {WORDS[finding.verdict]}  ", STYLES[finding.verdict]),
            printable(problem(finding)),
            f"  {finding.check}",
        )
    yield Text(printable(recommendation(incident.advice, incident.findings)), "bold cyan")
    yield from (Text(f"  - {printable(reason)}") for reason in incident.advice.reasons)
    yield Text()
    for step in steps:
        yield from step_parts(step)


def beliefs_table(beliefs: Iterable[tuple[str, Belief]]) -> Table:
    """One metric from cycle to cycle."""
    table = _table("as of", "monitor", "metric", "class", "value (95% interval, labelled rows)", "predictions", "")
    for monitor, belief in beliefs:
        estimate = belief.estimate
        table.add_row(
            when(belief.as_of),
            Text(printable(monitor)),
            estimate.metric,
            Text(printable(estimate.class_name)),
            figure(estimate),
            f"{estimate.n:,}",
            "provisional" if estimate.provisional else "",
        )
    return table


def sizes_table(sizes: Sequence[Size]) -> Table:
    """One line for each table that holds something, and their sum."""
    table = _table("table", "rows", "MB", "rows a year", "MB a year")
    for size in sizes:
        if size.rows:
            table.add_row(
                size.table,
                f"{size.rows:,}",
                _megabytes(size.bytes),
                f"{size.rows_a_year:,}",
                _megabytes(size.bytes_a_year),
            )
    rows, a_year = sum(size.rows for size in sizes), sum(size.rows_a_year for size in sizes)
    taken = (_megabytes(sum(size.bytes for size in sizes)), _megabytes(sum(size.bytes_a_year for size in sizes)))
    table.add_row("all", f"{rows:,}", taken[0], f"{a_year:,}", taken[1])
    return table


def _megabytes(taken: int) -> str:
    return f"{taken / 1e6:,.1f}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading == COPIED)
    return table
