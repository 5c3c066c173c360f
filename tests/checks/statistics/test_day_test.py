"""The test that compares days with days: its tail, its rate of false alarms, and what it needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from checks.statistics.day_test import DayContrast, Days, Floats, compare_days

WEEK = np.arange(35) % 7
CURRENT = np.arange(35) < 7


def days(means: Floats, rows: float = 50.0) -> Days:
    """The newest seven of five weeks are now."""
    return Days(means, np.full(len(means), rows), WEEK[: len(means)], CURRENT[: len(means)])


@pytest.mark.parametrize("q", [2.0, 10.0, 30.0, 80.0])
def test_with_one_feature_it_is_the_t_test(q: float) -> None:
    assert DayContrast(q, (1.0,), 21, 0.1).p_value == pytest.approx(stats.f.sf(q, 1, 21), rel=0.15)


@pytest.mark.parametrize("q", [1.5, 2.5, 4.0])
def test_with_equal_weights_it_is_the_f_test(q: float) -> None:
    assert DayContrast(q, (0.1,) * 10, 21, 0.1).p_value == pytest.approx(stats.f.sf(q, 10, 210), rel=0.02)


def test_with_unequal_weights_it_is_what_simulation_says() -> None:
    weights, random = np.array([0.5, 0.2, 0.1, 0.1, 0.05, 0.05]), np.random.default_rng(1)
    ratio = (random.chisquare(1, (200_000, 6)) @ weights) / (random.chisquare(21, (200_000, 6)) @ weights / 21)
    for q in (3.0, 6.0):
        assert DayContrast(q, tuple(weights), 21, 0.1).p_value == pytest.approx((ratio > q).mean(), rel=0.15)


@given(st.floats(1e-9, 0.09), st.integers(6, 40), st.floats(0.2, 1.0))
def test_the_critical_value_has_the_level_as_its_p_value(level: float, freedom: int, first: float) -> None:
    contrast = DayContrast(1.0, (first, 1 - first), freedom, 0.1)
    critical = contrast.critical(level)
    assert DayContrast(critical, contrast.spectrum, freedom, 0.1).p_value == pytest.approx(level, rel=0.02)


def test_days_that_differ_among_themselves_do_not_alarm_more_often_than_the_level_says() -> None:
    random = np.random.default_rng(2)
    alarms, runs = 0, 4_000
    for _ in range(runs):
        means = random.normal(size=(35, 4)) @ np.diag([3.0, 1.0, 1.0, 0.5]) + np.array([WEEK % 2, WEEK, WEEK, WEEK]).T
        found = compare_days(days(means))
        alarms += found is not None and found.contrast.p_value < 0.01
    assert alarms / runs < 0.014  # 0.01, and three standard errors


def test_a_change_of_some_days_of_the_window_does_not_hide_itself_in_the_noise() -> None:
    means = np.random.default_rng(3).normal(size=(35, 1))
    means[:3] += 8
    found = compare_days(days(means))
    assert found is not None
    assert found.contrast.p_value < 1e-4


def test_what_was_never_seen_may_have_been_there_unseen() -> None:
    means = np.zeros((35, 1))
    means[:7] = 0.0005  # of rows, in a reference of 1,400
    found = compare_days(days(means))
    assert found is not None
    assert found.contrast.p_value > 0.01


def test_many_rows_of_one_day_do_not_tell_more_of_it_than_a_day_of_the_reference() -> None:
    means = np.random.default_rng(4).normal(size=(35, 1))
    few, many = days(means), Days(means, np.where(CURRENT, 5_000.0, 50.0), WEEK, CURRENT)
    one, other = compare_days(few), compare_days(many)
    assert one is not None
    assert other is not None
    assert one.contrast.statistic == pytest.approx(other.contrast.statistic)


@pytest.mark.parametrize("length", [7, 14, 19])
def test_a_reference_without_two_days_of_enough_weekdays_is_too_short(length: int) -> None:
    assert compare_days(days(np.zeros((length, 1)))) is None


def test_weekdays_that_the_reference_does_not_have_are_left_out() -> None:
    means = np.zeros((35, 1))
    means[0] = 100.0  # a Sunday, say
    known = CURRENT | (WEEK > 0)
    found = compare_days(days(means).only(known))
    assert found is not None
    assert found.contrast.statistic == 0
