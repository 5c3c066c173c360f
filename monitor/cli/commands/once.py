"""`tunewatch once`: one look at each monitor's log, now or as of an earlier time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from config.settings import Settings
from monitor.bootstrap.channels import build_deliverer, build_outbox
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.bootstrap.monitors import build_monitor, build_outage, report_folder
from monitor.cli.commands.options import TIME, chosen, config_option, json_option, monitor_option
from monitor.cli.guard import describe
from monitor.cli.output.failures import failure_lines, failure_parts
from monitor.cli.output.lines import report_lines
from monitor.cli.output.tables import report_parts
from monitor.common.clock import utc_now
from monitor.common.errors import MappingError, UnreachableError
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import iso, print_line, print_lines
from monitor.common.terminal import note, show
from monitor.cycle.cycle import CycleReport, run_cycle
from monitor.cycle.study_desk import StudyDesk
from monitor.history import History
from monitor.history.throwaway import throwaway_history

DELIVERY_TIME: Final = timedelta(seconds=20)
"""For all notifications together; what is not told by then waits in the outbox for the next look or the daemon."""


@click.command("once")
@config_option
@monitor_option
@click.option("--as-of", type=TIME, metavar="TIME", help="Look as if it were this time (UTC); now unless given.")
@json_option
def command(*, file: Path | None, names: tuple[str, ...], as_of: datetime | None, as_json: bool) -> int:
    """Look once at each monitor's log, tell of what is new, and print what was seen.

    With --as-of a time before the history's last look, it leaves no trace in the history and tells nobody.

    The exit status is 1 when an incident is open, also one that is not certain enough to be told of yet; 2 when a
    log's columns do not fit; and 3 when a log could not be reached, or nothing in it could be read. A look that fails
    is kept, and told if it lasts; the other monitors are looked at all the same.
    """
    settings = load(file)
    wanted = chosen(settings, names)
    if as_of is not None and as_of > utc_now():
        note(f"{iso(as_of)} lies in the future; the next look at the present sets this one aside")
    history = open_history(settings)
    try:
        statuses = [_look(settings, name, history, as_of, as_json=as_json) for name in wanted]
        _deliver(settings, history)
    finally:
        history.close()
    return max(statuses)


def _look(settings: Settings, name: str, history: History, as_of: datetime | None, *, as_json: bool) -> Exit:
    try:
        with _fit_for(history, name, as_of) as kept:
            report = _report(settings, name, kept, as_of)
    except (UnreachableError, MappingError) as error:
        note(describe(error) if isinstance(error, MappingError) else f"{name}: {describe(error)}")
        _keep_failure(settings, name, history, as_of, error, as_json=as_json)
        return Exit.USAGE if isinstance(error, MappingError) else Exit.UNREACHABLE
    except Exception as error:
        _keep_failure(settings, name, history, as_of, error, as_json=as_json)
        raise
    _print(report, as_json=as_json)
    if report.read_nothing:
        return Exit.UNREACHABLE
    return Exit.INCIDENT_OPEN if report.open_incidents else Exit.FINE


def _keep_failure(
    settings: Settings, name: str, history: History, as_of: datetime | None, error: Exception, *, as_json: bool
) -> None:
    """Keep that a look at the present failed; and print the finding and what to do."""
    try:
        if as_of is None:
            steps = build_outage(settings, name, history).note(error, utc_now())
        else:
            with throwaway_history() as empty:
                steps = build_outage(settings, name, empty).note(error, as_of)
    except UnreachableError as unreachable:
        note(f"{name}: {describe(unreachable)}")
        return
    for step in steps:
        if as_json:
            for line in failure_lines(step):
                print_line(line)
        else:
            show(*failure_parts(step))


def _deliver(settings: Settings, history: History) -> None:
    if missing := settings.missing_secrets():
        note(f"nobody is told, notifications wait for a look that can: {', '.join(map(str, missing))}")
        return
    deliverer = build_deliverer(settings, build_outbox(settings, history), utc_now)
    deliverer.begin()
    deliverer.deliver_all(until=utc_now() + DELIVERY_TIME)


@contextmanager
def _fit_for(history: History, name: str, as_of: datetime | None) -> Iterator[History]:
    """The history itself, or an empty one for a look at a past that the history has gone beyond."""
    cursor = history.cursor(name)
    if cursor is None or as_of is None or as_of >= cursor:
        yield history
        return
    note(f"{name}: the history goes on to {iso(cursor)}; this look at {iso(as_of)} leaves no trace in it")
    with throwaway_history() as empty:
        yield empty


def _report(settings: Settings, name: str, history: History, as_of: datetime | None) -> CycleReport:
    now = as_of or utc_now()
    monitor, desk = build_monitor(settings, name, history), StudyDesk(reports=report_folder(settings))
    try:
        desk.study_if_due(monitor, now)
        return run_cycle(monitor, now, looked_at=utc_now())
    finally:
        desk.rest()
        monitor.log.close()


def _print(report: CycleReport, *, as_json: bool) -> None:
    if not as_json:
        show(*report_parts(report))
        return
    print_lines(report_lines(report))
