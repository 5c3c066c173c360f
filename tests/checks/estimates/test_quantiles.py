"""Quantiles from log-spaced bins, and slow hours told from slow bots."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.counts.cells import LATENCY_BASE, LatencyCell
from checks.estimates.quantiles import Histogram, Spread, ratio


def binned(latencies: "np.typing.ArrayLike") -> list[LatencyCell]:
    """Latencies in ms, as the log's query counts them."""
    bins = np.floor(np.log(np.asarray(latencies, dtype=float)) / np.log(LATENCY_BASE)).astype(int)
    return [LatencyCell(int(bin_), int(n)) for bin_, n in zip(*np.unique(bins, return_counts=True), strict=True)]


def histogram(latencies: "np.typing.ArrayLike") -> Histogram:
    return Histogram.of(binned(latencies))


@given(st.lists(st.floats(0.5, 1e6), min_size=1, max_size=200), st.floats(0, 1))
def test_a_quantile_is_within_1_percent_of_the_exact_one(latencies: list[float], q: float) -> None:
    assert histogram(latencies).quantile(q) == pytest.approx(float(np.quantile(latencies, q)), rel=0.0101)


@given(st.lists(st.floats(0.5, 1e6), min_size=1, max_size=200), st.floats(1, 1e6))
def test_the_share_over_a_limit_is_right_but_for_the_limits_own_bin(latencies: list[float], ms: float) -> None:
    share = histogram(latencies).share_over(ms)
    low = np.mean([latency > ms * LATENCY_BASE for latency in latencies])
    high = np.mean([latency > ms / LATENCY_BASE for latency in latencies])
    assert low - 1e-9 <= share <= high + 1e-9


def test_an_empty_histogram_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="empty"):
        Histogram.of([]).quantile(0.5)


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_the_interval_of_a_quantile_covers_the_truth(q: float) -> None:
    rng = np.random.default_rng(7)
    truth = float(np.exp(6 + 0.4 * _normal_quantile(q)))
    covered = 0
    for _ in range(600):
        seen = histogram(rng.lognormal(6, 0.4, 600))
        low, high = seen.interval(q, seen.n)
        covered += low <= truth <= high
    assert 0.93 <= covered / 600 <= 0.985


@pytest.mark.parametrize("times", [1.0, 1.3])
def test_the_interval_of_a_ratio_of_two_quantiles_covers_the_truth(times: float) -> None:
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(600):
        now, then = histogram(times * rng.lognormal(6, 0.4, 300)), histogram(rng.lognormal(6, 0.4, 1200))
        low, high = ratio(now, then, 0.95, now.n)
        covered += low <= times <= high
    assert 0.93 <= covered / 600 <= 0.985


SOME = st.lists(st.floats(0.5, 1e6), min_size=1, max_size=50)


@given(SOME, SOME, st.floats(0.05, 0.95))
def test_a_ratio_turned_round_is_its_inverse_and_holds_its_value(
    one: list[float], other: list[float], q: float
) -> None:
    a, b = histogram(one), histogram(other)
    low, high = ratio(a, b, q, a.n)
    back_low, back_high = ratio(b, a, q, b.n)
    assert low <= a.quantile(q) / b.quantile(q) * (1 + 1e-9)
    assert a.quantile(q) / b.quantile(q) <= high * (1 + 1e-9)
    assert (low, high) == pytest.approx((1 / back_high, 1 / back_low))


def test_buckets_side_by_side_are_the_histograms_of_each() -> None:
    rng = np.random.default_rng(7)
    buckets = [binned(rng.lognormal(6, 0.4, n)) for n in (25, 0, 60)]
    spread = Spread.of(buckets)
    for row, cells in zip(spread.counts, buckets, strict=True):
        alone = Histogram.of(cells)
        assert spread.bins[row > 0].tolist() == alone.bins.tolist()
        assert row[row > 0].tolist() == alone.counts.tolist()


def test_one_slow_hour_is_not_a_slow_bot() -> None:
    rng = np.random.default_rng(8)
    normal = [binned(rng.lognormal(6, 0.4, 25)) for _ in range(20)]
    slow_hour = binned(rng.lognormal(8, 0.4, 60))
    limit = float(np.exp(6 + 0.4 * _normal_quantile(0.95))) * 1.1
    share = Spread.of([*normal, slow_hour]).slower_than(limit)
    assert share.value > 0.08  # far more than 5% of the answers were slower
    assert share.lower(1e-4) < 0.05  # all in one hour


def test_a_bot_that_is_slow_in_every_hour_is_slow() -> None:
    rng = np.random.default_rng(9)
    limit = float(np.exp(6 + 0.4 * _normal_quantile(0.95))) * 1.1
    share = Spread.of([binned(rng.lognormal(6.5, 0.4, 25)) for _ in range(20)]).slower_than(limit)
    assert share.lower(1e-6) > 0.05


def _normal_quantile(q: float) -> float:
    return {0.5: 0.0, 0.95: 1.6449, 0.99: 2.3263}[q]
