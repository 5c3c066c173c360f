"""When evidence starts: the moments that e-processes begin at, and what each counts in their sum.

Nobody knows when a drop begins, so an e-process starts every seventh of the window (a day, in a week). To follow all of
them for weeks would be slow, and of little use: a drop that takes weeks to show is met as well by every third start.
So there are two e-detectors: one of all starts, each followed for one window, and one of every third, followed for
REACH windows, where each stands for three. Their weighted mean is an e-detector again, as expectations are linear:
while nothing is wrong it grows by no more than 1 with each start on average.
"""

from typing import NamedTuple

STARTS = 7
"""E-processes that start within the current window: one a day in a week. Twice as many would be aligned better with the
onset, at a stricter level and twice the work; the two came out even."""

THINNED, REACH = 3, 4
"""Every third start is followed on, until it is 4 windows old: a small drop in a rare class needs weeks of labels."""

EVERY = 0.3
"""Part of the e-detector of all starts; the rest is that of every third. More of it sees a great drop hours sooner and
a small one days later (`bench.alarms.rates`)."""


class Begin(NamedTuple):
    """A start, in the unit of the grid, and what it counts in the sum; on average all starts count 1."""

    at: int
    weight: float


def starts(end: int, window: int, bucket: int = 1) -> tuple[Begin, ...]:
    """Starts that are followed at `end`, oldest first, where the current window has this length.

    All are whole numbers of one unit of time since one epoch, and starts are multiples of `bucket`: the grid stays
    where it is from look to look.
    """
    every = spacing(window, bucket)
    third = every * THINNED
    older = range(_next(end - REACH * window, third), end - window, third)
    newer = range(_next(end - window, every), end, every)
    return tuple(Begin(at, EVERY + (1 - EVERY) * THINNED * (at % third == 0)) for at in (*older, *newer))


def spacing(window: int, bucket: int = 1) -> int:
    """Time between two starts, in whole buckets."""
    return -(-window // (STARTS * bucket)) * bucket


def _next(at: int, step: int) -> int:
    return -(-at // step) * step
