"""Tells a scheduler that is stuck from one that has nothing to do."""

import threading
from datetime import datetime, timedelta
from typing import Final

BEAT_EVERY: Final = timedelta(seconds=5)
DEAD_AFTER: Final = timedelta(seconds=60)


class Heartbeat:
    """The last time that the scheduler ran its smallest job."""

    def __init__(self, now: datetime) -> None:
        self._lock = threading.Lock()
        self._last = now

    def beat(self, now: datetime) -> None:
        """Say that the scheduler lives."""
        with self._lock:
            self._last = now

    def is_alive(self, now: datetime) -> bool:
        """Whether the last beat is recent."""
        with self._lock:
            return now - self._last <= DEAD_AFTER
