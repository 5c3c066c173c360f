"""The clock; only the scheduler and the commands read it, everything else is told what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the time in UTC."""


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)
