"""The delay of labels, from a log that ends today."""

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from checks.counts.cells import DELAY_BASE, DelayCell
from checks.label_delay.delays import MIN_DELAYS, DelayCurve, Delays, SeenDelays

HOUR = timedelta(hours=1)
OLD = 170  # bin: 128 days


def bins(hours: NDArray[np.float64]) -> NDArray[np.intp]:
    """Bin times as the log's query does."""
    return np.asarray(np.floor(np.log(np.maximum(hours * 3600, 1)) / np.log(DELAY_BASE)), dtype=np.intp)


def learn(cells: Iterable[DelayCell]) -> Delays:
    return Delays.of(SeenDelays.of(cells), HOUR)


def seen_today(
    rng: np.random.Generator, median: float, days: int, n: int, name: str = "other"
) -> tuple[list[DelayCell], NDArray[np.float64]]:
    """Cells of `n` predictions of the last `days` days, in buckets of an hour; and the delays in hours so far."""
    age, delay = rng.uniform(0, days * 24, n), rng.lognormal(np.log(median), 0.8, n)
    come = delay <= age
    pairs = np.c_[bins(delay[come]), bins(np.ceil(age[come]))]
    unique, counts = np.unique(pairs, axis=0, return_counts=True)
    cells = [DelayCell(int(bin_), int(k), name, int(at)) for (bin_, at), k in zip(unique, counts, strict=True)]
    return cells, delay[come]


def test_the_curve_of_all_labels_is_the_same_without_those_of_each_class() -> None:
    rng = np.random.default_rng(6)
    seen = SeenDelays.of(cell for name in ("a", "b") for cell in seen_today(rng, 18, 30, 500, name)[0])
    alone, pooled = Delays.of_all(seen, HOUR), Delays.of(seen, HOUR).pooled
    assert (alone.n, alone.edges.tolist(), alone.share.tolist()) == (
        pooled.n,
        pooled.edges.tolist(),
        pooled.share.tolist(),
    )


def test_old_predictions_show_their_delays_as_they_are() -> None:
    delays = np.random.default_rng(1).lognormal(np.log(18), 0.8, 5000)
    known = learn([DelayCell(int(b), 1, "other", OLD) for b in bins(delays)]).pooled
    for hours in (3, 18, 60):
        assert known.arrived(hours * HOUR) == pytest.approx(np.mean(delays <= hours), abs=0.02)
    assert known.quantile(0.5) / HOUR == pytest.approx(18, rel=0.1)
    assert known.n == 5000


@pytest.mark.parametrize("seed", range(5))
def test_a_log_that_ends_today_does_not_make_labels_look_quick(seed: int) -> None:
    """Half of the labels take 36 h, the log is five days old: those that came so far took 28 h."""
    cells, so_far = seen_today(np.random.default_rng(seed), 36, days=5, n=6000)
    truth = np.random.default_rng(99).lognormal(np.log(36), 0.8, 200_000)
    known = learn(cells).pooled
    median = np.median(truth[truth <= known.horizon / HOUR])
    assert np.median(so_far) < 0.85 * median
    assert known.quantile(0.5) / HOUR == pytest.approx(median, rel=0.08)


def test_classes_have_delays_of_their_own() -> None:
    rng = np.random.default_rng(3)
    quick, slow = seen_today(rng, 2, 20, 600, "urgent")[0], seen_today(rng, 36, 20, 6000)[0]
    known = learn([*quick, *slow])
    assert known.of_class("urgent").quantile(0.5) / HOUR == pytest.approx(2, rel=0.2)
    assert known.of_class("other").quantile(0.5) / HOUR == pytest.approx(36, rel=0.1)


def test_a_class_with_few_labels_has_nearly_the_delays_of_all() -> None:
    cells, _ = seen_today(np.random.default_rng(4), 18, 20, 3000)
    known = learn([*cells, DelayCell(0, 1, "urgent", OLD)])
    assert known.of_class("urgent").n == 1
    assert known.of_class("urgent").arrived(18 * HOUR) == pytest.approx(0.5, abs=0.1)
    assert known.of_class("never labelled") is known.pooled


def test_with_too_few_labels_no_delay_is_known() -> None:
    known = learn([DelayCell(10, MIN_DELAYS - 1, "other", OLD)]).pooled
    assert (known.n, known.arrived(HOUR), known.horizon) == (0, 1, timedelta(0))
    with pytest.raises(ValueError, match="no label"):
        known.quantile(0.5)


def test_cells_without_ages_are_taken_for_complete() -> None:
    known = learn([DelayCell(100, 50), DelayCell(120, 50)]).pooled
    assert known.arrived(timedelta(seconds=DELAY_BASE**110)) == 0.5


def test_a_curve_is_worth_as_many_labels_as_it_is_learned_from_where_all_are_old() -> None:
    """Greenwood's variance is the binomial one when nothing is cut off."""
    known = learn([DelayCell(b, 100, "other", OLD) for b in range(90, 110)]).pooled
    share = known.estimate(timedelta(seconds=DELAY_BASE**100))
    assert share.value == pytest.approx(0.5)
    assert share.effective_n == pytest.approx(2000)


CELLS = st.lists(
    st.builds(DelayCell, st.integers(0, 150), st.integers(0, 60), st.sampled_from("abc"), st.integers(0, 170)),
    max_size=30,
)


@given(CELLS)
def test_every_curve_rises_from_0_to_1(cells: list[DelayCell]) -> None:
    known = learn(cells)
    for curve in (known.pooled, *known.by_class.values()):
        if curve.n:
            assert np.all(np.diff(curve.share) >= -1e-12)
            assert (curve.share[0], curve.share[-1]) == (0, 1)
            assert curve.quantile(1.0) <= curve.horizon


@given(CELLS, st.integers(1, 12))
def test_cells_may_be_split_and_shuffled(cells: list[DelayCell], seed: int) -> None:
    halves = [DelayCell(c.bin, n, c.predicted, c.age) for c in cells for n in (c.n // 2, c.n - c.n // 2)]
    np.random.default_rng(seed).shuffle(halves)
    assert _same(learn(cells).pooled, learn(halves).pooled)


@given(CELLS, st.floats(0.01, 3000))
def test_a_curve_within_a_shorter_time_keeps_its_proportions(cells: list[DelayCell], hours: float) -> None:
    known = learn(cells).pooled
    cut = known.within(hours * HOUR)
    if cut.n:
        assert cut.arrived(hours / 2 * HOUR) * known.arrived(hours * HOUR) == pytest.approx(
            known.arrived(hours / 2 * HOUR), abs=1e-9
        )


def _same(one: DelayCurve, other: DelayCurve) -> bool:
    return one.n == other.n and np.allclose(one.edges, other.edges) and np.allclose(one.share, other.share)
