"""The thread that carries notifications from the outbox to the channels."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol

from monitor.common.errors import UnreachableError
from monitor.common.logs import get_logger

POLL_EVERY: Final = 5.0  # seconds; for retries that fall due and for incidents that another daemon wrote

STUCK_AFTER: Final = 300.0
"""Seconds that one notification may take: a dozen requests with their time-outs, and waits for the history's lock."""

_LOG = get_logger(__name__)


class Delivering(Protocol):
    """What the delivery thread calls, a step at a time."""

    def begin(self) -> object:
        """Make the outbox ready; called once, before anything is delivered."""

    def deliver_one(self) -> bool:
        """Deliver one notification that is due; whether there was one."""


class Pulse(StrEnum):
    """How the delivery thread is doing."""

    ALIVE = "alive"
    DEAD = "dead"  # not started, or ended
    STUCK = "stuck"  # at one notification, or at a fault of ours, for far too long


class Courier:
    """Empties the outbox whenever it is woken, and every few seconds anyway.

    `monotonic` gives seconds that no change of the clock disturbs.
    """

    def __init__(self, delivering: Delivering, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._delivering = delivering
        self._monotonic = monotonic
        self._busy_since: float | None = None
        self._crashing_since: float | None = None
        self._has_begun = False
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="courier", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def wake(self) -> None:
        """Wake the thread: there may be a new notification."""
        self._woken.set()

    def pulse(self) -> Pulse:
        """Whether the thread runs, and delivers in time."""
        if not self._thread.is_alive():
            return Pulse.DEAD
        now, since = self._monotonic(), (self._busy_since, self._crashing_since)
        return Pulse.STUCK if any(at is not None and now - at > STUCK_AFTER for at in since) else Pulse.ALIVE

    def stop(self, patience: float) -> bool:
        """Finish the delivery under way; whether that took at most `patience` seconds."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(max(patience, 0))
        return not self._thread.is_alive()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._empty()
            self._woken.wait(POLL_EVERY)
            self._woken.clear()

    def _empty(self) -> None:
        try:
            while not self._stopping.is_set() and self._step():
                pass
        except UnreachableError as error:
            _LOG.error("outbox unreachable", error=str(error))
        except Exception:  # noqa: BLE001 - a fault of ours must not end delivery; it is logged with its traceback
            _LOG.exception("delivery crashed")
            self._crashing_since = self._crashing_since or self._monotonic()
        else:
            self._crashing_since = None

    def _step(self) -> bool:
        self._busy_since = self._monotonic()
        try:
            if not self._has_begun:
                self._delivering.begin()
                self._has_begun = True
            return self._delivering.deliver_one()
        finally:
            self._busy_since = None
