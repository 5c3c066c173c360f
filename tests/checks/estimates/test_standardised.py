"""The interval of accuracy at a fixed mix covers the truth, also where classes have few labels or labels are biased."""

import numpy as np
import pytest
from numpy.typing import NDArray

from checks.advice.comparing.metrics import Accuracy
from checks.advice.comparing.parts import Part
from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.decomposition import decompose
from checks.estimates.stratified import Stratified

Floats = NDArray[np.float64]


def drawn(
    rng: np.random.Generator, n: int, mix: Floats, confusion: Floats, labelled: Floats
) -> tuple[OutcomeCell, ...]:
    """Cells of n messages: true classes by `mix`, answers by `confusion`, labels by predicted class."""
    classes = len(mix)
    truth = rng.choice(classes, n, p=mix)
    predicted = (rng.random(n)[:, None] >= np.cumsum(confusion, axis=1)[truth][:, :-1]).sum(axis=1)
    is_labelled = rng.random(n) < labelled[predicted]
    found = []
    for one in range(classes):
        for other in range(classes):
            cell = int(((predicted == one) & (truth == other) & is_labelled).sum())
            found += [OutcomeCell(str(one), str(other), cell, float(cell), float(cell))] if cell else []
        rest = int(((predicted == one) & ~is_labelled).sum())
        found += [OutcomeCell(str(one), None, rest, 0.0, 0.0)] if rest else []
    return tuple(found)


def confused(classes: int, recall: float) -> Floats:
    """A confusion of classes that are recognised alike, but for the first one, which is missed by half."""
    rows = np.full((classes, classes), (1 - recall) / (classes - 1))
    np.fill_diagonal(rows, recall)
    rows[0] = 0.5 / (classes - 1)
    rows[0, 0] = 0.5
    return rows


@pytest.mark.parametrize(
    ("classes", "recall", "n", "labelling"),
    [
        (4, 0.85, 100, "fair"),
        (4, 0.85, 400, "fair"),
        (9, 0.97, 400, "fair"),
        (9, 0.97, 2000, "fair"),
        (9, 0.90, 1000, "biased"),
        (20, 0.80, 1200, "fair"),
    ],
)
def test_the_interval_of_accuracy_at_a_mix_covers_the_truth(
    classes: int, recall: float, n: int, labelling: str
) -> None:
    rng = np.random.default_rng(3)
    own, target = rng.dirichlet(np.full(classes, 5.0), size=2)
    rows = confused(classes, recall)
    labelled = np.where(np.arange(classes) % 3 == 0, 0.9, 0.2) if labelling == "biased" else np.full(classes, 0.5)
    metric = Accuracy(tuple((str(k), float(target[k])) for k in range(classes)))
    truth = float(target @ np.diag(rows))
    covered = []
    for _ in range(200):
        share = metric.of(Part(drawn(rng, n, own, rows, labelled)))
        if share is not None:
            low, high = share.interval()
            covered.append(low <= truth <= high)
    assert len(covered) > 180
    assert (
        np.mean(covered) >= 0.915
    )  # 95% less three standard errors of 200 draws, less what 1% of classes unseen costs


def test_the_check_of_accuracy_and_advice_know_it_alike() -> None:
    rng = np.random.default_rng(5)
    mix = np.full(4, 0.25)
    cells, before = (drawn(rng, n, mix, confused(4, 0.9), np.full(4, 0.6)) for n in (600, 3000))
    now, then = (Stratified.of(Confusion.of(some)) for some in (cells, before))
    found = decompose(now, then)
    assert found is not None
    target = tuple((name, then.prevalence(name)) for name in then.confusion.real_classes)
    share = Accuracy(target).of(Part(cells))
    assert share is not None
    assert found.at_reference_mix.now.value == pytest.approx(share.value)
    assert found.at_reference_mix.now.effective_n == pytest.approx(share.effective_n)
