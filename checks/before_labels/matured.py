"""The older part of a window, whose labels have come."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from checks.counts.cells import OutcomeCell
from checks.counts.outcomes import Floats, Outcomes
from checks.counts.windows import Window
from checks.estimates.cycle_data import Look, Measured

MATURED = 0.9
"""Maturity from which a span's labels are taken for its truth."""


def matured(measured: Measured) -> Look | None:
    """As much of the current window as ends early enough to be mature; None where none of it is.

    It is the current window less one of the recent ones, which end where it ends: counts add up, so they subtract too.
    """
    current = measured.windows.current
    older = (
        Window(current.start, recent.start, less(current.outcomes, recent.outcomes))
        for recent in reversed(measured.windows.recent)
        if current.start < recent.start
    )
    looks = (Look(window, measured.ripening) for window in (current, *older))
    return next((look for look in looks if look.confusion.n and look.maturity >= MATURED), None)


def less(cells: Iterable[OutcomeCell], part: Iterable[OutcomeCell]) -> Outcomes:
    """The cells without those of a part of the same predictions; each has a stratum and label once at most."""
    whole, gone = Outcomes.of(cells), Outcomes.of(part)
    classes = sorted({*whole.classes, *gone.classes})
    versions = sorted({*whole.versions, *gone.versions})
    _, of_whole, of_gone = np.intersect1d(
        whole.codes(classes, versions), gone.codes(classes, versions), assume_unique=True, return_indices=True
    )

    def rest(column: Floats, taken: Floats) -> Floats:
        left = column.copy()
        left[of_whole] = np.maximum(left[of_whole] - taken[of_gone], 0.0)
        return left

    left = replace(
        whole,
        n=rest(whole.n, gone.n),
        weight=rest(whole.weight, gone.weight),
        weight_squared=rest(whole.weight_squared, gone.weight_squared),
        confidence=rest(whole.confidence, gone.confidence),
        designed=rest(whole.designed, gone.designed),
    )
    return left.where(left.n > 0)
