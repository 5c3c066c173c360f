"""`tunewatch watch`: the same as `tunewatch status`, again and again."""

import sys
import time
from datetime import timedelta
from pathlib import Path

import click

from alerts.messages.numbers import when
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import DURATION, chosen, config_option, json_option, monitor_option
from monitor.cli.commands.status import print_status
from monitor.cli.output.status import Status, status_of
from monitor.common.clock import utc_now
from monitor.common.errors import UnreachableError
from monitor.common.exit_codes import Exit
from monitor.common.terminal import note, show


@click.command("watch")
@config_option
@monitor_option
@click.option(
    "--every", type=DURATION, default="10s", show_default=True, metavar="DURATION", help="Time between two looks at it."
)
@click.option("--times", type=click.IntRange(min=1), metavar="N", help="End after so many; else on Ctrl-C.")
@json_option
def command(*, file: Path | None, names: tuple[str, ...], every: timedelta, times: int | None, as_json: bool) -> int:
    """Show `tunewatch status` until Ctrl-C; it ends with the status of what it showed last.

    On a terminal the screen is drawn anew; elsewhere the text is printed when it says something new. While the history
    cannot be read that is said, and tried again.
    """
    settings = load(file)
    monitors = chosen(settings, names)
    screen = _Screen(as_json=as_json)
    done = 0
    try:
        while times is None or done < times:
            if done:
                time.sleep(every.total_seconds())
            done += 1
            try:
                history = open_history(settings)
                try:
                    screen.draw(status_of(settings, history, monitors, utc_now()))
                finally:
                    history.close()
            except UnreachableError as error:
                screen.fail(error)
    except KeyboardInterrupt:
        pass
    return screen.exit


class _Screen:
    """What is shown, and what was shown last."""

    def __init__(self, *, as_json: bool) -> None:
        self.exit: int = Exit.FINE
        self._as_json = as_json
        self._is_drawn = sys.stdout.isatty() and not as_json
        self._shown: object = None

    def draw(self, status: Status) -> None:
        self.exit = status.exit
        shown = status.gist()
        if not self._is_drawn and not self._as_json and shown == self._shown:
            return
        self._shown = shown
        if self._is_drawn:
            click.clear()
        if not self._as_json:
            show(when(status.now))
        print_status(status, as_json=self._as_json)

    def fail(self, error: UnreachableError) -> None:
        self.exit, self._shown = Exit.UNREACHABLE, None
        note(str(error))
