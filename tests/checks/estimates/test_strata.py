"""Labels that are missing by confidence: strata of class and band undo it, and thin ones are merged with their like."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.estimates.labels import LABELLING, simulate
from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.strata import merge_thin
from checks.estimates.stratified import Stratified

POINT = 0.01


@pytest.mark.parametrize("labelling", list(LABELLING))
def test_shares_are_off_by_less_than_a_point_and_covered_however_labels_are_missing(labelling: str) -> None:
    for row in simulate(labelling, windows=200, n=33_600):
        assert abs(row.bias) < POINT, row
        assert 0.88 <= row.coverage <= 1, row  # docs/statistics/measured/labels.md has more windows


@pytest.mark.parametrize("labelling", ["low confidence first", "low confidence hardly ever"])
def test_without_bands_such_shares_are_off_by_many_points(labelling: str) -> None:
    rows = {row.metric: row for row in simulate(labelling, windows=20, n=33_600, with_bands=False)}
    assert abs(rows["recall of urgent"].bias) > 10 * POINT
    assert abs(rows["accuracy"].bias) > 3 * POINT


def test_a_thin_band_is_merged_with_the_neighbour_that_has_fewer_labels() -> None:
    classes = np.zeros(4, dtype=np.intp)
    assert merge_thin(classes, np.array([9.0, 2.0, 7.0, 30.0]), least=5).tolist() == [0, 1, 1, 2]


def test_a_class_with_few_labels_is_merged_with_no_other() -> None:
    classes = np.array([0, 0, 1, 2, 2])
    assert merge_thin(classes, np.array([1.0, 2.0, 4.0, 30.0, 30.0]), least=5).tolist() == [0, 0, 1, 2, 3]


def test_a_class_without_a_label_is_taken_to_be_like_the_bot() -> None:
    known = [OutcomeCell("a", "a", 90, 90, 90), OutcomeCell("a", "b", 10, 10, 10), OutcomeCell("b", "b", 80, 80, 80)]
    more = [OutcomeCell("b", "a", 20, 20, 20), OutcomeCell("c", None, 100, 0, 0)]
    counts = Stratified.of(Confusion.of([*known, *more]))
    accuracy = counts.accuracy()
    assert accuracy is not None
    assert accuracy.value == pytest.approx(0.85)
    assert accuracy.effective_n < 80  # of 200 labels: a third of the traffic is as good as unknown
    assert counts.cells[2].tolist() == pytest.approx([10, 5, 85])
    assert counts.unlabelled == ("c",)


BANDED = st.lists(
    st.builds(
        lambda predicted, label, n, band: OutcomeCell(
            predicted, label, n, *((0.0, 0.0) if label is None else (float(n), float(n))), band=band
        ),
        st.sampled_from("abc"),
        st.sampled_from(["a", "b", "c", None]),
        st.integers(1, 40),
        st.integers(-1, 7),
    ),
    min_size=1,
)


@given(BANDED)
def test_every_stratum_is_of_one_class_and_has_the_labels_of_a_stratum_or_all_that_there_are(
    cells: list[OutcomeCell],
) -> None:
    counts = Stratified.of(Confusion.of(cells))
    classes = [set(counts.confusion.rows.classes[counts.groups == group]) for group in range(counts.sizes.size)]
    assert all(len(each) == 1 for each in classes)
    assert counts.sizes.sum() == counts.confusion.n
    assert counts.labelled.sum() == counts.confusion.n_labelled


@given(BANDED)
def test_bands_never_change_what_is_counted(cells: list[OutcomeCell]) -> None:
    one, other = Confusion.of(cells), Confusion.of([replace(cell, band=-1) for cell in cells])
    assert (one.counts == other.counts).all()
    assert (one.predicted == other.predicted).all()


@given(BANDED)
def test_where_everything_is_labelled_bands_make_no_difference_to_a_share(cells: list[OutcomeCell]) -> None:
    labelled = [cell for cell in cells if cell.label is not None]
    one = Stratified.of(Confusion.of(labelled))
    other = Stratified.of(Confusion.of([replace(cell, band=-1) for cell in labelled]))
    for share, same in ((one.accuracy(), other.accuracy()), (one.precision("a"), other.precision("a"))):
        assert (share is None) == (same is None)
        if share is not None and same is not None and one.labelled.min() >= 1:
            assert share.value == pytest.approx(same.value)
