"""What a stratum may well be like, where its own labels are too few to say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from checks.counts.cells import NO_BAND, OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.shrinkage import likely_shares
from checks.estimates.stratified import Stratified

SURE, UNSURE = 7, 0
CLASSES = ("cards", "loans", "urgent")

cells = st.builds(
    lambda predicted, label, n, band: OutcomeCell(predicted, label, n, float(n), float(n), band=band),
    st.sampled_from(CLASSES),
    st.sampled_from((*CLASSES, None)),
    st.integers(1, 50),
    st.integers(NO_BAND, SURE),
)


def rows(predicted: str, band: int, right: int, wrong: int, waiting: int = 0) -> list[OutcomeCell]:
    other = "cards" if predicted == "loans" else "loans"
    counts = ((predicted, right), (other, wrong), (None, waiting))
    return [OutcomeCell(predicted, label, n, float(n), float(n), band=band) for label, n in counts if n]


def likely(outcomes: list[OutcomeCell]) -> tuple[Stratified, np.ndarray]:
    counts = Stratified.of(Confusion.of(outcomes))
    return counts, likely_shares(counts.confusion, counts.groups, counts.sizes, counts.share, counts.cells)


@given(st.lists(cells, min_size=1, max_size=30))
def test_shares_of_a_stratum_are_shares(outcomes: list[OutcomeCell]) -> None:
    two_classes = [*rows("cards", NO_BAND, 1, 0), *rows("loans", NO_BAND, 1, 0)]
    counts, shares = likely([*two_classes, *outcomes])
    by_stratum = np.bincount(counts.groups, shares.sum(axis=1))
    np.testing.assert_allclose(by_stratum, 1.0)
    assert (shares >= 0).all()


def test_an_unsure_band_with_two_right_answers_leans_on_how_unsure_answers_of_other_classes_do() -> None:
    others_unsure = rows("cards", UNSURE, 30, 30), rows("loans", UNSURE, 30, 30)
    sure = rows("cards", SURE, 95, 5), rows("loans", SURE, 95, 5), rows("urgent", SURE, 95, 5)
    two = rows("urgent", UNSURE, 2, 0, waiting=8)
    _, shares = likely([cell for part in (*others_unsure, *sure, two) for cell in part])
    _, as_sure = likely([cell for part in (*sure, two) for cell in part])
    assert shares[-2, -1] < as_sure[-2, -1] - 0.02  # the row of urgent's unsure band, and its right answers


def test_one_band_is_like_its_class() -> None:
    together = [cell for name in CLASSES for cell in rows(name, NO_BAND, 40, 10)]
    _, shares = likely(together)
    np.testing.assert_allclose(np.diag(shares), 0.8, atol=0.01)
