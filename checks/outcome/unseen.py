"""Labels from before an act that the alarm had not seen: all that its advice may be compared with."""

from collections.abc import Sequence

from checks.advice.comparing.parts import Part
from checks.counts.cells import OutcomeCell


def unseen(seen: Sequence[OutcomeCell], window_now: Part, since: Part) -> Part:
    """What came to the alarm's window after it, and all of the time from then to the act.

    `seen` are the labelled counts of the window as the alarm saw them, `window_now` its counts as they are now, `since`
    those of the predictions after it.
    """
    return Part((*_less(window_now.outcomes, seen), *since.outcomes), since.latency)


def labelled(cells: Sequence[OutcomeCell]) -> tuple[OutcomeCell, ...]:
    """Labelled cells, whatever their versions and bands."""
    sums: dict[tuple[str, str], list[float]] = {}
    for cell in cells:
        if cell.label is not None:
            total = sums.setdefault((cell.predicted, cell.label), [0.0, 0.0, 0.0])
            for at, amount in enumerate((cell.n, cell.weight, cell.weight_squared)):
                total[at] += amount
    return tuple(OutcomeCell(*key, int(n), weight, squared) for key, (n, weight, squared) in sorted(sums.items()))


def _less(cells: Sequence[OutcomeCell], seen: Sequence[OutcomeCell]) -> tuple[OutcomeCell, ...]:
    """Cells less labels that were seen; a label taken back leaves nothing, never a negative count."""
    known = {(cell.predicted, cell.label): cell for cell in seen}
    merged = labelled(cells)
    fresh = [
        OutcomeCell(
            cell.predicted,
            cell.label,
            cell.n - old.n,
            max(cell.weight - old.weight, 0.0),
            max(cell.weight_squared - old.weight_squared, 0.0),
        )
        for cell in merged
        if (old := known.get((cell.predicted, cell.label), OutcomeCell("", None, 0, 0.0, 0.0))).n < cell.n
    ]
    return (*fresh, *(cell for cell in cells if cell.label is None))
