"""Tells a scheduler that is stuck from one that has nothing to do."""

import threading
from datetime import timedelta
from typing import Final

from monitor.common.clock import Ticks

BEAT_EVERY: Final = timedelta(seconds=5)
DEAD_AFTER: Final = timedelta(seconds=60)


class Heartbeat:
    """The last time that the scheduler ran its smallest job, by a clock that cannot be set."""

    def __init__(self, ticks: Ticks) -> None:
        self._lock = threading.Lock()
        self._ticks = ticks
        self._last = ticks()

    def beat(self) -> None:
        """Say that the scheduler lives."""
        with self._lock:
            self._last = self._ticks()

    def is_alive(self) -> bool:
        """Whether the last beat is recent."""
        with self._lock:
            return self._ticks() - self._last <= DEAD_AFTER.total_seconds()
