"""`tunewatch report`: an incident, or Evidently's report of the sampled rows, as one file."""

from datetime import datetime
from pathlib import Path

import click

from config.reports import NO_EVIDENTLY, has_evidently
from config.settings import Settings
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.bootstrap.monitors import build_monitor
from monitor.cli.commands.one_incident import find_one
from monitor.cli.commands.options import TIME, chosen, config_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.terminal import note
from monitor.cycle.cycle import Monitor
from monitor.cycle.study_desk import LEAST_ROWS, draw
from monitor.daemon.pages import watched_of
from monitor.study.child import StudyChild
from monitor.study.messages import ReportTarget, StudyRequest
from monitor.web.page.report import report
from monitor.web.page.watched import Watched


@click.command("report")
@config_option
@click.option("--monitor", "name", metavar="NAME", help="Of this monitor; needed where there are several.")
@click.argument("wanted", metavar="[INCIDENT]", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to; report.html, or report-INCIDENT.html, unless given.",
)
@click.option("--workspace", type=click.Path(file_okay=False), help="Give an Evidently workspace its figures too.")
@click.option("--as-of", type=TIME, metavar="TIME", help="As if it were this time (UTC); now unless given.")
def command(
    *,
    file: Path | None,
    wanted: str | None,
    name: str | None,
    out: Path | None,
    workspace: str | None,
    as_of: datetime | None,
) -> int:
    """Write a report as one HTML file: of an incident, or Evidently's of the sampled rows.

    With INCIDENT (an id, or its beginning): what the page shows of it, with the charts of its time; the file needs
    nothing else, for mail and tickets. Without: Evidently's report, the window against the reference, column by
    column. Its verdicts are Evidently's own, by its fixed limits; `drift` judges the same rows by what is usual for
    this bot.
    """
    settings = load(file)
    if wanted is not None:
        if name or workspace or as_of:
            raise click.UsageError("--monitor, --workspace and --as-of are of Evidently's report: leave INCIDENT out")
        return _of_incident(settings, wanted, out)
    if not has_evidently():
        raise click.ClickException(
            f"the report of sampled rows {NO_EVIDENTLY}; that of an incident does not: name INCIDENT"
        )
    (only,) = _one_of(settings, name)
    target = out or Path("report.html")
    history = open_history(settings)
    try:
        monitor = build_monitor(settings, only, history)
        _write(monitor, as_of or utc_now(), ReportTarget(str(target), only, workspace or ""))
    finally:
        history.close()
    note(f"{only}: the report is in {target}")
    return Exit.FINE


def _of_incident(settings: Settings, wanted: str, out: Path | None) -> Exit:
    history = open_history(settings)
    try:
        incident = find_one(history.queries, wanted, "INCIDENT")
        watched = settings.monitors.get(incident.monitor)
        shown = Watched(incident.monitor, None, {}, {}) if watched is None else watched_of(incident.monitor, watched)
        content = report(history, incident, shown)
    finally:
        history.close()
    target = out or Path(f"report-{incident.id}.html")
    target.write_text(content, encoding="utf-8")
    note(f"{incident.id}: the report is in {target}")
    return Exit.FINE


def _one_of(settings: Settings, name: str | None) -> tuple[str, ...]:
    names = chosen(settings, () if name is None else (name,))
    if len(names) > 1:
        raise click.UsageError(f"say which monitor with --monitor: {', '.join(names)}")
    return names


def _write(monitor: Monitor, now: datetime, target: ReportTarget) -> None:
    plan = monitor.study
    if plan is None:
        raise click.UsageError(f"{monitor.name}: studies are off, or no column is mapped that one could compare")
    child = StudyChild()
    try:
        samples = draw(monitor, plan, now)
        if min(len(samples.current), len(samples.reference)) < LEAST_ROWS:
            raise click.ClickException(
                f"{monitor.name}: there are {len(samples.current)} rows in the window and {len(samples.reference)} in "
                f"the reference, and a report takes {LEAST_ROWS} of each"
            )
        reply = child.ask(StudyRequest(samples, plan.memory_mb, target), plan.timeout)
    finally:
        child.close()
        monitor.log.close()
    if reply.error:
        raise click.ClickException(f"{monitor.name}: the report {reply.error}")
