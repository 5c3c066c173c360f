"""The confusion matrix of a window, with the predictions that have no label yet."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import NO_BAND, NO_CLASS, OutcomeCell
from checks.counts.outcomes import BANDS, Outcomes
from checks.statistics.arithmetic import run_starts
from checks.statistics.two_samples import combine

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Counts by predicted class and confidence band (R rows, in the order of class, then band) and label (K columns).

    `classes` (R) is the place of each row's predicted class, `bands` (R) its band. `predicted` (R) counts every
    prediction of a row, labelled or not. `designed` (R x K) are its labels of known probability, of which each stands
    for `stands_for` (R) on average: 1/inclusion_probability, 0 where there is none. `counts`, `weights` and
    `weights_squared` (R x K) are of labelled predictions: how many, and the sums of 1/inclusion_probability and of its
    square; in a row that also has labels without one, of weights that are scaled to stand beside these
    (`checks.statistics.two_samples`). `chosen` and `chosen_squared` (R x K) are the same sums of the designed labels
    alone, as their probabilities say.
    """

    classes: NDArray[np.intp]
    bands: NDArray[np.intp]
    predicted: Floats
    designed: Floats
    stands_for: Floats
    counts: Floats
    weights: Floats
    weights_squared: Floats
    chosen: Floats
    chosen_squared: Floats

    @classmethod
    def of(cls, cells: Outcomes, classes: tuple[str, ...]) -> "Rows":
        """Sum cells of these classes, whatever versions they are of."""
        predicted, label = cells.places(classes)
        stratum = predicted * BANDS + (cells.band - NO_BAND)
        there = np.bincount(stratum, minlength=len(classes) * BANDS) > 0
        strata, row = np.flatnonzero(there), (np.cumsum(there) - 1)[stratum]  # to sort the cells takes far longer
        shape = strata.size, len(classes)
        known = cells.labelled
        place = row[known] * shape[1] + label[known]
        n = cells.n[known]
        counts = sums(place, n, shape[0] * shape[1]).reshape(shape)
        nothing = np.broadcast_to(0.0, shape)  # takes no memory, of which a look at many classes has little to spare

        def table(column: Floats) -> Floats:
            """Most logs have no probabilities, and only counts to add up."""
            if np.array_equal(column, n):
                return counts
            return sums(place, column, shape[0] * shape[1]).reshape(shape) if column.any() else nothing

        weights, squared, designed = (
            table(column[known]) for column in (cells.weight, cells.weight_squared, cells.designed)
        )
        chosen = designed.sum(axis=1)
        stands_for = (weights.sum(axis=1) - counts.sum(axis=1) + chosen) / np.maximum(chosen, 1) * (chosen > 0)
        by_design, by_design_squared = weights, squared
        if not np.array_equal(designed, counts):
            by_design, by_design_squared = (
                nothing if column is counts and designed is nothing else column - (counts - designed)
                for column in (weights, squared)
            )
        weights, squared = combine(counts, weights, squared, designed)
        size, bands = sums(row, cells.n, shape[0]), strata % BANDS + NO_BAND
        return cls(
            strata // BANDS,
            bands,
            size,
            designed,
            stands_for,
            counts,
            weights,
            squared,
            by_design,
            by_design_squared,
        )

    @cached_property
    def labelled(self) -> Floats:
        """Labelled predictions by row (R)."""
        return np.asarray(self.counts.sum(axis=1), dtype=float)

    @cached_property
    def weight(self) -> Floats:
        """Sum of the weights by row (R); most logs have none but 1, so that it was added up already."""
        return self.labelled if self.weights is self.counts else np.asarray(self.weights.sum(axis=1), dtype=float)

    @cached_property
    def weight_squared(self) -> Floats:
        """Sum of the squares of the weights by row (R)."""
        squared = self.weights_squared
        return self.labelled if squared is self.counts else np.asarray(squared.sum(axis=1), dtype=float)

    @cached_property
    def is_designed(self) -> bool:
        """Whether any label has an inclusion probability."""
        return bool(self.designed.any())

    @cached_property
    def is_plain(self) -> bool:
        """Whether each label counts 1, so that `counts` say all of them."""
        return self.weights is self.counts and self.weights_squared is self.counts and not self.is_designed

    @classmethod
    def plain(cls, classes: NDArray[np.intp], bands: NDArray[np.intp], predicted: Floats, counts: Floats) -> "Rows":
        """Rows of labels that count 1 each."""
        nothing = np.broadcast_to(0.0, counts.shape)
        none = np.zeros(predicted.size)
        return cls(classes, bands, predicted, nothing, none, counts, counts, counts, nothing, nothing)


