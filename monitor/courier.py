"""The thread that carries notifications from the outbox to the channels."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from monitor.clock import Clock
from monitor.errors import UnreachableError
from monitor.logs import get_logger

POLL_EVERY: Final = 5.0  # seconds; for retries that fall due and for incidents that another daemon wrote

_LOG = get_logger(__name__)

DeliverOne = Callable[[datetime], bool]
"""Delivers one notification that is due; says whether there was one."""


class Courier:
    """Empties the outbox whenever it is woken, and every few seconds anyway."""

    def __init__(self, deliver_one: DeliverOne, clock: Clock) -> None:
        self._deliver_one = deliver_one
        self._clock = clock
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="courier", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there may be something new."""
        self._woken.set()

    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

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
            while not self._stopping.is_set() and self._deliver_one(self._clock()):
                pass
        except UnreachableError as error:
            _LOG.error("outbox unreachable", error=str(error))
        except Exception:  # noqa: BLE001 - a fault of ours must not end delivery; it is logged with its traceback
            _LOG.exception("delivery crashed")
