"""The older part of a window, whose labels have come."""

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
    """The cells without those of a part of the same predictions; each has a stratum and label once at most."""
    gone = {_key(cell): cell for cell in part}
    pairs = ((cell, gone.get(_key(cell))) for cell in cells)
    return tuple(_minus(cell, other) if other else cell for cell, other in pairs if not other or cell.n > other.n)


def _key(cell: OutcomeCell) -> tuple[str, str | None, str, str, int]:
    return cell.predicted, cell.label, cell.model_version, cell.prompt_version, cell.band


def _minus(cell: OutcomeCell, other: OutcomeCell) -> OutcomeCell:
    """Written out, as `dataclasses.replace` takes four times as long and a look subtracts tens of thousands."""
    return OutcomeCell(
        cell.predicted,
        cell.label,
        cell.n - other.n,
        max(cell.weight - other.weight, 0.0),
        max(cell.weight_squared - other.weight_squared, 0.0),
        cell.model_version,
        cell.prompt_version,
        cell.band,
        max(cell.confidence - other.confidence, 0.0),
        cell.designed - other.designed,
    )
