"""F1 and the gap between recall and precision: by hand, and how often their intervals hold the truth."""

import numpy as np
import pytest

from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.balance import balances, f1_of
from checks.estimates.stratified import Stratified

TRUTH = np.array([0.75, 0.2, 0.05])
ANSWERS = np.array([[0.95, 0.04, 0.01], [0.10, 0.86, 0.04], [0.25, 0.05, 0.70]])
NAMES = ("a", "b", "c")


def of(counts: np.ndarray, known: np.ndarray) -> Stratified:
    """By truth and prediction: predictions, and how many of them have a label."""
    cells = []
    for p, predicted in enumerate(NAMES):
        cells.append(OutcomeCell(predicted, None, int((counts - known)[:, p].sum()), 0.0, 0.0))
        for t, label in enumerate(NAMES):
            if n := int(known[t, p]):
                cells.append(OutcomeCell(predicted, label, n, float(n), float(n)))
    return Stratified.of(Confusion.of(tuple(cells)))


def test_with_all_labels_they_are_what_is_counted() -> None:
    counts = np.array([[90, 10, 0], [5, 40, 0], [10, 0, 10]])
    found = balances(of(counts, counts))["c"]
    assert found.f1.value == pytest.approx(2 * 10 / (20 + 10))
    assert found.gap.value == pytest.approx(0.5 - 1.0)
    assert found.n == 20
    assert found.f1.low < found.f1.value < found.f1.high
    assert -1 <= found.gap.low < found.gap.value < found.gap.high


def test_a_class_that_is_never_predicted_has_neither() -> None:
    counts = np.array([[90, 10, 0], [5, 40, 0], [10, 5, 0]])
    assert balances(of(counts, counts)).keys() == {"a", "b"}
    assert f1_of(0.0, 0.0) == 0.0


@pytest.mark.parametrize("labelled", [(1.0, 1.0, 1.0), (0.1, 0.3, 0.8), (0.04, 0.2, 0.8)])
def test_intervals_hold_the_truth_as_often_as_they_say(labelled: tuple[float, ...]) -> None:
    """400 windows of 4,000 predictions, whose labels depend on what was predicted."""
    rng = np.random.default_rng(3)
    joint = TRUTH[:, None] * ANSWERS
    recall, precision = np.diag(ANSWERS), np.diag(joint) / joint.sum(axis=0)
    f1, gap = 2 * recall * precision / (recall + precision), recall - precision
    held, windows = np.zeros((2, 3)), 400
    for _ in range(windows):
        counts = rng.multinomial(4000, joint.ravel()).reshape(3, 3)
        found = balances(of(counts, rng.binomial(counts, labelled)))
        for k, name in enumerate(NAMES):
            held[0, k] += found[name].f1.low <= f1[k] <= found[name].f1.high
            held[1, k] += found[name].gap.low <= gap[k] <= found[name].gap.high
    assert (held / windows > 0.92).all(), held / windows
