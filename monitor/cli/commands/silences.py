"""`tunewatch silences`: what is silenced, by whom and why."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from alerts.messages.acts import silence_in_words
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import DURATION, config_option, json_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import printable, show


@click.command("silences")
@config_option
@click.option("--last", "ago", type=DURATION, metavar="SPAN", help="Also those that ended so long ago, such as 7d.")
@json_option
def command(*, file: Path | None, ago: timedelta | None, as_json: bool) -> int:
    """List what is silenced now."""
    now = utc_now()
    history = open_history(load(file))
    try:
        found = history.queries.silences(now - (ago or timedelta(0)))
    finally:
        history.close()
    for silence in found:
        if as_json:
            print_line({"type": "silence", **asdict(silence), "active": silence.is_on(now)})
        else:
            show(printable(silence_in_words(silence) + ("" if silence.is_on(now) else " (over)")))
    if not found and not as_json:
        show("nothing is silenced")
    return Exit.FINE
