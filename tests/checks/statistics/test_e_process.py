"""Evidence that may be looked at for ever: its laws, its rate of false alarms, and how soon it sees a drop."""

from datetime import timedelta
from itertools import pairwise
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.e_process import SPREAD, AsBefore, AtLeast, below, log_bet, log_sum
from checks.statistics.intervals import Proportion

DAY = timedelta(days=1)
LABELS_A_DAY = 11  # of urgent: 600 messages, 3% of them urgent, 60% labelled
STARTS = 7  # days that a start is followed

shares = st.floats(0.05, 0.95)


def share(hits: float, n: int) -> Proportion:
    return Proportion(hits / n, n, n)


@given(floor=shares, above=st.floats(0, 1))
def test_one_more_answer_never_makes_a_bet_grow_on_average_while_the_floor_is_kept(floor: float, above: float) -> None:
    truth = floor + above * (1 - floor)
    hit = exp(log_bet(share(1, 1), AtLeast(floor), below(floor)))
    miss = exp(log_bet(share(0, 1), AtLeast(floor), below(floor)))
    assert truth * hit + (1 - truth) * miss <= 1 + 1e-9


@settings(max_examples=50)
@given(hits=st.integers(0, 300), misses=st.integers(0, 300), n=st.integers(1, 30))
def test_a_bet_against_the_reference_is_fair_over_what_the_reference_leaves_open(
    hits: int, misses: int, n: int
) -> None:
    """Over the reference's predictions of n answers, the mean of the bet is 1."""
    reference = share(hits, hits + misses) if hits + misses else Proportion(0.0, 0.0, 0)
    null = AsBefore(reference)
    total = 0.0
    for x in range(n + 1):
        ways = exp(sum(np.log([(n - i) / (i + 1) for i in range(x)])))
        total += ways * exp(null.log_likelihood(x, n - x)) * exp(log_bet(share(x, n), null, below(0.9, 0.1)))
    assert total == pytest.approx(1, rel=1e-6)


@settings(max_examples=30)
@given(hits=st.integers(0, 50), misses=st.integers(0, 50), past=st.integers(0, 300), gone=st.integers(0, 300))
def test_older_labels_leave_a_bet_fair_over_what_all_labels_leave_open(
    hits: int, misses: int, past: int, gone: int
) -> None:
    null = AsBefore(share(hits, max(hits + misses, 1)), share(past, max(past + gone, 1)))
    n = 20
    ways = [exp(sum(np.log([(n - i) / (i + 1) for i in range(x)]))) for x in range(n + 1)]
    assert sum(w * exp(null.log_likelihood(x, n - x)) for x, w in enumerate(ways)) == pytest.approx(1, rel=1e-6)


def test_older_labels_that_agree_make_the_reference_as_good_as_longer() -> None:
    reference, whole = share(90, 100), share(900, 1000)
    longer = AsBefore(reference, share(810, 900))
    assert longer.log_likelihood(30, 10) == pytest.approx(AsBefore(whole).log_likelihood(30, 10), abs=0.3)
    assert longer.log_likelihood(30, 10) < AsBefore(reference).log_likelihood(30, 10) - 0.5  # a drop is less likely


def test_older_labels_that_tell_nothing_change_nothing() -> None:
    reference = share(90, 100)
    beside = AsBefore(reference, Proportion(0.5, 0.0, 3))
    assert beside.log_likelihood(30, 10) == pytest.approx(AsBefore(reference).log_likelihood(30, 10))
    assert beside.mean == pytest.approx(AsBefore(reference).mean)


def test_older_labels_of_another_level_are_kept_out() -> None:
    reference = share(280, 400)
    risen = AsBefore(reference, share(760, 800))
    assert risen.log_likelihood(30, 10) == pytest.approx(AsBefore(reference).log_likelihood(30, 10), abs=1e-6)
    assert risen.mean == pytest.approx(0.70, abs=0.001)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=30))
def test_the_detector_is_at_least_its_best_bet(bets: list[float]) -> None:
    assert log_sum(bets, [1.0] * len(bets)) >= max(bets) - 1e-9


def test_without_a_start_there_is_no_evidence() -> None:
    assert log_sum([], []) == -np.inf


