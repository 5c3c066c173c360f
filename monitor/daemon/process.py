"""The daemon from its settings to its end."""

import logging
import os
import sys
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.files import stamps
from config.settings import Settings
from monitor.bootstrap.configuration import load, whole
from monitor.bootstrap.history import open_history
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.logs import set_up_logging
from monitor.daemon.assembly import assemble
from monitor.daemon.daemon import STOP_WITHIN, Daemon, Ending
from monitor.daemon.front import Front
from monitor.daemon.renewal import Renewal
from monitor.daemon.running import run
from monitor.history import History


@dataclass(frozen=True, slots=True)
class Source:
    """Where the configuration is read anew, and how its files were when it was read."""

    file: Path | None
    used: Hashable

    def renewal(self, settings: Settings, history: History) -> Renewal:
        """What makes the daemons of later configurations."""
        return Renewal(settings, self.used, self._read, partial(stamps, self.file), partial(_next, history), utc_now)

    def _read(self) -> Settings:
        return whole(load(self.file))


def _next(history: History, settings: Settings, before: Daemon) -> Daemon:
    daemon = assemble(settings, history, before.lasting)
    set_up_logging(settings.logging.level, settings.logging.format)
    return daemon


def watch(settings: Settings, front: Front, source: Source | None = None, stop_within: float = STOP_WITHIN) -> Exit:
    """Run the daemon until a signal ends it; a look that does not end within `stop_within` seconds is cut short.

    With a `source`, the configuration is read anew while it runs.
    """
    try:
        return _watch(settings, front, source, stop_within)
    finally:
        front.web.stop(1)  # second, for a start that failed: the daemon has stopped it otherwise


def _watch(settings: Settings, front: Front, source: Source | None, stop_within: float) -> Exit:
    history = open_history(settings)
    try:
        renewal = None if source is None else source.renewal(settings, history)
        if run(assemble(settings, history, front), renewal, stop_within) is Ending.CUT_SHORT:
            _leave_at_once()
    finally:
        history.close()
    return Exit.FINE


def _leave_at_once() -> None:
    """End without waiting for threads that are under way, as the interpreter would; their transaction rolls back."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(Exit.FINE)
