"""Intervals: their laws, and the coverage that they claim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.statistics.intervals import Proportion, difference

shares = st.floats(0, 1)
sizes = st.floats(0.5, 1e6)


@given(shares, sizes)
def test_an_interval_holds_its_value_and_stays_within_0_and_1(value: float, n: float) -> None:
    low, high = Proportion(value, n, int(n)).interval()
    assert 0 <= low <= value + 1e-9
    assert value - 1e-9 <= high <= 1


@given(shares, sizes, st.floats(0.5, 0.99), st.floats(0.001, 0.009))
def test_a_more_confident_interval_holds_a_less_confident_one(
    value: float, n: float, confidence: float, more: float
) -> None:
    inner = Proportion(value, n, int(n)).interval(confidence)
    outer = Proportion(value, n, int(n)).interval(confidence + more)
    assert outer[0] <= inner[0] + 1e-12
    assert inner[1] <= outer[1] + 1e-12


@given(shares, st.floats(2, 1e5), st.floats(0.01, 0.99), st.floats(1e-9, 0.4))
def test_a_floor_is_incredible_exactly_when_the_upper_bound_is_under_it(
    value: float, n: float, floor: float, tail: float
) -> None:
    share = Proportion(value, n, int(n))
    upper = share.upper(tail)
    if abs(upper - floor) > 1e-9:
        assert (share.chance_at_least(floor) < tail) == (upper < floor)


@given(shares, shares, sizes, sizes)
def test_a_difference_turned_round_changes_sign(one: float, other: float, n: float, m: float) -> None:
    a, b = Proportion(one, n, int(n)), Proportion(other, m, int(m))
    low, high = difference(a, b, 0.025)
    back_low, back_high = difference(b, a, 0.025)
    assert low == pytest.approx(-back_high)
    assert high == pytest.approx(-back_low)


@pytest.mark.parametrize("truth", [0.02, 0.12, 0.5, 0.92, 0.99])
@pytest.mark.parametrize("n", [10, 30, 100, 1000])
def test_the_95_percent_interval_of_a_plain_share_covers_the_truth(truth: float, n: int) -> None:
    """With the number of labels as random as it is in life; at single (n, truth) pairs coverage dips to 0.88."""
    rng = np.random.default_rng(n)
    sizes = np.maximum(rng.poisson(n, 3000), 1)
    pairs = zip(rng.binomial(sizes, truth), sizes, strict=True)
    covered = np.mean([_covers(Proportion(x / size, size, size), truth) for x, size in pairs])
    assert 0.925 <= covered <= 0.985


@pytest.mark.parametrize(("one", "other"), [(0.9, 0.9), (0.15, 0.92), (0.6, 0.7), (0.99, 0.98)])
def test_the_95_percent_interval_of_a_difference_covers_the_truth(one: float, other: float) -> None:
    rng = np.random.default_rng(3)
    pairs = zip(rng.binomial(40, one, 2000), rng.binomial(300, other, 2000), strict=True)
    bounds = [difference(Proportion(x / 40, 40, 40), Proportion(y / 300, 300, 300), 0.025) for x, y in pairs]
    covered = np.mean([low <= one - other <= high for low, high in bounds])
    assert 0.93 <= covered <= 0.985


def test_with_no_misses_at_all_the_upper_bound_is_1_and_the_lower_bound_is_honest() -> None:
    low, high = Proportion(1.0, 20, 20).interval()
    assert high == 1.0
    assert 0.85 < low < 0.90  # the rule of three says 1 - 3/20


def _covers(share: Proportion, truth: float) -> bool:
    low, high = share.interval()
    return low <= truth <= high


def test_an_alarm_rests_on_no_more_rows_than_there_are() -> None:
    assert Proportion(0.14, 14.1, 3).counted == Proportion(0.14, 3.0, 3)
    assert Proportion(0.14, 2.0, 3).counted == Proportion(0.14, 2.0, 3)
    graded = Proportion(0.14, 14.1, 3, informed=True)  # by graded scores
    assert graded.counted == graded
