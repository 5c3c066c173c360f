"""How many predictions a day an alarm is about: who is hurt, as far as the labels carry it."""

from datetime import timedelta
from typing import Final

from checks.counts.windows import Window
from checks.rules.finding import PerDay
from checks.statistics.intervals import Proportion

CARRIES: Final = 5.0
"""Largest ratio of the interval's ends at which a number is told: with more it could as well be one message as nine."""

_DAY: Final = timedelta(days=1)


def per_day(share: Proportion | None, predictions: float, window: Window) -> PerDay | None:
    """That share of the predictions of a window, a day; None where the evidence does not carry a number.

    `share` in [0, 1] is of those that go wrong. What is told is an estimate: traffic is taken to go on as it was.
    """
    if share is None or not window.length:
        return None
    low, high = share.interval()
    if low <= 0 or high > CARRIES * low:
        return None
    rate = predictions / (window.length / _DAY)
    return PerDay(share.value * rate, low * rate, high * rate)
