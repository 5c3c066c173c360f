"""`tunewatch history`: what the history holds of incidents and metrics."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import click

from alerts.incident import Incident
from alerts.messages.event_json import event_json
from alerts.messages.numbers import when
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.history_forget import command as forget
from monitor.cli.commands.history_repair import command as repair
from monitor.cli.commands.one_incident import find_one
from monitor.cli.commands.options import DURATION, config_option, json_option, monitor_option
from monitor.cli.output.history_tables import beliefs_table, incident_parts, incidents_table, sizes_table
from monitor.cli.output.parquet import write_parquet
from monitor.cli.output.records import belief_record, incident_details, incident_record, print_csv
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import note, show
from monitor.history.queries.queries import Belief, Queries
from monitor.history.queries.sizes import Size
from monitor.history.writing.thinning import Thinning
from monitor.log.mapping.relation import nearest


class Form(StrEnum):
    """How the answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the history; no monitor means all of them."""

    monitors: tuple[str, ...]
    since: datetime | None
    metric: str | None
    class_name: str | None
    slice: str


@click.group("history", invoke_without_command=True)
@click.pass_context
@config_option
@monitor_option
@click.option(
    "--since",
    "ago",
    type=DURATION,
    metavar="DURATION",
    help="Only so much before the newest look, such as 7d.",
)
@click.option("--incident", "incident_id", metavar="ID", help="One incident with all that was told of it.")
@click.option("--metric", metavar="NAME", help="One metric from look to look: accuracy, recall, latency_p95, …")
@click.option("--class", "class_name", metavar="NAME", help="With --metric: of this class; else of all of them.")
@click.option("--slice", "slice_name", default="all", show_default=True, metavar="NAME", help="With --metric.")
@json_option
@click.option("--size", "as_size", is_flag=True, help="Rows and bytes of each table, and of a year at this rate.")
@click.option("--csv", "as_csv", is_flag=True, help="The same as --format csv.")
@click.option(
    "--format",
    "form_name",
    type=click.Choice([each.value for each in Form]),
    help="A table, JSON lines or comma-separated values on stdout, or a Parquet file for --out.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --format parquet: the file to write.",
)
def command(
    context: click.Context,
    *,
    file: Path | None,
    names: tuple[str, ...],
    ago: timedelta | None,
    incident_id: str | None,
    metric: str | None,
    class_name: str | None,
    slice_name: str,
    as_size: bool,
    as_json: bool,
    as_csv: bool,
    form_name: str | None,
    out: Path | None,
) -> int:
    """List incidents, or show one of them, or one metric as it was believed from look to look.

    For anything else ask the history with SQL; docs/history.md names its tables and views.
    """
    if context.invoked_subcommand is not None:
        return Exit.FINE
    form = _form(form_name, as_json=as_json, as_csv=as_csv)
    if (form is Form.PARQUET) != (out is not None):
        raise click.UsageError("--format parquet needs --out FILE, and nothing else takes it")
    is_flat = form in (Form.CSV, Form.PARQUET)
    if incident_id and (metric or is_flat):
        raise click.UsageError("--incident goes without --metric, and as a table or as JSON only")
    if as_size and (incident_id or metric or is_flat):
        raise click.UsageError("--size goes without --incident and --metric, and as a table or as JSON only")
    settings = load(file)
    history = open_history(settings)
    try:
        if as_size:
            _show_sizes(history.sizes(settings.keep_history, Thinning(*settings.history.thinned_after)), form)
            return Exit.FINE
        monitors = _known(history.queries, names)
        since = _end(history.queries, monitors) - ago if ago else None
        question = Question(monitors, since, metric, class_name, slice_name)
        if out is not None:
            _write(history.queries, question, out)
        elif incident_id:
            _show_incident(history.queries, incident_id, form)
        elif metric:
            _show_metric(history.queries, question, form)
        else:
            _show_incidents(history.queries, question, form)
    finally:
        history.close()
    return Exit.FINE


def _form(name: str | None, *, as_json: bool, as_csv: bool) -> Form:
    asked = {Form(name)} if name else set()
    asked |= ({Form.JSON} if as_json else set()) | ({Form.CSV} if as_csv else set())
    if len(asked) > 1:
        raise click.UsageError("--json, --csv and another --format exclude each other")
    return asked.pop() if asked else Form.TABLE


def _write(queries: Queries, question: Question, out: Path) -> None:
    """Write what is asked for as Parquet."""
    if question.metric:
        found = _records(_beliefs(queries, question))
    else:
        found = map(incident_record, _of_monitors(queries, question))
    try:
        n = write_parquet(found, out)
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written: {error.strerror or error}", param_hint="--out") from error
    nothing = _nothing_believed(queries, question) if question.metric else _no_incident(queries, question)
    note(f"{out}: {n} rows" if n else f"{out} was not written: {nothing}")


def _of_monitors(queries: Queries, question: Question) -> list[Incident]:
    return [each for each in queries.incidents(since=question.since) if each.monitor in question.monitors]


def _known(queries: Queries, names: Sequence[str]) -> tuple[str, ...]:
    """The monitors asked for; also one that the configuration no longer has."""
    known = queries.monitors()
    for name in names:
        if name not in known:
            listed = ", ".join(known) or "none, as nothing has been looked at yet"
            raise click.BadParameter(f"the history has no monitor {name!r}; it has {listed}", param_hint="--monitor")
    return tuple(names) or known


def _end(queries: Queries, monitors: Sequence[str]) -> datetime:
    """Where the last so much ends: at the newest look, which in a history that is not written any more is not now."""
    now = utc_now()
    return min(queries.newest_look(monitors) or now, now)


def _show_sizes(sizes: Sequence[Size], form: Form) -> None:
    if form is Form.TABLE:
        show(sizes_table(sizes))
        return
    for size in sizes:
        print_line({"type": "size", **asdict(size)})


def _show_incidents(queries: Queries, question: Question, form: Form) -> None:
    incidents = _of_monitors(queries, question)
    match form:
        case Form.JSON:
            for incident in incidents:
                _print_incident(incident)
        case Form.CSV:
            print_csv(map(incident_record, incidents))
        case _:
            show(incidents_table(incidents) if incidents else _no_incident(queries, question))


def _no_incident(queries: Queries, question: Question) -> str:
    newest = queries.newest_look(question.monitors)
    if newest is None:
        return "nothing has been looked at yet"
    span = f" from {when(question.since)} on" if question.since else ""
    return f"no incident{span}; the newest look was as of {when(newest)}"


def _show_incident(queries: Queries, wanted: str, form: Form) -> None:
    incident = find_one(queries, wanted, "--incident")
    steps = [step for step in queries.incident_events(incident.id) if step.event is not None]
    if form is Form.TABLE:
        show(*incident_parts(incident, steps))
        return
    _print_incident(incident)
    for step in steps:
        print_line({"type": "event", **event_json(step)})


def _show_metric(queries: Queries, question: Question, form: Form) -> None:
    beliefs = list(_beliefs(queries, question))
    match form:
        case Form.JSON:
            for record in _records(beliefs):
                print_line({"type": "metric", **record})
        case Form.CSV:
            print_csv(_records(beliefs))
        case _:
            show(beliefs_table(beliefs) if beliefs else _nothing_believed(queries, question))


def _beliefs(queries: Queries, question: Question) -> Iterator[tuple[str, Belief]]:
    for monitor in question.monitors:
        for name in _classes(queries, question, monitor):
            found = queries.metrics(monitor, question.metric or "", name, question.slice, question.since)
            yield from ((monitor, belief) for belief in found)


def _classes(queries: Queries, question: Question, monitor: str) -> Sequence[str]:
    """The class that is asked for; else "", the figure of all of them, or each one where there is no such figure."""
    if question.class_name is not None:
        return (question.class_name,)
    known = sorted(
        series.class_name
        for series in queries.series([monitor])
        if (series.metric, series.slice) == (question.metric, question.slice)
    )
    return known[:1] if "" in known else known


def _nothing_believed(queries: Queries, question: Question) -> str:
    known = queries.series(question.monitors)
    metrics = {series.metric for series in known}
    if question.metric not in metrics:
        return f"there is no metric {question.metric!r}; {nearest(question.metric or '', sorted(metrics))}"
    parts = {"--class": question.class_name, "--slice": question.slice}
    there = {
        "--class": {each.class_name for each in known if each.metric == question.metric},
        "--slice": {each.slice for each in known if each.metric == question.metric},
    }
    for option, asked in parts.items():
        if asked is not None and asked not in there[option]:
            return f"{question.metric} has no {option} {asked!r}; {nearest(asked, sorted(filter(None, there[option])))}"
    return f"nothing was believed of it from {when(question.since)} on" if question.since else "nothing was believed"


def _records(beliefs: Iterable[tuple[str, Belief]]) -> Iterator[dict[str, object]]:
    return (belief_record(monitor, belief) for monitor, belief in beliefs)


def _print_incident(incident: Incident) -> None:
    print_line({"type": "incident", **incident_record(incident), **incident_details(incident)})


command.add_command(forget)
command.add_command(repair)
