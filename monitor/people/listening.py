"""The thread that keeps a connection open on which clicks come in, and says when it cannot."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

from alerts.channels.channel import ChannelError
from monitor.common.clock import Clock
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.common.retrying import Trouble, plan, trouble_of
from monitor.history.notifications import Failing

LOOK_EVERY: Final = 0.5  # seconds between two looks at whether it is still there

STEADY_AFTER: Final = timedelta(minutes=1)
"""A connection that lasted so long is replaced at once; one that did not, after a pause that grows."""

LOST: Final = "the connection was closed"
UNTRIED: Final = "no connection was made yet"

_LOG = get_logger(__name__)


class Line(Protocol):
    """One connection."""

    @property
    def is_alive(self) -> bool:
        """Whether anything can come in."""

    def close(self) -> None:
        """Hang up."""


class Listener:
    """Opens a connection, and another one whenever it ends; `connect` raises ChannelError where there is none."""

    def __init__(
        self, connect: Callable[[], Line], clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._monotonic = monotonic
        self._failures = 0
        self._failing: Failing | None = Failing(UNTRIED, clock())
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="clicks", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self, patience: float) -> bool:
        """Hang up; whether that took at most `patience` seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(max(patience, 0))
        return not self._thread.is_alive()

    def failing(self) -> Failing | None:
        """Why nothing can come in, since when; None while all is well."""
        return self._failing

    @property
    def is_connected(self) -> bool:
        """Whether clicks come in."""
        return self._failing is None

    def _work(self) -> None:
        while not self._stopping.is_set():
            pause = self._listen()
            self._stopping.wait(pause)

    def _listen(self) -> float:
        """One connection, from its beginning to its end; how many seconds to wait before the next."""
        began = self._monotonic()
        try:
            line = self._connect()
        except ChannelError as error:
            return self._failed(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the listening; it is logged
            _LOG.exception("listening crashed")
            fault = f"a fault of tunewatch, see its log: {type(error).__name__}"
            return self._failed(ChannelError(fault, permanent=False))
        self._failing = None
        _LOG.info("clicks come in")
        try:
            while line.is_alive and not self._stopping.wait(LOOK_EVERY):
                pass
        except Exception:  # noqa: BLE001 - as above
            _LOG.exception("listening crashed")
        _hang_up(line)
        if self._stopping.is_set():
            return 0.0
        if self._monotonic() - began >= STEADY_AFTER.total_seconds():
            self._failures = 0
        return self._failed(ChannelError(LOST, permanent=False))

    def _failed(self, error: ChannelError) -> float:
        now, trouble = self._clock(), trouble_of(error)
        said, before = redact(str(error)), self._failing
        lasts = trouble is Trouble.CHANNEL_REFUSES
        self._failing = Failing(said, now if before is None else before.since, lasts)
        is_first = self._failures == 0 and str(error) == LOST
        again_at = now if is_first else plan(trouble, self._failures, error.retry_after, now).retry_at
        pause = (again_at - now).total_seconds()
        self._failures += 1
        _LOG.warning("no clicks come in", error=said, retry_in_seconds=round(pause, 1))
        return pause


def _hang_up(line: Line) -> None:
    try:
        line.close()
    except Exception:  # noqa: BLE001 - what is over is over, and the next one is to be opened
        _LOG.exception("connection not closed")
