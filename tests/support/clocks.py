"""Clocks that a test sets: the time of day may go anywhere, the ticks only go on."""

from datetime import datetime, timedelta

from monitor.common.clock import Clocks


class SetClocks:
    """Both clocks of a machine."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._ticks = 1000.0

    def passes(self, time: timedelta) -> None:
        """Time passes, on both."""
        self._now += time
        self._ticks += time.total_seconds()

    def is_set(self, now: datetime) -> None:
        """Somebody sets the time of day."""
        self._now = now

    def now(self) -> datetime:
        """The time of day."""
        return self._now

    def ticks(self) -> float:
        """The seconds."""
        return self._ticks

    @property
    def both(self) -> Clocks:
        """As the daemon is given them."""
        return Clocks(self.now, self.ticks)
