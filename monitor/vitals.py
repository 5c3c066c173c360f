"""How the daemon is doing, as the health endpoints tell it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

ALLOWED_MISSES: Final = 3
"""A monitor is late after this many intervals: one missed look is an ordinary network hiccup."""

LEAST_PATIENCE: Final = timedelta(minutes=5)
"""Nobody wants to be told of a monitor with `every: 10s` that it is 31 seconds old."""


class Condition(StrEnum):
    """Whether a monitor's last look is recent enough to be relied on."""

    READY = "ready"
    STARTING = "starting"  # its first look has not ended
    FAILING = "failing"  # the last look failed, an earlier one is still recent
    CRIPPLED = "crippled"  # a check crashed in the last look: what it watches is not watched
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Looks:
    """What is known of one monitor's looks at its log. Times are UTC; `crashed` are checks, in the last success."""

    every: timedelta
    started_at: datetime
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    error: str = ""
    crashed: tuple[str, ...] = ()

    @property
    def patience(self) -> timedelta:
        """For how long one success is enough."""
        return max(ALLOWED_MISSES * self.every, LEAST_PATIENCE)

    def condition(self, now: datetime) -> Condition:
        """The state at `now`."""
        if now - (self.succeeded_at or self.started_at) > self.patience:
            return Condition.LATE
        if self.succeeded_at is None:
            return Condition.STARTING
        if self.crashed:
            return Condition.CRIPPLED
        failing = self.failed_at is not None and self.failed_at > self.succeeded_at
        return Condition.FAILING if failing else Condition.READY

    def is_ready(self, now: datetime) -> bool:
        """Whether what this monitor says can be relied on at `now`."""
        return self.condition(now) in (Condition.READY, Condition.FAILING)


class Vitals:
    """The looks of every monitor; written by the scheduler's threads, read by the web server's."""

    def __init__(self, every: Mapping[str, timedelta], started_at: datetime) -> None:
        self._lock = threading.Lock()
        self._looks = {name: Looks(interval, started_at) for name, interval in every.items()}

    def succeeded(self, monitor: str, now: datetime, crashed: tuple[str, ...] = ()) -> None:
        """Note that a look ended well, but for the checks that crashed in it."""
        with self._lock:
            self._looks[monitor] = replace(self._looks[monitor], succeeded_at=now, crashed=crashed)

    def failed(self, monitor: str, error: str, now: datetime) -> None:
        """Note that a look failed. `error` is shown to whoever asks, so it must hold no secret."""
        with self._lock:
            self._looks[monitor] = replace(self._looks[monitor], failed_at=now, error=error)

    def looks(self) -> Mapping[str, Looks]:
        """A copy of what is known now, by monitor."""
        with self._lock:
            return dict(self._looks)
