"""`tunewatch run`: the daemon."""

import logging
import os
import signal
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import click

from config.errors import ConfigError
from config.files import Stamps, stamps
from config.settings import Settings
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import config_option
from monitor.cli.guard import describe, expected
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.logs import get_logger, is_json, set_up_logging
from monitor.daemon.assembly import assemble
from monitor.daemon.daemon import STOP_WITHIN, Daemon, Ending
from monitor.daemon.renewal import Renewal
from monitor.daemon.running import run
from monitor.history import History

_LOG = get_logger(__name__)


@click.command("run")
@config_option
def command(*, file: Path | None) -> int:
    """Watch every monitor on its schedule, tell of incidents, and answer for its health over HTTP.

    SIGTERM and SIGINT end it within 10 seconds with nothing half-written, and with exit status 0. SIGHUP, or a change
    of the configuration's file or of a secret file, has the configuration read anew; one that is wrong is refused, and
    the one before goes on.
    """
    # Until the daemon runs, and because process 1 of a container ignores signals that it does not handle.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    used = stamps(file)
    settings = load(file)
    set_up_logging(settings.logging.level, settings.logging.format)
    if not is_json(settings.logging.format):
        return _checked(settings, file, used)
    try:
        return _checked(settings, file, used)
    except Exception as error:  # noqa: BLE001 - every line of the log is JSON, also the last one
        status = expected(error)
        _LOG.error("ended", error=describe(error), exc_info=error if status is None else None)
        return Exit.CRASH if status is None else status


def _checked(settings: Settings, file: Path | None, used: Stamps) -> Exit:
    return watch(_whole(settings), Source(file, used))


def _whole(settings: Settings) -> Settings:
    """The settings, where nothing is missing that the daemon cannot do without. Raises ConfigError."""
    if missing := settings.missing_secrets():
        raise ConfigError(missing)
    return settings


@dataclass(frozen=True, slots=True)
class Source:
    """Where the configuration is read anew, and how its files were when it was read."""

    file: Path | None
    used: Stamps

    def renewal(self, settings: Settings, history: History) -> Renewal:
        """What makes the daemons of later configurations."""
        return Renewal(settings, self.used, self._read, partial(stamps, self.file), partial(_next, history), utc_now)

    def _read(self) -> Settings:
        return _whole(load(self.file))


def _next(history: History, settings: Settings, before: Daemon) -> Daemon:
    daemon = assemble(settings, history, lasting=before.lasting)
    set_up_logging(settings.logging.level, settings.logging.format)
    return daemon


def watch(settings: Settings, source: Source | None = None, stop_within: float = STOP_WITHIN) -> Exit:
    """Run the daemon until a signal ends it; a look that does not end within `stop_within` seconds is cut short.

    With a `source`, the configuration is read anew while it runs.
    """
    history = open_history(settings)
    try:
        renewal = None if source is None else source.renewal(settings, history)
        if run(assemble(settings, history), renewal, stop_within) is Ending.CUT_SHORT:
            _leave_at_once()
    finally:
        history.close()
    return Exit.FINE


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(Exit.FINE)


def _leave_at_once() -> None:
    """End without waiting for threads that are under way, as the interpreter would; their transaction rolls back."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(Exit.FINE)
