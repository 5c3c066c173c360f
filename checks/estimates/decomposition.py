"""Mix or behaviour: why accuracy moved.

Accuracy is the sum over true classes of prevalence times recall. It falls when harder classes become commoner, though
every class is served as before, and it falls when classes are served worse. Kitagawa (1955), "Components of a
difference between two rates", splits a difference in two parts that add up to it, which is the two-fold decomposition
of Oaxaca (1973) and Blinder (1973) with averaged weights: with prevalence p and recall r, of the window and (') of the
reference,

    mix = sum (p - p') (r + r') / 2        behaviour = sum (r - r') (p + p') / 2

Prevalence and recall are post-stratified (see `checks.estimates.stratified`), so labels need not be a fair sample.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from checks.counts.confusion import Floats
from checks.estimates.standardised import at_mix
from checks.estimates.stratified import MAX_UNSEEN, Stratified
from checks.statistics import special
from checks.statistics.arithmetic import safe_divide
from checks.statistics.intervals import CONFIDENCE, Proportion, difference
from checks.statistics.smoothing import PSEUDO, effective_size, smoothed

MIN_CLASS = 5
"""Labelled rows of a class under which its recall alone says too little, so that it is pooled with its like."""

MIN_MIX = 0.5
"""Part of the reference's mix that must be of classes known on both sides; with less, there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A part of a difference in accuracy, in [-1, 1], with its interval (95% unless told otherwise)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A share of the window and of the reference at one and the same mix of classes.

    `margin` is the loss of this very share that is tolerated, where it is not the share that the limit is set for;
    `older` is what the share was before the reference, at the same mix.
    """

    now: Proportion
    then: Proportion
    margin: float | None = None
    older: Proportion | None = None


@dataclass(frozen=True)
class _Side:
    """One window by true class, in the order of common class names (C of them); all arrays have shape (C,).

    `columns` is the place of each class in the window's own order, which has one place more for those that it lacks.
    """

    counts: Stratified
    names: tuple[str, ...]
    columns: NDArray[np.intp]
    support: Floats  # labelled rows
    sizes: Floats  # estimated predictions truly of the class
    right: Floats  # of those, the estimated ones predicted as it
    unseen: NDArray[np.bool_]  # whether much of the class may lie among predictions of it that have no label

    @classmethod
    def of(cls, counts: Stratified, names: tuple[str, ...]) -> "_Side":
        own = {name: place for place, name in enumerate(counts.confusion.classes)}
        columns = np.array([own.get(name, len(own)) for name in names], dtype=np.intp)

        def taken(values: Floats) -> Floats:
            return np.append(values, 0.0)[columns]

        cells, confusion = counts.cells, counts.confusion
        sizes, predicted = taken(cells.sum(axis=0)), taken(confusion.predicted)
        unseen = (taken(confusion.labelled) < MIN_CLASS) & (predicted > MAX_UNSEEN * (predicted + sizes))
        return cls(counts, names, columns, taken(confusion.support), sizes, taken(np.diag(cells).copy()), unseen)

    @cached_property
    def total(self) -> float:
        """Estimated predictions in all."""
        return float(self.sizes.sum())

    @cached_property
    def prevalence(self) -> Floats:
        """Share of each class, in [0, 1]."""
        return self.sizes / max(self.total, 1.0)

    @cached_property
    def recall(self) -> Floats:
        """Recall of each class, in [0, 1]; 0 where it is not known."""
        return safe_divide(self.right, self.sizes)

    @cached_property
    def accuracy(self) -> float:
        """Share right, in [0, 1]."""
        return float(self.right.sum() / max(self.total, 1.0))

    def accuracy_at(self, weights: Floats) -> Proportion:
        """Sum of recalls weighted by `weights`, which sum to 1, each of a class with a known recall: see `at_mix`."""
        counts = self.counts
        shares = zip(weights.tolist(), self.names, strict=True)
        recalls = [(share, counts.recall(name)) for share, name in shares if share > 0]
        known = [(share, recall) for share, recall in recalls if recall is not None]
        return at_mix(known, counts.confusion.n, counts.confusion.n_labelled)

    def variance(self, by_hit: Floats, by_row: Floats) -> float:
        """Variance of a function of the cells whose derivative is `by_row`, and `by_hit` more on the diagonal (C)."""
        size = len(self.counts.confusion.classes)
        hit, row = np.zeros((2, size + 1))
        hit[self.columns], row[self.columns] = by_hit, by_row
        return self.counts.variance_of_hits(hit[:size], row[:size])

    def recall_with_pool(self, weights: Floats, pooled: NDArray[np.bool_]) -> Floats:
        """Recall of each class; of pooled ones that of all of them together, since theirs alone hides its variance."""
        recall = self.recall.copy()
        if weights[pooled].sum() > 0:
            recall[pooled] = weights[pooled] @ recall[pooled] / weights[pooled].sum()
        return recall


@dataclass(frozen=True)
class Decomposition:
    """Why accuracy differs from the reference's; each part is worked out when it is asked for.

    `mix.value + behaviour.value` is the difference of the two accuracies. `behaviour` is taken at the average of both
    mixes; `at_reference_mix` has the accuracies that checks judge, at the reference's mix.
    """

    _now: _Side
    _then: _Side
    _compared: NDArray[np.bool_]
    _pooled: NDArray[np.bool_]
    _confidence: float

    @cached_property
    def behaviour(self) -> Effect:
        """What the bot's answers to the same messages change."""
        pair = self._at(self._average)
        low, high = difference(pair.now, pair.then, (1 - self._confidence) / 2)
        return Effect(pair.now.value - pair.then.value, low, high)

    @cached_property
    def mix(self) -> Effect:
        """What behaviour does not explain. Its variance is linearised, and its interval normal."""
        value = self._now.accuracy - self._then.accuracy - self.behaviour.value
        margin = float(special.ndtri((1 + self._confidence) / 2) * np.sqrt(self._variance_of_mix))
        return Effect(value, max(value - margin, -1.0), min(value + margin, 1.0))

    @cached_property
    def at_reference_mix(self) -> Pair:
        """Accuracy now and in the reference, both at the mix of classes of the reference."""
        return self._at(self._weights(self._then.prevalence))

    @cached_property
    def _average(self) -> Floats:
        return self._weights((self._now.prevalence + self._then.prevalence) / 2)

    @property
    def _variance_of_mix(self) -> float:
        """Variance of A - A' - sum w d, with w the averaged weights and d = r - r'.

        The derivative by a cell of the window is that of A, less w times that of r, less half of d, centred; by one of
        the reference it is the same with the roles changed.
        """
        weights, now, then = self._average, self._now, self._then
        gap = np.where(weights > 0, now.recall - then.recall, 0.0)
        variance = 0.0
        for side, sign in ((now, 1.0), (then, -1.0)):
            recall = side.recall_with_pool(weights, self._pooled)
            each = safe_divide(weights, side.sizes)
            of_mix = (gap - side.prevalence @ gap) / 2 * sign
            total = max(side.total, 1.0)
            variance += side.variance(1 / total - each, each * recall - (side.accuracy + of_mix) / total)
        return variance

    def _at(self, weights: Floats) -> Pair:
        return Pair(self._now.accuracy_at(weights), self._then.accuracy_at(weights))

    def _weights(self, mix: Floats) -> Floats:
        """The mix (C) over compared classes, summing to 1; what pooled ones weigh is shared as the window has them."""
        weights, pooled = np.where(self._compared, mix, 0.0), self._now.sizes[self._pooled]
        if pooled.sum() > 0:
            weights[self._pooled] = weights[self._pooled].sum() * pooled / pooled.sum()
        return np.asarray(weights / weights.sum())


