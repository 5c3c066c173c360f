"""The older part of a window, whose labels have come."""

from collections import defaultdict
from collections.abc import Iterable

from checks.counts import OutcomeCell
from checks.measured import Look, Measured
from checks.windows import Window

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


def less(cells: Iterable[OutcomeCell], part: Iterable[OutcomeCell]) -> tuple[OutcomeCell, ...]:
    """The cells without those of a part of the same predictions."""
    sums: defaultdict[tuple[str, str | None, str, str, int], list[float]] = defaultdict(lambda: [0, 0.0, 0.0, 0.0])
    for sign, group in ((1, cells), (-1, part)):
        for cell in group:
            total = sums[cell.predicted, cell.label, cell.model_version, cell.prompt_version, cell.band]
            for place, number in enumerate((cell.n, cell.weight, cell.weight_squared, cell.confidence)):
                total[place] += sign * number
    return tuple(
        OutcomeCell(predicted, label, int(n), max(weight, 0.0), max(squared, 0.0), model, prompt, band, max(sure, 0.0))
        for (predicted, label, model, prompt, band), (n, weight, squared, sure) in sums.items()
        if n > 0
    )