@settings(max_examples=20)
@given(floor=shares)
def test_the_more_answers_are_wrong_the_more_a_bet_wins(floor: float) -> None:
    bets = [log_bet(share(hits, 40), AtLeast(floor), below(floor)) for hits in range(41)]
    assert all(fewer >= more for fewer, more in pairwise(bets))


Latest = tuple[np.ndarray, int]
"""Hits as first labelled, and for how many days that is all that is known of a day."""


def days_until(
    needs: float, labels: np.ndarray, hits: np.ndarray, floor: float, latest: Latest | None = None
) -> int | None:
    """Day of the first alarm of a detector that starts anew each day and follows each start for a week."""
    x, n = np.r_[0, np.cumsum(hits)], np.r_[0, np.cumsum(labels)]
    first, unsettled = (hits, 0) if latest is None else latest
    extra = np.r_[0, np.cumsum(first - hits)]
    alternatives = np.array(below(floor))
    sums = np.full(labels.size, -np.inf)
    for age in range(1, STARTS + 1):
        days = min(age, unsettled)
        won, seen = x[age:] - x[:-age] + (extra[age:] - extra[age - days : extra.size - days]), n[age:] - n[:-age]
        gains = won[:, None] * np.log(alternatives / floor) + (seen - won)[:, None] * np.log(
            (1 - alternatives) / (1 - floor)
        )
        sums[age - 1 :] = np.logaddexp(sums[age - 1 :], np.logaddexp.reduce(gains + np.log(SPREAD), axis=1))
    alarms = np.flatnonzero(sums >= needs)
    return int(alarms[0]) + 1 if alarms.size else None


def answers(rng: np.random.Generator, days: int, recall: float) -> tuple[np.ndarray, np.ndarray]:
    labels = rng.poisson(LABELS_A_DAY, days)
    return labels, rng.binomial(labels, recall)


@pytest.mark.parametrize("budget", [0.5, 4.0])
def test_a_bot_right_on_its_floor_alarms_no_more_often_than_the_budget(budget: float) -> None:
    needs = AlarmBudget(budget).evidence(DAY, tests=1)
    rng = np.random.default_rng(4)
    years, bots = 5, 60
    waits = [days_until(needs, *answers(rng, 365 * years, 0.8), floor=0.8) for _ in range(bots)]
    lived = sum(wait or 365 * years for wait in waits) / 365
    assert sum(wait is not None for wait in waits) / lived <= budget


@pytest.mark.parametrize("wrong", [0.02, 0.1])
def test_labels_that_are_corrected_days_later_do_not_raise_the_rate(wrong: float) -> None:
    """A part of the labels is drawn anew from the same odds when corrected, which rewrites the past of all bets."""
    budget, floor = 4.0, 0.8
    needs = AlarmBudget(budget).evidence(DAY, tests=1)
    rng = np.random.default_rng(6)
    years, bots, settled = 3, 40, 3  # days until a label is right
    alarms, lived = 0, 0
    for _ in range(bots):
        labels, right = answers(rng, 365 * years, floor)
        redrawn = rng.binomial(labels, wrong)
        first = right - rng.hypergeometric(right, labels - right, redrawn) + rng.binomial(redrawn, floor)
        waited = days_until(needs, labels, right, floor, latest=(first, settled))
        alarms, lived = alarms + (waited is not None), lived + (waited or 365 * years)
    assert alarms / (lived / 365) <= budget


def test_a_few_answers_of_unequal_weight_count_no_more_than_they_are() -> None:
    """Eleven labels whose weights make them look like thirty."""
    looks_known, as_many = Proportion(0.5, 30.0, 11), Proportion(0.5, 11.0, 11)
    assert log_bet(looks_known, AtLeast(0.9), below(0.9)) == log_bet(as_many, AtLeast(0.9), below(0.9))


def test_a_fall_to_60_percent_is_seen_within_days_at_one_false_alarm_in_ten_years() -> None:
    needs = AlarmBudget(0.1).evidence(DAY, tests=1)
    rng = np.random.default_rng(5)
    waits = [days_until(needs, *answers(rng, 60, 0.6), floor=0.9) or 60 for _ in range(200)]
    assert np.median(waits) <= 4
    assert np.quantile(waits, 0.9) <= 7
