"""The clocks; only the scheduler and the commands read them, everything else is told what time it is.

The time of day says what a look is *as of*. It can be set, forwards and back, so no duration is measured with it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

Clock = Callable[[], datetime]
"""Gives the time in UTC."""

Ticks = Callable[[], float]
"""Gives seconds since some moment, which never go back, whatever is done to the time of day."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clock and the ticks: what time it is, and how much of it has passed."""

    now: Clock
    ticks: Ticks


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def ticks() -> float:
    """The seconds that this machine counts."""
    return time.monotonic()


MACHINE: Final = Clocks(utc_now, ticks)
"""The clock and the ticks of this machine."""
