"""The confusion matrix of a window, with the predictions that have no label yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from checks.counts import NO_CLASS, OutcomeCell

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """Counts by predicted class (rows) and label (columns), both in the order of `classes` (K of them).

    `predicted` (K) counts every prediction of a row, labelled or not. `counts`, `weights` and `weights_squared` (K x K)
    are of labelled predictions: how many, and the sums of 1/inclusion_probability and of its square.
    """

    classes: tuple[str, ...]
    predicted: Floats
    counts: Floats
    weights: Floats
    weights_squared: Floats

    @classmethod
    def of(cls, cells: Iterable[OutcomeCell]) -> "Confusion":
        """Sum cells, whatever versions they are of; classes are sorted by name."""
        cells = tuple(cells)
        names = {cell.predicted for cell in cells} | {cell.label for cell in cells if cell.label is not None}
        classes = tuple(sorted(names))
        index = {name: position for position, name in enumerate(classes)}
        size = len(classes)
        predicted = np.zeros(size)
        counts, weights, weights_squared = np.zeros((3, size, size))
        for cell in cells:
            row = index[cell.predicted]
            predicted[row] += cell.n
            if cell.label is not None:
                at = row, index[cell.label]
                counts[at] += cell.n
                weights[at] += cell.weight
                weights_squared[at] += cell.weight_squared
        return cls(classes, predicted, counts, weights, weights_squared)

    @cached_property
    def n(self) -> int:
        """Predictions, labelled or not."""
        return int(self.predicted.sum())

    @cached_property
    def n_labelled(self) -> int:
        """Predictions that have a label."""
        return int(self.counts.sum())

    @property
    def coverage(self) -> float | None:
        """Labelled / predicted, in [0, 1]; None without predictions."""
        return self.n_labelled / self.n if self.n else None

    @cached_property
    def support(self) -> Floats:
        """Labelled rows by true class (K)."""
        return np.asarray(self.counts.sum(axis=0), dtype=float)

    @cached_property
    def labelled(self) -> Floats:
        """Labelled rows by predicted class (K)."""
        return np.asarray(self.counts.sum(axis=1), dtype=float)

    @cached_property
    def correct(self) -> Floats:
        """Labelled rows whose prediction is right, by class (K)."""
        return np.diag(self.counts).copy()

    @property
    def real_classes(self) -> tuple[str, ...]:
        """The classes without the stand-in for a prediction that named none."""
        return tuple(name for name in self.classes if name != NO_CLASS)

    def index(self, class_name: str) -> int | None:
        """Position of a class; None when it is neither predicted nor a label here."""
        return self.classes.index(class_name) if class_name in self.classes else None


def sums(groups: NDArray[np.intp], values: Floats, count: int) -> Floats:
    """Sum `values` by the group number (0 to count - 1) at the same place; shape (count,)."""
    return np.bincount(groups, values, count).astype(float)
