"""`tunewatch run`: the daemon."""

import logging
import os
import sys
from pathlib import Path

import click

from config.errors import ConfigError
from config.loading import load
from monitor.assembly import assemble
from monitor.bootstrap import open_history
from monitor.clock import utc_now
from monitor.commands.options import config_option
from monitor.daemon import Ending
from monitor.exits import Exit
from monitor.logs import set_up_logging


@click.command("run")
@config_option
def command(*, file: Path | None) -> int:
    """Watch every monitor on its schedule, tell of incidents, and answer for its health over HTTP.

    SIGTERM and SIGINT end it within 10 seconds with nothing half-written, and with exit status 0.
    """
    settings = load(file)
    set_up_logging(settings.logging.level, settings.logging.format)
    if missing := settings.missing_secrets():
        raise ConfigError(missing)
    history = open_history(settings)
    if assemble(settings, history, utc_now).run() is Ending.CUT_SHORT:
        _leave_at_once()
    history.close()
    return Exit.FINE


def _leave_at_once() -> None:
    """End without waiting for the threads of a look under way, as the interpreter would; its transaction rolls back."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(Exit.FINE)
