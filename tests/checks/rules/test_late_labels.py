"""A bot of constant quality whose labels begin to come otherwise: that is told of the labels, never of the bot."""

from functools import cache

import numpy as np
import pytest

from bench.estimates.maturity import CURVES, Seen, default_checks, learn, play
from tests.support.label_policies import no_cards, no_urgent, three_days_later, unsure_first, urgent_first
from tests.support.late_labels import Policy

CHECKS = default_checks()
POINT = 0.01


@cache
def looks(policy: Policy) -> list[Seen]:
    return [look for seed in (1, 2) for look in play(policy, seed, CHECKS, step=56)]


@pytest.mark.parametrize("policy", [urgent_first, unsure_first, three_days_later, no_urgent, no_cards])
def test_other_labels_raise_no_quality_alarm(policy: Policy) -> None:
    """One look in twelve may alarm by chance; where it is the labels that alarm, it is most of them."""
    assert len([look for look in looks(policy) if look.quality]) <= 1


@pytest.mark.parametrize("policy", [urgent_first, unsure_first, three_days_later, no_urgent])
def test_delays_by_class_or_confidence_leave_accuracy_where_it_was(policy: Policy) -> None:
    assert abs(np.mean([look.errors[168, "accuracy"][0] for look in looks(policy)])) < POINT


def test_a_class_without_labels_any_more_is_told() -> None:
    assert [look for look in looks(no_cards) if "coverage" in look.labels]


def test_labels_that_come_three_days_later_are_told() -> None:
    told = [look.hours for look in looks(three_days_later) if "delay" in look.labels]
    assert told
    assert min(told) <= 7 * 24


def test_labels_that_come_as_ever_are_not_told() -> None:
    assert not [look for look in looks(urgent_first) if "coverage" in look.labels]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_delays_of_each_class_are_learned_from_a_log_of_ten_days(seed: int) -> None:
    found = learn(10, seed)
    for name, (median, ever) in CURVES.items():
        assert found[name].median == pytest.approx(median, rel=0.25)
        assert found[name].ever == pytest.approx(ever, abs=0.08)
    assert found["billing"].plain_ever < CURVES["billing"][1] - 0.05
