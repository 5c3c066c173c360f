"""Counts add up and subtract: parts put together, less one of them, are the others."""

import numpy as np

from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.counts.outcomes import Outcomes, less, together

CLASSES = ("billing", "other", "urgent")


def part(seed: int) -> Outcomes:
    """Cells of one segment value, each stratum and label once."""
    rng = np.random.default_rng(seed)
    return Outcomes.of(
        OutcomeCell(predicted, label, int(n), float(n), float(n), "m1", prompt, band, 0.5 * n, 0)
        for predicted in CLASSES
        for label in (*CLASSES[: 1 + seed % 3], None)
        for prompt in ("p1", "p2")
        for band in (-1, 3)
        if (n := rng.integers(0, 5))
    )


def test_the_parts_together_less_one_of_them_are_the_others() -> None:
    parts = [part(seed) for seed in range(5)]
    whole = together(parts)
    for own in parts:
        rest = less(whole, own)
        spelt_out = [cell for other in parts if other is not own for cell in other]
        found, expected = Confusion.of(rest), Confusion.of(spelt_out)
        assert found.classes == expected.classes
        np.testing.assert_allclose(found.rows.counts, expected.rows.counts)
        np.testing.assert_allclose(found.rows.weights, expected.rows.weights)
        np.testing.assert_allclose(found.predicted, expected.predicted)


def test_cells_that_differ_in_nothing_but_counts_become_one() -> None:
    cell = OutcomeCell("urgent", "urgent", 2, 2.0, 2.0, "m1", "p1", 3, 1.9, 0)
    both = together([Outcomes.of([cell]), Outcomes.of([cell])])
    assert list(both) == [OutcomeCell("urgent", "urgent", 4, 4.0, 4.0, "m1", "p1", 3, 3.8, 0)]
