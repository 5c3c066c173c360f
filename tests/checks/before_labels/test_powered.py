"""Estimates before the labels: laws, and what they rest on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.before_labels.learned import Learned
from checks.before_labels.powered import Powered
from checks.before_labels.strata import Strata
from checks.counts.cells import NO_BAND, NO_CLASS, OutcomeCell
from checks.counts.outcomes import BANDS
from tests.checks.before_labels.cells import CLASSES, cell, span

NAMES = (*CLASSES, NO_CLASS)


def strata(*cells: OutcomeCell) -> Strata:
    return Strata.of(cells, sorted(NAMES))


LEARNED = Learned.of(strata(*span(500)))

any_cells = st.lists(
    st.builds(
        cell,
        st.sampled_from(NAMES),
        st.sampled_from([*CLASSES, None]),
        st.integers(1, 60),
        st.integers(NO_BAND, BANDS - 2),
    ),
    max_size=30,
)


@given(any_cells, any_cells)
def test_every_figure_is_a_share_within_its_interval_and_no_prediction_is_lost(
    past: list[OutcomeCell], present: list[OutcomeCell]
) -> None:
    window = strata(*present)
    powered = Powered(Learned.of(strata(*past)), window)
    assert powered.cells.sum(axis=1) == pytest.approx(window.sizes.sum(axis=1))
    shares = [powered.accuracy()]
    shares += [powered.recall(name) for name in CLASSES] + [powered.precision(name) for name in CLASSES]
    for share in shares:
        if share is not None:
            low, high = share.interval()
            assert 0 <= low <= share.value + 1e-12
            assert share.value - 1e-12 <= high <= 1


@given(any_cells)
def test_once_every_label_is_there_the_estimate_is_the_truth(present: list[OutcomeCell]) -> None:
    labelled = [each for each in present if each.label is not None]
    powered = Powered(LEARNED, strata(*labelled))
    n = sum(each.n for each in labelled)
    accuracy = powered.accuracy()
    assert (accuracy is None) == (n == 0)
    if accuracy is not None:
        truth = sum(each.n for each in labelled if each.predicted == each.label) / n
        assert accuracy.value == pytest.approx(truth)
        assert accuracy.interval() == pytest.approx((truth, truth), abs=1e-3)


@given(any_cells, st.randoms(use_true_random=False))
def test_counts_add_up_in_any_order_and_however_they_are_cut(cells: list[OutcomeCell], chance: st.DataObject) -> None:
    shuffled = [*cells]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = strata(*cells), strata(*shuffled)
    assert np.allclose(one.counts, other.counts)
    assert np.allclose(one.confidence, other.confidence)


@given(any_cells)
def test_what_is_learned_are_shares(past: list[OutcomeCell]) -> None:
    learned = Learned.of(strata(*past))
    assert np.allclose(learned.truth.sum(axis=2), 1)
    assert (learned.truth >= 0).all()
    assert not learned.truth[sorted(NAMES).index(NO_CLASS), :, sorted(NAMES).index(NO_CLASS)].any()


def test_confidences_that_promise_too_much_are_taken_for_what_they_are_worth() -> None:
    learned = Learned.of(strata(*span(500, promise=-0.2)))
    accuracy = Powered(learned, strata(cell("cards", None, 1000, 6))).accuracy()
    assert accuracy is not None
    assert accuracy.value == pytest.approx(0.97 - 0.2, abs=0.01)


def test_a_shift_of_confidences_within_a_band_moves_the_estimate() -> None:
    low, high = (Powered(LEARNED, strata(cell("cards", None, 1000, 4, c))).accuracy() for c in (0.81, 0.89))
    assert low is not None
    assert high is not None
    assert high.value - low.value == pytest.approx(0.08, abs=0.03)


def test_a_thin_class_leans_on_the_band_of_the_others() -> None:
    learned = Learned.of(strata(*(each for each in span(500) if each.predicted != "urgent")))
    precision = Powered(learned, strata(cell("urgent", None, 100, 7))).precision("urgent")
    assert precision is not None
    assert precision.value == pytest.approx(0.995, abs=0.02)
    low, high = precision.interval()
    assert high - low > 0.05


def test_the_windows_own_labels_take_over_as_they_come() -> None:
    def estimate(labelled: int) -> float:
        wrong = cell("cards", "billing", labelled, 7)
        share = Powered(LEARNED, strata(wrong, cell("cards", None, 1000, 7))).precision("cards")
        assert share is not None
        return float(share.value - 0 * labelled)

    assert estimate(0) > 0.95
    assert estimate(20) > 0.5
    assert estimate(2000) < 0.05


def test_recall_counts_the_messages_that_are_expected_to_be_missed() -> None:
    window = strata(cell("urgent", None, 100, 7), cell("cards", None, 1000, 0))
    recall = Powered(LEARNED, window).recall("urgent")
    assert recall is not None
    assert recall.value == pytest.approx(99.5 / (99.5 + 550), abs=0.05)
