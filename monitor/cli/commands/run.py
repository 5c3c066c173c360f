"""`tunewatch run`: the daemon."""

import signal
import sys
from pathlib import Path
from types import FrameType

import click

from config.files import Stamps, stamps
from config.settings import Settings
from monitor.bootstrap.configuration import load, whole
from monitor.cli.commands.options import config_option
from monitor.cli.guard import describe, expected
from monitor.common.exit_codes import Exit
from monitor.common.logs import get_logger, is_json, set_up_logging
from monitor.daemon.front import open_front

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
    front = open_front(whole(settings).web)
    # What a daemon is made of takes a second to import: it answers for its health meanwhile.
    from monitor.daemon.process import Source, watch  # noqa: PLC0415

    return watch(settings, front, Source(file, used))


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(Exit.FINE)
