"""In which unit a latency or a confidence seems to be, by the name of its column and by its values."""

import re
from dataclasses import dataclass
from typing import Final

from monitor.onboarding.initialise.values import Column
from monitor.onboarding.plausible import FEWEST_MS, MOST_MS, Doubt

NAMES: Final = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "ms": ("ms", "msec", "millis", "millisecond", "milliseconds"),
    "us": ("us", "usec", "micros", "microsecond", "microseconds"),
    "ns": ("ns", "nsec", "nanos", "nano", "nanosecond", "nanoseconds"),
}
"""Units of a latency, and the words in the names of columns that say them."""

MILLISECONDS: Final = {"us": 1e3, "ns": 1e6}
"""How many of a unit are a millisecond, the largest unit first."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, and why it was taken; it `is_sure` where the column says so itself."""

    name: str
    reason: str = ""
    is_sure: bool = True


def latency_unit(column: Column) -> Unit:
    """The unit of a column of latencies: that of its name, else the one that makes its median an answer's time."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column.name)
    words = re.split(r"[^a-z0-9]+", apart.lower())
    named = next((unit for unit, names in NAMES.items() if any(word in names for word in words)), "")
    median = column.median or 0.0
    match column.latency_doubt:
        case Doubt.SECONDS if named in ("", "ms"):
            reason = f"half of its values are under {median:.2g}, so taken for seconds; are they?"
            return Unit("s", reason, is_sure=False)
        case Doubt.TOO_LONG if named in ("", "ms"):
            fit = (unit for unit, n in MILLISECONDS.items() if FEWEST_MS <= median / n <= MOST_MS)
            unit = next(fit, "us")
            reason = f"half of its values are over {median:,.0f}, so taken for {NAMES[unit][-1]}; are they?"
            return Unit(unit, reason, is_sure=False)
        case _:
            return Unit(named or "ms")


def share_unit(column: Column) -> Unit:
    """The unit of a column of shares: `percent` where its values go up to a hundred."""
    if column.is_percent:
        return Unit("percent", "its values go beyond 1, so it is read as a percentage")
    return Unit("share")
