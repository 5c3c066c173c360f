"""`tunewatch demo`: see it work, on a log that it makes itself."""

import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from monitor.cli.commands.options import DURATION
from monitor.cli.output.progress import progress
from monitor.common.exit_codes import Exit
from monitor.common.terminal import show
from monitor.cycle.cycle import CycleReport
from monitor.demo.play import play

FOLDER: Final = "demo"
NAME: Final = "tunewatch"


def _divides_a_day(_ctx: click.Context, _parameter: click.Parameter, every: timedelta) -> timedelta:
    """The timeline has a line for each midnight, so there must be a look then."""
    if timedelta(days=1) % every:
        raise click.BadParameter("must divide a day evenly, such as 6h, 12h or 1d")
    return every


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    show_default=True,
    help="Folder for the logs, the configuration and the history; an earlier demo in it is replaced.",
)
@click.option(
    "--every",
    type=DURATION,
    default="12h",
    show_default=True,
    metavar="DURATION",
    callback=_divides_a_day,
    help="Time between two looks, such as 6h; the daemon looks every 15m.",
)
def command(*, out: Path, every: timedelta) -> int:
    """Make a log of two chatbots, play 42 days of it, and show the alerts, the advice and the history that is left.

    One bot gets a prompt that keeps accuracy at 98% while most urgent messages are missed; the other gets prompt after
    prompt and stays below its target.
    """
    play(out, show, every=every, track=_track, program=_program())
    return Exit.FINE


def _track(reports: Iterator[CycleReport], total: int) -> Iterator[CycleReport]:
    with progress() as shown:
        yield from shown.track(reports, total=total, description="looks")


def _program() -> str:
    """How the command can be typed again: `make demo` runs one that is not on the path."""
    typed = Path(sys.argv[0])
    return str(typed) if typed.name == NAME and shutil.which(NAME) is None else NAME
