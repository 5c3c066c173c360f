"""Labels chosen by a known chance beside labels that came by themselves: no bias, and more labels never tell less."""

import numpy as np
import pytest

from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.stratified import Stratified
from checks.statistics.two_samples import combine

SIZES, RATES = {"urgent": 200, "other": 4000}, {"urgent": 0.9, "other": 0.01}  # truly urgent, by predicted class
RECALL = 180 / 220
CAME, CHOSEN = {"urgent": 0.8, "other": 0.2}, {"urgent": 0.2, "other": 0.1}  # chances of a label


def window(rng: np.random.Generator, *, with_queue: bool) -> Confusion:
    """Urgent predictions are labelled four times as often by themselves; the queue picks with chances of its own."""
    cells = []
    for predicted, size in SIZES.items():
        urgent = rng.binomial(size, RATES[predicted])
        for label, n in (("urgent", urgent), ("other", size - urgent)):
            came = rng.binomial(n, CAME[predicted])
            chosen = rng.binomial(n - came, CHOSEN[predicted]) if with_queue else 0
            weight = 1 / CHOSEN[predicted]
            sums = came + chosen * weight, came + chosen * weight**2
            cells.append(OutcomeCell(predicted, label, came + chosen, *sums, designed=chosen))
            cells.append(OutcomeCell(predicted, None, int(n) - came - chosen, 0, 0))
    return Confusion.of(cells)


def test_mixed_labels_are_unbiased_their_interval_covers_and_is_narrower_than_without_the_queue() -> None:
    rng = np.random.default_rng(11)
    mixed, alone = (
        [Stratified.of(window(rng, with_queue=queue)).recall("urgent") for _ in range(600)] for queue in (True, False)
    )
    bounds = np.array([recall.interval() for recall in mixed if recall])
    assert np.mean([recall.value for recall in mixed if recall]) == pytest.approx(RECALL, abs=0.015)
    assert 0.92 < np.mean((bounds[:, 0] <= RECALL) & (bounds[:, 1] >= RECALL)) < 0.995
    widths = [np.mean([np.diff(recall.interval()) for recall in some if recall]) for some in (mixed, alone)]
    assert widths[0] < 0.9 * widths[1]


def test_equal_probabilities_come_to_count_1_beside_labels_that_came_by_themselves() -> None:
    counts, designed = np.array([[30.0, 70.0]]), np.array([[10.0, 10.0]])
    weights, squared = combine(counts, counts + 19 * designed, counts + 399 * designed, designed)
    assert weights == pytest.approx(counts)
    assert squared == pytest.approx(counts)


def test_unequal_probabilities_count_by_their_effective_number() -> None:
    counts, designed = np.array([[20.0, 20.0]]), np.array([[20.0, 0.0]])
    known, known_squared = 10 * 1 + 10 * 4, 10 * 1 + 10 * 16
    weights, squared = combine(counts, np.array([[known, 20.0]]), np.array([[known_squared, 20.0]]), designed)
    assert weights.sum() == squared.sum() == pytest.approx(known**2 / known_squared + 20)


def test_labels_of_one_kind_stay_as_they_are() -> None:
    counts = np.array([[5.0, 7.0]])
    for designed, each in ((0 * counts, 1.0), (counts, 4.0)):
        weights, squared = combine(counts, each * counts, each**2 * counts, designed)
        assert weights == pytest.approx(each * counts)
        assert squared == pytest.approx(each**2 * counts)
