"""`tunewatch run`: the daemon."""

import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from config.errors import ConfigError
from config.settings import Settings
from monitor.bootstrap.configuration import load
from monitor.bootstrap.monitors import open_history
from monitor.cli.commands.options import config_option
from monitor.cli.guard import describe, expected
from monitor.common.exit_codes import Exit
from monitor.common.logs import get_logger, is_json, set_up_logging
from monitor.daemon.assembly import assemble
from monitor.daemon.daemon import STOP_WITHIN, Ending

_LOG = get_logger(__name__)


@click.command("run")
@config_option
def command(*, file: Path | None) -> int:
    """Watch every monitor on its schedule, tell of incidents, and answer for its health over HTTP.

    SIGTERM and SIGINT end it within 10 seconds with nothing half-written, and with exit status 0.
    """
    # Until the daemon runs, and because process 1 of a container ignores signals that it does not handle.
    signal.signal(signal.SIGTERM, _leave)
    settings = load(file)
    set_up_logging(settings.logging.level, settings.logging.format)
    if not is_json(settings.logging.format):
        return _checked(settings)
    try:
        return _checked(settings)
    except Exception as error:  # noqa: BLE001 - every line of the log is JSON, also the last one
        status = expected(error)
        _LOG.error("ended", error=describe(error), exc_info=error if status is None else None)
        return Exit.CRASH if status is None else status


def _checked(settings: Settings) -> Exit:
    if missing := settings.missing_secrets():
        raise ConfigError(missing)
    return watch(settings)


def watch(settings: Settings, stop_within: float = STOP_WITHIN) -> Exit:
    """Run the daemon until a signal ends it; a look that does not end within `stop_within` seconds is cut short."""
    history = open_history(settings)
    try:
        if assemble(settings, history).run(stop_within) is Ending.CUT_SHORT:
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
