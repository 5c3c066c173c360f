"""Categories and numbers: how far their distributions moved."""

from typing import Final

import numpy as np

from checks.counts.shift import Moved, ScaleShift
from checks.statistics.day_test import Difference
from monitor.study.drift.columns import Column
from monitor.study.drift.features import numbers_of
from monitor.study.drift.rows import Rows

MOST_MOVED: Final = 5
QUANTILES: Final = (0.1, 0.5, 0.9)


def category_shift(rows: Rows) -> ScaleShift | None:
    """Half the sum of the differences of shares, and the values whose shares moved most."""
    found = rows.difference(rows.points)
    if found is None:
        return None
    distance = float(np.abs(found.now - found.then).sum() / 2)
    return _shift(rows, found, distance, _most_moved(rows, found))


def number_shift(rows: Rows, column: Column) -> ScaleShift | None:
    """The greatest difference of the distribution functions, and some quantiles."""
    found = rows.difference(rows.points)
    if found is None:
        return None
    numbers = numbers_of(column.read, rows.rows)
    moved = tuple(
        Moved(f"p{share * 100:g}", *(float(np.quantile(numbers[side], share)) for side in (rows.now, rows.then)))
        for share in QUANTILES
    )
    return _shift(rows, found, float(np.abs(found.now - found.then).max()), moved)


def _shift(rows: Rows, found: Difference, distance: float, moved: tuple[Moved, ...]) -> ScaleShift:
    start, end = rows.span
    return ScaleShift(start, end, int(rows.now.sum()), distance * found.contrast.shrinkage, found.contrast, moved)


def _most_moved(rows: Rows, found: Difference) -> tuple[Moved, ...]:
    order = np.argsort(-np.abs(found.now - found.then), kind="stable")[:MOST_MOVED]
    return tuple(Moved(rows.points.names[i], float(found.now[i]), float(found.then[i])) for i in order)