def decompose(current: Stratified, reference: Stratified, confidence: float = CONFIDENCE) -> Decomposition | None:
    """Split the difference in accuracy; None when too little of the reference's mix is known on both sides.

    Classes that the reference does not know (fewer than MIN_CLASS labels) cannot be compared: what they do to accuracy
    counts as mix. Those that only the window hardly knows are pooled: the weight that they have together is shared out
    among them as the window has them, on both sides, so that a shift between them is not taken for behaviour either.
    A class whose predictions hardly anybody labels any more is not compared: only its misses would be known.
    """
    current, reference = current.told, reference.told
    names = tuple(sorted({*current.confusion.real_classes, *reference.confusion.real_classes}))
    now, then = _Side.of(current, names), _Side.of(reference, names)
    compared = (then.support >= MIN_CLASS) & (now.support > 0) & ~now.unseen & ~then.unseen
    if not compared.any() or then.prevalence[compared].sum() < MIN_MIX:
        return None
    pooled = compared & (now.support < MIN_CLASS)
    return Decomposition(now, then, compared, pooled, confidence)


def proportion_of(value: float, variance: float, n: float) -> Proportion:
    """A share with the linearised variance of `n` rows, kept off zero by one imagined row, half hit and half miss."""
    smooth = smoothed(value, n)
    variance = (variance * n**2 + PSEUDO * (smooth**2 + (1 - smooth) ** 2)) / (n + 2 * PSEUDO) ** 2
    return Proportion(value, effective_size(smooth, variance), int(n))
