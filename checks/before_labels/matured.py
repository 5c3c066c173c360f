"""The older part of a window, whose labels have come."""

from checks.counts.outcomes import less
from checks.counts.windows import Window
from checks.estimates.cycle_data import Measured, WeightedWindow

MATURED = 0.9
"""Maturity from which a span's labels are taken for its truth."""


def matured(measured: Measured) -> WeightedWindow | None:
    """The part of the current window that is old enough to be mature; None where no part is.

    It is the current window less one of the recent ones, which end where it ends: counts add up, so they subtract too.
    """
    current = measured.windows.current
    older = (
        Window(current.start, recent.start, less(current.outcomes, recent.outcomes))
        for recent in reversed(measured.windows.recent)
        if current.start < recent.start
    )
    looks = (WeightedWindow(window, measured.ripening) for window in (current, *older))
    return next((look for look in looks if look.confusion.n and look.maturity >= MATURED), None)
