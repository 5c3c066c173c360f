"""A confusion matrix less a part of its predictions is that of the others, to the last digit."""

from dataclasses import fields

import numpy as np
import pytest

from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion, Rows
from checks.counts.outcomes import Outcomes, together
from checks.estimates.stratified import Stratified


def _cells(rng: np.random.Generator, classes: int, rows: int, band: int) -> Outcomes:
    """Predictions of some classes, some of them labelled, in confidence bands from -1 up to `band`."""
    guess, truth = rng.integers(0, classes, (2, rows))
    known = rng.random(rows) < 0.6
    bands = rng.integers(-1, band + 1, rows)
    keys, n = np.unique(np.stack([guess, np.where(known, truth, -1), bands]), axis=1, return_counts=True)
    return Outcomes.of(
        OutcomeCell(f"class {p:02}", f"class {t:02}" if t >= 0 else None, k, weight, weight, band=b)
        for (p, t, b), k in zip(keys.T.tolist(), n.tolist(), strict=True)
        for weight in (float(k) if t >= 0 else 0.0,)
    )


@pytest.mark.parametrize(("classes", "rows", "band"), [(2, 3, -1), (4, 30, 2), (12, 40, -1), (12, 900, 3)])
def test_a_matrix_less_a_part_is_that_of_the_other_cells(classes: int, rows: int, band: int) -> None:
    """Classes and rows that nothing is left of go with the part."""
    rng = np.random.default_rng(rows)
    for _ in range(10):
        rest, part = _cells(rng, classes, rows, band), _cells(rng, classes + 1, rows, band)
        expected, found = Confusion.of(rest), Confusion.of(together([rest, part])).less(Confusion.of(part))
        assert found.classes == expected.classes
        assert np.array_equal(found.counts, expected.counts)
        assert np.array_equal(found.predicted, expected.predicted)
        for field in fields(Rows):
            assert np.array_equal(getattr(found.rows, field.name), getattr(expected.rows, field.name)), field.name
        assert Stratified.of(found).accuracy() == Stratified.of(expected).accuracy()


def test_weights_of_a_design_are_not_plain() -> None:
    """Such rows have more than counts to take off."""
    cells = [OutcomeCell("a", "a", 3, 30.0, 300.0, designed=3), OutcomeCell("a", "b", 2, 2.0, 2.0)]
    assert not Confusion.of(cells).rows.is_plain
    assert Confusion.of([OutcomeCell("a", "a", 3, 3.0, 3.0), OutcomeCell("b", None, 4, 0.0, 0.0)]).rows.is_plain
