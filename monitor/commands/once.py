"""`tunewatch once`: one look at each monitor's log, now or as of an earlier time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from config.loading import load
from config.settings import Settings
from monitor.bootstrap import build_deliverer, build_monitor, build_outbox, open_history, report_folder
from monitor.clock import utc_now
from monitor.commands.options import TIME, chosen, config_option, json_option, monitor_option
from monitor.cycle import CycleReport, run_cycle
from monitor.errors import UnreachableError
from monitor.exits import Exit
from monitor.guard import describe
from monitor.history import History
from monitor.output.jsonl import iso, print_line
from monitor.output.lines import report_lines
from monitor.output.tables import report_parts
from monitor.output.terminal import note, show
from monitor.study.desk import StudyDesk
from monitor.throwaway import throwaway_history

DELIVERY_TIME: Final = timedelta(seconds=20)
"""For all notifications together; what is not told by then waits in the outbox for the next look or the daemon."""


@click.command("once")
@config_option
@monitor_option
@click.option("--as-of", type=TIME, metavar="TIME", help="Look as if it were this time (UTC); now unless given.")
@json_option
def command(*, file: Path | None, names: tuple[str, ...], as_of: datetime | None, as_json: bool) -> int:
    """Look once at each monitor's log, tell of what is new, and print what was seen.

    A look as of a time before the history's last one leaves no trace in it and tells nobody.

    The exit status is 1 when an incident is open, also one that is not certain enough to be told of yet, and 3 when
    a log could not be reached; the other monitors are looked at all the same.
    """
    settings = load(file)
    wanted, now = chosen(settings, names), as_of or utc_now()
    if now > utc_now():
        note(f"{iso(now)} lies in the future; until then the history takes no look of the daemon")
    history = open_history(settings)
    try:
        statuses = [_look(settings, name, history, now, as_json=as_json) for name in wanted]
        _deliver(settings, history)
    finally:
        history.close()
    return max(statuses)


def _look(settings: Settings, name: str, history: History, now: datetime, *, as_json: bool) -> Exit:
    try:
        with _fit_for(history, name, now) as kept:
            report = _report(settings, name, kept, now)
    except UnreachableError as error:
        note(f"{name}: {describe(error)}")
        return Exit.UNREACHABLE
    _print(report, as_json=as_json)
    return Exit.INCIDENT_OPEN if report.open_incidents else Exit.FINE


def _deliver(settings: Settings, history: History) -> None:
    if missing := settings.missing_secrets():
        note(f"nobody is told, notifications wait for a look that can: {', '.join(map(str, missing))}")
        return
    deliverer = build_deliverer(settings, build_outbox(settings, history), utc_now)
    deliverer.begin()
    deliverer.deliver_all(until=utc_now() + DELIVERY_TIME)


@contextmanager
def _fit_for(history: History, name: str, now: datetime) -> Iterator[History]:
    """The history itself, or an empty one for a look at a past that the history has gone beyond."""
    cursor = history.cursor(name)
    if cursor is None or now >= cursor:
        yield history
        return
    note(f"{name}: the history goes on to {iso(cursor)}; this look at {iso(now)} leaves no trace in it")
    with throwaway_history() as empty:
        yield empty


def _report(settings: Settings, name: str, history: History, now: datetime) -> CycleReport:
    monitor, desk = build_monitor(settings, name, history), StudyDesk(reports=report_folder(settings))
    try:
        desk.study_if_due(monitor, now)
        return run_cycle(monitor, now)
    finally:
        desk.rest()
        monitor.log.close()


def _print(report: CycleReport, *, as_json: bool) -> None:
    if not as_json:
        show(*report_parts(report))
        return
    for line in report_lines(report):
        print_line(line)
