"""Alarm budget: the level of each test of a daemon that looks every few minutes for years.

A fixed 95% limit on a rolling window is crossed by chance many times a year. A rolling window of length w sees the
same data again and again, so its looks are dependent: for a statistic that is standard normal at each look and
correlated 1 - |t|/w at distance t, the chance of ever crossing u in a time T is about T/w * u^2 * Q(u), with Q the
upper tail of the normal (Pickands 1969, "Upcrossing probabilities for stationary Gaussian processes", with H_1 = 1).
The number of looks does not appear: looking more often finds the same excursions sooner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from math import inf, log

from checks.statistics import special
from checks.statistics.arithmetic import bisect

YEAR = timedelta(days=365)

STRICTEST, LOOSEST = 1e-12, 0.01
"""Levels beyond which the approximation of the tail (or the worth of an alarm) ends."""


FOLLOWED = 0.9
"""Part of a budget for the e-detector where it runs beside the windows: it is the faster of the two for most drops, and
the windows only have to see what a daily grid of starts is too coarse for."""


@dataclass(frozen=True, slots=True)
class AlarmBudget:
    """False alarms accepted on a healthy bot: `per_year` of them on average, over everything it is spent on."""

    per_year: float

    def part(self, share: float) -> "AlarmBudget":
        """The budget of a check that has this share, in (0, 1]."""
        return AlarmBudget(self.per_year * share)

    def tail(self, windows: Sequence[timedelta], tests: float) -> float:
        """One-sided level for each of `tests` tests on each of the rolling `windows`, looked at for ever.

        A test with a share of its own in the budget is one of 1/share tests.

        >>> week = timedelta(days=7)
        >>> round(AlarmBudget(1).tail([week], tests=1), 4)
        0.0024
        >>> AlarmBudget(1).tail([week], tests=50) < AlarmBudget(1).tail([week], tests=1)
        True
        """
        return _tail(self.per_year, tuple(windows), max(tests, 1))

    def each(self, every: timedelta, tests: int) -> float:
        """Level for each of `tests` tests that are made once `every` so often (Bonferroni).

        >>> round(AlarmBudget(1).each(timedelta(days=1), tests=5), 5)
        0.00055
        """
        return min(max(self.per_year * (every / YEAR) / max(tests, 1), STRICTEST), LOOSEST)

    def split(
        self, windows: Sequence[timedelta], spacing: timedelta, tests: float, *, followed: bool = True
    ) -> tuple[float, float]:
        """The levels where both rules stand guard, each with its part of the budget: `tail` and `evidence`.

        What is not `followed`, as long as there is no start to follow it from, leaves all of it to the windows.
        """
        if not followed:
            return self.tail(windows, tests), inf
        scan, follow = self.part(1 - FOLLOWED), self.part(FOLLOWED)
        return scan.tail(windows, tests), follow.evidence(spacing, tests)

    def evidence(self, spacing: timedelta, tests: float) -> float:
        """Logarithm of the evidence that each of `tests` e-detectors needs, with a start every `spacing`, for ever.

        The mean number of starts until an e-detector reaches `c` is at least `c` (see `checks.statistics.e_process`),
        so a `c` of the starts in the time that one false alarm of a test may take gives the rate. Several tests share
        the budget; one with a share of its own is one of 1/share tests (weighted Bonferroni).

        >>> half_a_day = timedelta(hours=12)
        >>> round(AlarmBudget(1).evidence(half_a_day, tests=1), 2), round(AlarmBudget(1).evidence(half_a_day, 50), 2)
        (6.59, 10.51)
        """
        return log(YEAR / spacing * max(tests, 1) / self.per_year)


@lru_cache(maxsize=1024)  # the same few levels are asked for at every look
def _tail(per_year: float, windows: tuple[timedelta, ...], tests: float) -> float:
    lengths_a_year = sum(YEAR / window for window in windows)
    target = per_year / (lengths_a_year * tests)

    def excess(u: float) -> float:
        return float(u**2 * special.ndtr(-u)) - target

    tightest, loosest = (-float(special.ndtri(level)) for level in (STRICTEST, LOOSEST))
    if excess(loosest) <= 0:
        return LOOSEST
    if excess(tightest) >= 0:
        return STRICTEST
    return float(special.ndtr(-bisect(lambda u: excess(u) > 0, loosest, tightest)[0]))
