"""Another configuration while the daemon runs: on SIGHUP, or when a file of it has changed.

All is built anew from it beside what runs, and only then takes its place; what is wrong is refused, and what runs goes
on. The web address, the receiver and the database of the history stay as they are until a restart.
"""

from collections.abc import Callable, Hashable
from typing import Any, Final

from config.errors import ConfigError
from config.settings import Settings
from monitor.common.clock import Clock
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.daemon.daemon import Daemon

FIXED: Final = ("history.url", "ingest", "web.host", "web.port")
"""Keys that are read at the start alone."""

_LOG = get_logger(__name__)


class Renewal:
    """Makes the daemon that follows another one.

    `read` reads the configuration (raises ConfigError), `stamps` says how its files are now, and `assemble` builds a
    daemon around what the one before leaves to it. `used` is how the files were when `settings` were read.
    """

    def __init__(
        self,
        settings: Settings,
        used: Hashable,
        read: Callable[[], Settings],
        stamps: Callable[[], Hashable],
        assemble: Callable[[Settings, Daemon], Daemon],
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._read = read
        self._stamps = stamps
        self._assemble = assemble
        self._clock = clock
        self._used = self._seen = used

    def successor(self, daemon: Daemon, *, asked: bool) -> Daemon | None:
        """The daemon that takes the place of this one; None where all stays as it is.

        Unless somebody `asked`, the files are read once they have changed and then were the same twice: an editor
        writes in pieces.
        """
        stamps = self._stamps()
        settled, self._seen = stamps == self._seen, stamps
        if not asked and (stamps == self._used or not settled):
            return None
        self._used = stamps
        try:
            return self._renewed(daemon, asked=asked)
        except ConfigError as error:
            self._refuse(daemon, redact(str(error)))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the next one, this one goes on
            _LOG.exception("configuration could not be used")
            self._refuse(daemon, f"a fault of tunewatch, see its log: {type(error).__name__}")
        return None

    def _renewed(self, daemon: Daemon, *, asked: bool) -> Daemon | None:
        wanted = self._read()
        settings, waiting = with_fixed(wanted, self._settings)
        now, configured = self._clock(), daemon.lasting.configured
        if settings == self._settings and not asked:
            configured.taken(configured.loaded_at, waiting)
            _LOG.info("configuration read", changed=False, waits_for_restart=list(waiting))
            return None
        successor = self._assemble(settings, daemon)
        self._settings = settings
        configured.taken(now, waiting)
        _LOG.info("configuration taken", monitors=len(settings.monitors), waits_for_restart=list(waiting))
        return successor

    def _refuse(self, daemon: Daemon, error: str) -> None:
        daemon.lasting.configured.refused(self._clock(), error)
        _LOG.error("configuration refused", error=error, action="the one before goes on")


def with_fixed(wanted: Settings, used: Settings) -> tuple[Settings, tuple[str, ...]]:
    """What is wanted, but for the keys that stay as they are; and those of them that are wanted otherwise."""
    kept: dict[str, Any] = {}
    waiting = []
    for key in FIXED:
        section, _, name = key.partition(".")
        mine, theirs = kept.get(section, getattr(wanted, section)), getattr(used, section)
        if not name and mine != theirs:
            kept[section] = theirs
        elif name and getattr(mine, name) != getattr(theirs, name):
            kept[section] = mine.model_copy(update={name: getattr(theirs, name)})
        else:
            continue
        waiting.append(key)
    return wanted.model_copy(update=kept), tuple(waiting)
