"""Watches over alerting itself: asks the channels, tells where one fails, and pings whoever misses us."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alerts.channels.channel import ChannelError
from alerts.channels.http import Request, Service, call
from monitor.common.clock import Clock
from monitor.common.errors import UnreachableError
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.cycle.alerting_watch import AlertingWatch
from monitor.delivery.probing import Probes
from monitor.history.notifications import Failing

WATCH_EVERY: Final = timedelta(minutes=1)

_HEARTBEAT: Final = Service("the heartbeat's server", "alerting", "heartbeat_url", "heartbeat_url")
_TIMEOUT: Final = 10.0  # seconds; a ping that takes longer is made again a minute later
_MULTIPLE_CHOICES: Final = 300  # HTTP statuses below are successes

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AlertingRounds:
    """Asks the channels whose time has come, and keeps which of them fail. Never raises.

    `others` are what else of alerting can fail, by the names that `AlertingWatch` has words for.
    """

    probes: Probes
    watch: AlertingWatch
    clock: Clock
    then: Callable[[], None]
    others: Mapping[str, Callable[[], Failing | None]] = field(default_factory=dict)

    def run(self) -> None:
        """One round."""
        try:
            self.probes.ask()
            now = self.clock()
            asked = ((name, ask()) for name, ask in self.others.items())
            failing = {**self.probes.failing(), **{name: each for name, each in asked if each is not None}}
            told = {name: each.error for name, each in failing.items() if each.is_to_be_told(now)}
            if self.watch.note(told, now, failing.keys() - told.keys()):
                self.then()
        except UnreachableError as error:
            _LOG.error("whether channels fail cannot be kept", error=str(error))
        except Exception:  # noqa: BLE001 - a fault of ours must not end the rounds; it is logged with its traceback
            _LOG.exception("watch over channels crashed")


@dataclass
class DeadMansSwitch:
    """Pings an address as long as all is well, so that somebody else tells when it is not.

    It is pinged once for each newer look that was committed (`looked_at`), and only while `is_well`: every look is
    recent and whole, and what is open was told.
    """

    url: str
    looked_at: Callable[[], datetime | None]
    is_well: Callable[[], bool]
    _pinged: datetime | None = field(default=None, init=False)

    def run(self) -> bool:
        """Ping if there is reason to; whether that was taken. Never raises."""
        looked_at = self.looked_at()
        if looked_at is None or looked_at == self._pinged or not self.is_well():
            return False
        try:
            answer = call(_HEARTBEAT, Request(self.url), _TIMEOUT)
        except ChannelError as error:
            _LOG.warning("heartbeat not taken", error=redact(str(error)))
            return False
        if answer.status >= _MULTIPLE_CHOICES:
            _LOG.warning("heartbeat not taken", error=f"HTTP {answer.status}; check alerting.heartbeat_url")
            return False
        self._pinged = looked_at
        return True
