"""`tunewatch status`: how everything stands, read in five seconds."""

from pathlib import Path

import click

from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import chosen, config_option, json_option, monitor_option
from monitor.cli.output.status import Status, status_of
from monitor.common.clock import utc_now
from monitor.common.json_lines import print_line
from monitor.common.terminal import show


@click.command("status")
@config_option
@monitor_option
@json_option
def command(*, file: Path | None, names: tuple[str, ...], as_json: bool) -> int:
    """Say how each monitor stands: incidents, newest figures, last look, false alarms against what is allowed.

    It asks the history, not the daemon. Ends with 1 while an incident is open, else with 3 where a monitor's last look
    is older than three of its intervals or there is none, so that nobody takes silence for health; else with 0.
    """
    settings = load(file)
    monitors = chosen(settings, names)
    history = open_history(settings)
    try:
        status = status_of(settings, history, monitors, utc_now())
    finally:
        history.close()
    print_status(status, as_json=as_json)
    return status.exit


def print_status(status: Status, *, as_json: bool) -> None:
    """As lines of JSON, or as a person reads it."""
    if as_json:
        for line in status.lines():
            print_line(line)
    else:
        show(*status.texts())
