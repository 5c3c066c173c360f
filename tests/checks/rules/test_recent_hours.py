"""Latency of the last hours."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from alerts.messages.wording import worded
from checks.counts.cells import LatencyCell
from checks.counts.windows import BucketLatency, Window, Windows
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Finding, Verdict
from checks.rules.latency import Latency
from checks.rules.recent_hours import LENGTHS, short_spells
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import latency_bin

NOW = datetime(2026, 4, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK, MONTH = 168, 840  # hours
ANSWERS = 30  # an hour


def log(slow: Callable[[int], float], seed: int = 1) -> list[tuple[LatencyCell, ...]]:
    """A month of hours; `slow` says by what factor an hour, counted back from now, is slower."""
    rng = np.random.default_rng(seed)
    hours = []
    for back in range(MONTH, 0, -1):
        ms = 900 * slow(back) * np.exp(0.05 * rng.standard_normal() + 0.35 * rng.standard_normal(ANSWERS))
        hours.append(tuple(LatencyCell(at, n) for at, n in sorted(Counter(map(latency_bin, ms)).items())))
    return hours


def measured(hours: Sequence[tuple[LatencyCell, ...]]) -> Measured:
    def window(first: int, last: int) -> Window:
        cells = tuple(cell for hour in hours[len(hours) - first : len(hours) - last] for cell in hour)
        return Window(NOW - first * HOUR, NOW - last * HOUR, (), cells)

    buckets = tuple(BucketLatency(NOW - back * HOUR, hours[-back]) for back in range(WEEK, 0, -1))
    return Measured(
        Windows(
            NOW, HOUR, window(WEEK, 0), (window(84, 0), window(42, 0)), window(MONTH, WEEK), latency_buckets=buckets
        )
    )


def p95(slow: Callable[[int], float], seed: int = 1) -> Finding:
    check = Latency((), 1.3, AlarmBudget(0.14))
    return next(finding for finding in map(worded, check.run(measured(log(slow, seed)))) if finding.subject == "p95")


@pytest.mark.parametrize("hours", [2, 4, 10])
def test_answers_twice_as_slow_are_seen_in_two_hours(hours: int) -> None:
    finding = p95(lambda back: 2.0 if back <= hours else 1.0)
    assert finding.verdict is Verdict.WARNING
    assert finding.window_end - finding.window_start <= max(LENGTHS)


def test_one_slow_hour_that_is_over_is_no_regression() -> None:
    assert p95(lambda back: 2.0 if back == 3 else 1.0).verdict is Verdict.OK


def test_two_slow_hours_such_as_come_every_day_are_no_regression() -> None:
    assert p95(lambda back: 2.0 if back % 24 in (1, 2) else 1.0).verdict is Verdict.OK


@pytest.mark.parametrize("seed", range(5))
def test_a_restless_bot_does_not_alarm(seed: int) -> None:
    swings = np.exp(0.15 * np.random.default_rng(seed).standard_normal(MONTH // 4 + 1))  # four hours long
    assert p95(lambda back: float(swings[back // 4]), seed).verdict is Verdict.OK


def test_a_spell_is_worth_less_where_spells_differ() -> None:
    calm = short_spells(measured(log(lambda _: 1.0)))
    restless = short_spells(measured(log(lambda back: 1.3 if back // 6 % 2 else 1.0)))
    for one, other in list(zip(calm, restless, strict=True))[1:]:  # the longest has a slow and a fast half each time
        assert other.slower_than(1000).effective_n < one.slower_than(1000).effective_n / 2


def test_a_log_of_a_day_has_no_spells_to_compare() -> None:
    hours = log(lambda _: 1.0)
    windows = measured(hours).windows
    young = Windows(NOW, HOUR, windows.current, (), windows.reference, latency_buckets=windows.latency_buckets[-15:])
    assert short_spells(Measured(young)) == ()
