"""Whether alerts would arrive: every channel is asked, and what it did of late is read from the outbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alerts.channels.channel import Channel, ChannelError, Checking
from monitor.common.clock import Clock
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.history.notifications import Failing

CHECK_EVERY: Final = timedelta(hours=1)
RECHECK_EVERY: Final = timedelta(minutes=5)
"""How often a channel is asked that did not answer well."""

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Probed:
    """What a channel said when it was asked last (UTC); `failing` where it would take nothing."""

    at: datetime
    said: str = ""
    failing: Failing | None = None


def probe(channel: Channel, now: datetime) -> Probed | None:
    """Ask a channel; None where it cannot be asked."""
    if not isinstance(channel, Checking):
        return None
    try:
        return Probed(now, redact(channel.check()))
    except ChannelError as error:
        lasts = error.permanent and not error.asks_to_wait
        return Probed(now, failing=Failing(redact(str(error)), now, lasts))
    except Exception as error:  # noqa: BLE001 - a fault of ours in one channel must not hide the state of the others
        _LOG.exception("channel check crashed")
        said = f"a fault of tunewatch, see its log: {type(error).__name__}"
        return Probed(now, failing=Failing(said, now))


@dataclass(frozen=True, slots=True)
class Probes:
    """Asks each channel every hour, and one that fails every five minutes. `troubled` reads what the outbox knows."""

    channels: Mapping[str, Channel]
    troubled: Callable[[], Mapping[str, Failing]]
    clock: Clock
    _known: dict[str, Probed] = field(default_factory=dict)

    def ask(self) -> None:
        """Ask those whose time has come."""
        for name, channel in self.channels.items():
            now, before = self.clock(), self._known.get(name)
            if before is not None and not _is_due(before, now):
                continue
            found = probe(channel, now)
            if found is not None:
                self._known[name] = _since(found, before)
                _tell(name, found, before)

    def known(self) -> Mapping[str, Probed]:
        """What is known of each channel that can be asked."""
        return dict(self._known)

    def failing(self) -> Mapping[str, Failing]:
        """The channels that take nothing: by their answer, or by what became of what was sent. Raises HistoryError."""
        asked = {name: each.failing for name, each in self._known.items() if each.failing is not None}
        return {**{name: each for name, each in self.troubled().items() if name in self.channels}, **asked}


def _is_due(before: Probed, now: datetime) -> bool:
    every = CHECK_EVERY if before.failing is None else RECHECK_EVERY
    return not before.at <= now < before.at + every  # also where the clock was set back


def _since(found: Probed, before: Probed | None) -> Probed:
    """It fails since the first failure in a row."""
    if found.failing is None or before is None or before.failing is None:
        return found
    return Probed(found.at, failing=Failing(found.failing.error, before.failing.since, found.failing.lasts))


def _tell(name: str, found: Probed, before: Probed | None) -> None:
    if found.failing is not None:
        _LOG.error("channel would take no alert", channel=name, error=found.failing.error)
    elif before is None or before.failing is not None:
        _LOG.info("channel would take alerts", channel=name, answer=found.said)
