"""The rate of false alarms under endless looking, measured."""

from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from checks.statistics.alarm_budget import LOOSEST, STRICTEST, AlarmBudget
from checks.statistics.intervals import Proportion

HOUR = timedelta(hours=1)
SCALES = (168, 84, 42, 21)  # hours; a week and its halves
YEARS = 100
BASE = 10_000  # more labels than a window ever has


def false_alarms_a_year(labels_an_hour: float, recall: float, floor: float, budget: float, seed: int) -> float:
    """Hourly looks at the recall of one class on all scales; alarms less than a day apart are one incident."""
    tail = AlarmBudget(budget).tail([hours * HOUR for hours in SCALES], tests=1)
    rng = np.random.default_rng(seed)
    labels = rng.poisson(labels_an_hour, 8760 * YEARS)
    hits = np.r_[0, np.cumsum(rng.binomial(labels, recall))]
    labels = np.r_[0, np.cumsum(labels)]

    @cache
    def alarms(x: int, n: int) -> bool:
        return n > 0 and Proportion(x / n, n, n).chance_at_least(floor) < tail

    alarming = set()
    for hours in SCALES:
        x, n = hits[hours:] - hits[:-hours], labels[hours:] - labels[:-hours]
        pairs, where = np.unique(x * BASE + n, return_inverse=True)
        bad = np.array([alarms(*divmod(int(pair), BASE)) for pair in pairs])
        alarming |= set((np.flatnonzero(bad[where]) + hours).tolist())
    times = np.sort(np.array(list(alarming), dtype=int))
    return float((1 + (np.diff(times) > 24).sum()) / YEARS) if times.size else 0.0


@pytest.mark.parametrize("labels_an_hour", [0.1, 0.45, 2.0])
@pytest.mark.parametrize("budget", [0.3, 1, 10])
def test_even_a_bot_right_on_its_floor_alarms_no_more_often_than_the_budget(
    labels_an_hour: float, budget: float
) -> None:
    rate = false_alarms_a_year(labels_an_hour, recall=0.8, floor=0.8, budget=budget, seed=1)
    chance = 3 * np.sqrt(budget / YEARS)  # three standard errors of the simulation itself
    assert rate <= budget + chance


def test_a_bot_just_above_its_floor_hardly_ever_alarms() -> None:
    assert false_alarms_a_year(0.45, recall=0.85, floor=0.8, budget=1, seed=2) < 0.25


def test_a_fixed_95_percent_limit_would_alarm_many_times_a_year() -> None:
    """What the level is for: the same looks against the usual 2.5% tail."""
    loose = AlarmBudget(1e9).tail([168 * HOUR], tests=1)
    assert loose == LOOSEST
    assert false_alarms_a_year(0.45, recall=0.8, floor=0.8, budget=1e9, seed=3) > 10


def test_more_tests_and_shorter_windows_ask_for_more_evidence() -> None:
    budget = AlarmBudget(1)
    week, day = timedelta(days=7), timedelta(days=1)
    assert budget.tail([week, day], 1) < budget.tail([week], 1)
    assert budget.tail([week], 100) < budget.tail([week], 1)
    assert budget.part(0.1).tail([week], 1) < budget.tail([week], 1)
    assert AlarmBudget(1e-12).tail([week], 1000) == STRICTEST


def test_a_part_of_the_budget_is_one_of_so_many_tests() -> None:
    budget, week = AlarmBudget(1), [timedelta(days=7)]
    assert budget.tail(week, tests=4) == pytest.approx(budget.part(0.25).tail(week, tests=1))


def test_what_cannot_be_followed_leaves_the_whole_budget_to_the_windows() -> None:
    budget, week, day = AlarmBudget(1), [timedelta(days=7)], timedelta(days=1)
    tail, needs = budget.split(week, day, tests=1, followed=False)
    assert (tail, needs) == (budget.tail(week, tests=1), float("inf"))
    assert tail > budget.split(week, day, tests=1)[0]
