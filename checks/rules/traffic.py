"""Traffic against the same hours of earlier weeks: silence, collapse, surge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from checks.clauses.clause import Clauses, clause
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.statistics import special
from checks.statistics.alarm_budget import AlarmBudget

WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)

MIN_EARLIER = 2
"""Earlier spans of the same hours that are needed to say what is usual."""

MIN_EXPECTED = 10
"""Predictions expected in the span under which its count says little."""


@dataclass(frozen=True, slots=True)
class _Usual:
    """Counts of the same hours earlier: mean, and variance over mean (>= 1)."""

    mean: float
    dispersion: float

    def lower(self, count: int) -> float:
        """Chance of `count` or fewer, where counts are negative binomial with the observed dispersion.

        The distribution functions are those of Johnson, Kemp and Kotz (2005), "Univariate Discrete Distributions",
        sections 4.2 and 5.2, by the incomplete gamma and beta functions; `scipy.stats` would cost half a second.

        >>> round(_Usual(mean=20.0, dispersion=1.0).lower(10), 4), round(_Usual(20.0, 4.0).lower(10), 4)
        (0.0108, 0.1305)
        """
        if self.dispersion <= 1:
            return float(special.pdtr(count, self.mean))
        return float(special.betainc(self._size, count + 1, 1 / self.dispersion))

    def upper(self, count: int) -> float:
        """Chance of `count` or more, with `count` >= 1."""
        if self.dispersion <= 1:
            return float(special.pdtrc(count - 1, self.mean))
        return float(special.betaincc(self._size, count, 1 / self.dispersion))

    @property
    def _size(self) -> float:
        """Of the negative binomial with this mean and dispersion."""
        return self.mean / (self.dispersion - 1)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Predictions of the last `span`, against the same hours of earlier weeks (of days, in a log under three weeks).

    Alarms when nothing came at all, less than `min_ratio` of the usual, or more than `max_ratio` of it, and chance
    does not explain that.
    """

    span: timedelta
    min_ratio: float
    max_ratio: float
    budget: AlarmBudget
    name: str = "traffic"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding, on the last `span` of whole buckets."""
        windows = measured.windows
        end = _floor(windows.now, windows.bucket)
        counts = {bucket.start: bucket.predictions for bucket in windows.buckets}
        usual = _usual(counts, end, self.span, windows.bucket)
        if usual is None or usual.mean < MIN_EXPECTED:
            return [self._finding(Verdict.NOT_ENOUGH_DATA, Cause.TOO_FEW, FindingClause.USUAL_UNKNOWN, end, None, 0)]
        now = _sum(counts, end - self.span, end, windows.bucket)
        tail = self.budget.tail([self.span], 2)
        ratio = now / usual.mean
        if ratio < self.min_ratio and usual.lower(now) < tail:
            cause = Cause.BELOW_REFERENCE if now else Cause.SILENT
            verdict = Verdict.WARNING if now else Verdict.CRITICAL
            return [self._finding(verdict, cause, FindingClause.TRAFFIC_LESS, end, usual, now)]
        if ratio > self.max_ratio and usual.upper(now) < tail:
            return [self._finding(Verdict.WARNING, Cause.ABOVE_REFERENCE, FindingClause.TRAFFIC_MORE, end, usual, now)]
        return [self._finding(Verdict.OK, Cause.WITHIN_LIMITS, FindingClause.TRAFFIC_USUAL, end, usual, now)]

    def _finding(
        self, verdict: Verdict, cause: Cause, how: FindingClause, end: datetime, usual: _Usual | None, now: int
    ) -> Finding[Clauses]:
        said = clause(how)
        if usual is not None:
            came = clause(FindingClause.CAME, n=now) if now else clause(FindingClause.CAME_NONE)
            said = clause(how, came=came, hours=self.span / HOUR, usual=usual.mean)
        return Finding(
            check=self.name,
            subject="predictions",
            verdict=verdict,
            cause=cause,
            message=(said,),
            window_start=end - self.span,
            window_end=end,
            value=now / usual.mean if usual else None,
            threshold=self.max_ratio if cause is Cause.ABOVE_REFERENCE else self.min_ratio,
            reference=1.0 if usual else None,
            n=now,
            clear=verdict is Verdict.OK,
        )


def _usual(counts: dict[datetime, int], end: datetime, span: timedelta, bucket: timedelta) -> _Usual | None:
    first = min(counts, default=end)
    for period in (WEEK, DAY):
        earlier = []
        past = end - period
        while past - span >= first:
            earlier.append(_sum(counts, past - span, past, bucket))
            past -= period
        if len(earlier) >= MIN_EARLIER:
            mean = float(np.mean(earlier))
            spread = float(np.var(earlier, ddof=1)) / mean if mean else 1.0
            return _Usual(mean, max(spread, 1.0))
    return None


def _sum(counts: dict[datetime, int], start: datetime, end: datetime, bucket: timedelta) -> int:
    steps = int((end - start) / bucket)
    return sum(counts.get(start + step * bucket, 0) for step in range(steps))


def _floor(now: datetime, bucket: timedelta) -> datetime:
    return now - timedelta(seconds=now.timestamp() % bucket.total_seconds())