@dataclass(frozen=True)
class Confusion:
    """Counts by predicted class (rows) and label (columns), both in the order of `classes` (K of them).

    `predicted` (K) counts every prediction of a row, labelled or not. `counts` (K x K) are of labelled predictions.
    `rows` are the same counts with confidence bands told apart.
    """

    classes: tuple[str, ...]
    predicted: Floats
    counts: Floats
    rows: Rows

    @classmethod
    def of(cls, cells: Iterable[OutcomeCell]) -> "Confusion":
        """Sum cells, whatever versions they are of; classes are sorted by name."""
        cells = Outcomes.of(cells)
        classes = cells.present
        rows = Rows.of(cells, classes)
        predicted = sums(rows.classes, rows.predicted, len(classes))
        return cls(classes, predicted, by_class(rows.classes, rows.counts), rows)

    def weighted(self, weights: Floats) -> "Confusion":
        """The matrix with the weight of each label multiplied by `weights` (K x K: predicted class, label)."""
        rows, each = self.rows, weights[self.rows.classes]
        heavier = replace(
            rows,
            weights=rows.weights * each,
            weights_squared=rows.weights_squared * each**2,
            chosen=rows.chosen * each if rows.is_designed else rows.chosen,
            chosen_squared=rows.chosen_squared * each**2 if rows.is_designed else rows.chosen_squared,
        )
        return replace(self, rows=heavier)

    def less(self, part: "Confusion") -> "Confusion":
        """The matrix without a part of the same predictions; the labels of both are plain (`Rows.is_plain`)."""
        rows, gone = self.rows, part.rows
        classes = np.array([self._places[name] for name in part.classes], dtype=np.intp)
        at = np.searchsorted(rows.classes * BANDS + rows.bands, classes[gone.classes] * BANDS + gone.bands)
        predicted, counts = rows.predicted.copy(), rows.counts.copy()
        predicted[at] -= gone.predicted
        if part.classes == self.classes:  # to name the columns takes fifty times as long
            counts[at] -= gone.counts
        else:
            counts[np.ix_(at, classes)] -= gone.counts
        left = predicted > 0
        named: NDArray[np.bool_] = np.asarray(counts.any(axis=0))
        named[rows.classes[left]] = True
        if not (left.all() and named.all()):
            counts = counts[np.ix_(left, named)]
        places = (np.cumsum(named) - 1)[rows.classes[left]]
        names = tuple(name for name, is_named in zip(self.classes, named.tolist(), strict=True) if is_named)
        rest = Rows.plain(places, rows.bands[left], predicted[left], counts)
        return Confusion(names, sums(places, rest.predicted, len(names)), by_class(places, counts), rest)

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

    @cached_property
    def real_classes(self) -> tuple[str, ...]:
        """The classes without the stand-in for a prediction that named none."""
        return tuple(name for name in self.classes if name != NO_CLASS)

    def index(self, class_name: str) -> int | None:
        """Position of a class; None when it is neither predicted nor a label here."""
        return self._places.get(class_name)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.classes)}


def by_class(classes: NDArray[np.intp], values: Floats) -> Floats:
    """Sum the rows of `values` (R x K) by the place of their class (R, rising), to K x K."""
    total = np.zeros((values.shape[1], values.shape[1]))
    starts = run_starts(classes)
    if starts.size:
        alone = starts.size == classes.size  # nothing to add up, which is most of the time that it takes
        total[classes[starts]] = values if alone else np.add.reduceat(values, starts, axis=0)
    return total


def sums(groups: NDArray[np.intp], values: Floats, count: int) -> Floats:
    """Sum `values` by the group number (0 to count - 1) at the same place; shape (count,)."""
    return np.asarray(np.bincount(groups, values, count), dtype=float)
