"""Numbers added up by key as they come: memory is taken for the different keys, not for all rows."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.history.reading.tally import NUMBERS, Floats, Integers

MERGED_AT: Final = 250_000
"""Sums that wait to be added to those before; with three columns that hold anything, eight megabytes."""

Part = tuple[Integers, Sequence[Floats]]
"""Keys, and NUMBERS columns of their numbers."""


class KeySums:
    """Sums of whole numbers, which are the same in any order."""

    def __init__(self) -> None:
        self._parts: list[Part] = [(np.empty(0, dtype=np.int64), [np.empty(0)] * NUMBERS)]

    def add(self, keys: Integers, columns: Sequence[NDArray[Any]]) -> None:
        """Add rows: their keys in any order, and NUMBERS columns."""
        n, weight, squared, *others = (column.astype(float) for column in columns)
        squared = weight if np.array_equal(weight, squared) else squared
        self._parts.append(_added([(keys, [n, weight, squared, *others])]))
        if sum(keys.size for keys, _ in self._parts[1:]) > max(self._parts[0][0].size, MERGED_AT):
            self._parts = [_added(self._parts)]

    def sums(self) -> Part:
        """The different keys in order, and their sums."""
        return _added(self._parts)


def _added(parts: Sequence[Part]) -> Part:
    keys = np.concatenate([keys for keys, _ in parts])
    # Parts are in order each, and a stable sort merges them; of rows in any order it takes three times as long.
    order = np.argsort(keys, kind="stable" if len(parts) > 1 else None)
    keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    columns: list[Floats] = []
    for place in range(NUMBERS):
        each = [of_part[place] for _, of_part in parts]
        if place and all(of_part[place] is of_part[place - 1] for _, of_part in parts):
            columns.append(columns[-1])  # without a design, weights are their own squares
        elif any(map(np.any, each)):
            columns.append(np.add.reduceat(np.concatenate(each)[order], starts))
        else:
            columns.append(np.broadcast_to(0.0, starts.size))  # takes no memory
    return keys[starts], columns
