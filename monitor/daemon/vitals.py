"""How the daemon is doing, as the health endpoints tell it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from checks.rules.finding import Cause
from monitor.common.clock import Ticks

ALLOWED_MISSES: Final = 3
"""A monitor is late after this many intervals: one missed look is an ordinary network hiccup."""

LEAST_PATIENCE: Final = timedelta(minutes=5)
"""Nobody wants to be told of a monitor with `every: 10s` that it is 31 seconds old."""

SKEW: Final = timedelta(minutes=1)
"""What two readings of the time of day may differ by without one of them being wrong."""


def patience(every: timedelta) -> timedelta:
    """For how long one look is enough."""
    return max(ALLOWED_MISSES * every, LEAST_PATIENCE)


class Condition(StrEnum):
    """Whether a monitor's last look is recent enough to be relied on."""

    READY = "ready"
    STARTING = "starting"  # its first look has not ended
    FAILING = "failing"  # the last look failed, an earlier one is still recent
    CRIPPLED = "crippled"  # a check crashed in the last look: what it watches is not watched
    CLOCK = "clock"  # the last look is dated after the present clock
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Looks:
    """What is known of one monitor's looks at its log.

    `started`, `succeeded` and `failed` are ticks, `succeeded_at` is the time of day (UTC) of the same success.
    `crashed` are checks, in the last success, which took so many `seconds`; `error` and `cause` are of the last
    failure. `successes` and `failures` count since the start.
    """

    every: timedelta
    started: float
    succeeded: float | None = None
    succeeded_at: datetime | None = None
    failed: float | None = None
    error: str = ""
    cause: Cause | None = None
    crashed: tuple[str, ...] = ()
    seconds: float | None = None
    successes: int = 0
    failures: int = 0

    @property
    def patience(self) -> timedelta:
        """For how long one success is enough."""
        return patience(self.every)

    @property
    def is_failing(self) -> bool:
        """Whether the last look failed."""
        return self.failed is not None and (self.succeeded is None or self.failed >= self.succeeded)

    def age(self, tick: float) -> float | None:
        """Seconds since the last success; None before the first."""
        return None if self.succeeded is None else tick - self.succeeded

    def condition(self, tick: float, now: datetime) -> Condition:
        """The state at `tick`, when the time of day is `now`."""
        if self.succeeded_at is not None and self.succeeded_at - now > SKEW:
            return Condition.CLOCK
        if self.is_failing and self.cause is Cause.CLOCK:
            return Condition.CLOCK
        if tick - (self.started if self.succeeded is None else self.succeeded) > self.patience.total_seconds():
            return Condition.LATE
        if self.succeeded is None:
            return Condition.STARTING
        if self.crashed:
            return Condition.CRIPPLED
        return Condition.FAILING if self.is_failing else Condition.READY

    def is_ready(self, tick: float, now: datetime) -> bool:
        """Whether what this monitor says can be relied on."""
        return self.condition(tick, now) in (Condition.READY, Condition.FAILING)


class Vitals:
    """The looks of every monitor; written by the scheduler's threads, read by the web server's."""

    def __init__(self, every: Mapping[str, timedelta], ticks: Ticks) -> None:
        self._lock = threading.Lock()
        self._ticks = ticks
        self._looks = {name: Looks(interval, ticks()) for name, interval in every.items()}

    def watch(self, every: Mapping[str, timedelta]) -> None:
        """Go on with these monitors and intervals; what is known of one that stays is kept."""
        with self._lock:
            self._looks = {
                name: replace(self._looks[name], every=interval)
                if name in self._looks
                else Looks(interval, self._ticks())
                for name, interval in every.items()
            }

    def succeeded(
        self, monitor: str, now: datetime, crashed: tuple[str, ...] = (), seconds: float | None = None
    ) -> None:
        """Note that a look ended well after so many seconds, but for the checks that crashed in it."""
        with self._lock:
            looks = self._looks.get(monitor)
            if looks is None:  # another configuration has it no more
                return
            self._looks[monitor] = replace(
                looks,
                succeeded=self._ticks(),
                succeeded_at=now,
                crashed=crashed,
                seconds=seconds,
                successes=looks.successes + 1,
            )

    def failed(self, monitor: str, error: str, cause: Cause) -> None:
        """Note that a look failed. `error` is shown to whoever asks, so it must hold no secret."""
        with self._lock:
            looks = self._looks.get(monitor)
            if looks is None:
                return
            self._looks[monitor] = replace(
                looks, failed=self._ticks(), error=error, cause=cause, failures=looks.failures + 1
            )

    def looks(self) -> Mapping[str, Looks]:
        """A copy of what is known now, by monitor."""
        with self._lock:
            return dict(self._looks)

    def looked_at(self) -> datetime | None:
        """When the newest look that was committed ended, by the time of day; None before the first."""
        return max((each.succeeded_at for each in self.looks().values() if each.succeeded_at), default=None)

    def all_failed_by(self, cause: Cause) -> bool:
        """Whether the last look of every monitor failed for this one cause."""
        return all(look.is_failing and look.cause is cause for look in self.looks().values())
