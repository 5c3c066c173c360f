"""The traffic check."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from alerts.messages.wording import worded
from checks.counts.windows import BucketTotal, Window, Windows
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.traffic import Traffic
from checks.statistics.alarm_budget import AlarmBudget

NOW = datetime(2026, 4, 1, 15, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHECK = Traffic(timedelta(hours=6), min_ratio=0.25, max_ratio=4, budget=AlarmBudget(0.05))


def judge(last_hours: float, *, weeks: int = 5, an_hour: float = 40, seed: int = 1, now: datetime = NOW) -> Finding:
    """Weeks of daily rhythm with quiet weekends; then the last six whole hours at `last_hours` times the usual."""
    rng = np.random.default_rng(seed)
    end = now.replace(minute=0)
    buckets = []
    for age in range(weeks * 7 * 24, 0, -1):
        start = end - age * HOUR
        rate = an_hour * (1 + 0.8 * np.sin(2 * np.pi * (start.hour - 9) / 24)) * (0.3 if start.weekday() > 4 else 1)
        if n := int(rng.poisson(rate * (last_hours if age <= 6 else 1))):
            buckets.append(BucketTotal(start, n, 0))
    empty = Window(now, now)
    (finding,) = map(worded, CHECK.run(Measured(Windows(now, HOUR, empty, (), empty, buckets=tuple(buckets)))))
    return finding


def test_usual_traffic_is_ok() -> None:
    assert judge(1.0).verdict is Verdict.OK


def test_six_silent_hours_are_critical() -> None:
    finding = judge(0.0)
    assert (finding.verdict, finding.cause, finding.n) == (Verdict.CRITICAL, Cause.SILENT, 0)
    assert "no predictions at all" in finding.message


def test_a_tenth_of_the_usual_is_a_collapse() -> None:
    assert (judge(0.1).verdict, judge(0.1).cause) == (Verdict.WARNING, Cause.BELOW_REFERENCE)


def test_ten_times_the_usual_is_a_surge() -> None:
    assert (judge(10.0).verdict, judge(10.0).cause) == (Verdict.WARNING, Cause.ABOVE_REFERENCE)


def test_a_quiet_weekend_is_as_quiet_as_other_weekends() -> None:
    sunday = datetime(2026, 3, 29, 6, 30, tzinfo=UTC)
    assert judge(1.0, now=sunday).verdict is Verdict.OK


def test_a_bot_with_three_predictions_an_hour_may_have_a_silent_hour() -> None:
    assert judge(0.0, an_hour=0.5).verdict is Verdict.NOT_ENOUGH_DATA


def test_a_young_log_is_compared_with_earlier_days_and_a_newborn_one_not_at_all() -> None:
    assert judge(0.0, weeks=1).verdict is Verdict.CRITICAL
    empty = Window(NOW, NOW)
    windows = Windows(NOW, HOUR, empty, (), empty)
    assert CHECK.run(Measured(windows))[0].verdict is Verdict.NOT_ENOUGH_DATA
    young = replace(windows, buckets=(BucketTotal(NOW.replace(minute=0) - HOUR, 50, 0),))
    assert CHECK.run(Measured(young))[0].verdict is Verdict.NOT_ENOUGH_DATA


@pytest.mark.parametrize("weeks", [2, 5])
def test_ordinary_weeks_raise_no_alarm(weeks: int) -> None:
    looks = [judge(1.0, weeks=weeks, seed=seed, now=NOW + seed * HOUR) for seed in range(48)]
    assert not [finding for finding in looks if finding.verdict.is_alarm]
