"""Shares of a window from labels that are not a fair sample of it.

A missed urgent message sits among those predicted non-urgent, which people label least. The predicted class of every
prediction is known, labelled or not, so each labelled row stands for the predictions of its own predicted class: the
correction for verification bias of Begg and Greenes (1983), "Assessment of diagnostic tests when disease verification
is subject to selection bias". It is right when, within a predicted class, which predictions get a label does not
depend on whether they are right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checks.confusion import Confusion, Floats, sums
from checks.intervals import Proportion

MIN_STRATUM = 5
"""Labelled rows under which a predicted class is merged with its like: below, one row would stand for too many."""

PSEUDO = 0.5
"""Weight of the imagined hit and the imagined miss that keep a variance above zero (Jeffreys' prior)."""

MAX_UNSEEN = 0.2
"""Largest share of a class's estimated size that may lie in a stratum nobody has labelled at all."""


@dataclass(frozen=True)
class Stratified:
    """A confusion matrix weighted up to all predictions of the window.

    `groups` (K) numbers the stratum of each predicted class, `sizes` (G) are the predictions and `effective` (G) the
    effective labelled rows of each stratum. `share` (K x K) is each cell's share of its stratum, and
    `cells` (K x K) the estimated number of predictions in the cell. Strata without a label add nothing.
    """

    confusion: Confusion
    groups: NDArray[np.intp]
    sizes: Floats
    effective: Floats
    labelled: Floats
    share: Floats
    cells: Floats

    @classmethod
    def of(cls, confusion: Confusion) -> "Stratified":
        """Merge thin strata, and weight each cell by predictions over (weighted) labels of its stratum."""
        groups = _merge_thin(confusion.labelled)
        count = int(groups.max()) + 1 if groups.size else 0
        sizes = sums(groups, confusion.predicted, count)
        labelled = sums(groups, confusion.labelled, count)
        weight = sums(groups, confusion.weights.sum(axis=1), count)
        squared = sums(groups, confusion.weights_squared.sum(axis=1), count)
        effective = np.divide(weight**2, squared, out=np.zeros(count), where=squared > 0)
        total = weight[groups][:, None]
        share = np.divide(confusion.weights, total, out=np.zeros_like(confusion.weights), where=total > 0)
        return cls(confusion, groups, sizes, effective, labelled, share, share * sizes[groups][:, None])

    def accuracy(self) -> Proportion | None:
        """Share of predictions that are right; None without labels."""
        right = np.diag(self.share)
        everywhere = np.ones(right.size, dtype=bool)
        return self._ratio(
            _Part(right, everywhere), _Part(self.share.sum(axis=1) - right, everywhere), self.confusion.n_labelled
        )

    def recall(self, class_name: str) -> Proportion | None:
        """Share of the predictions truly of the class that were predicted as it.

        None when no labelled row is of the class, or when too many predictions of the class were never labelled.
        """
        k = self.confusion.index(class_name)
        if k is None or not self.confusion.support[k] or self._is_unseen(k):
            return None
        own = np.arange(self.groups.size) == k
        of_class = self.share[:, k]
        return self._ratio(_Part(of_class * own, own), _Part(of_class * ~own, ~own), int(self.confusion.support[k]))

    def precision(self, class_name: str) -> Proportion | None:
        """Share of the predictions as the class that are truly of it; None when none of them is labelled."""
        k = self.confusion.index(class_name)
        if k is None or not self.confusion.labelled[k]:
            return None
        own = np.arange(self.groups.size) == k
        right = self.share[k, k]
        wrong = self.share[k].sum() - right
        return self._ratio(_Part(own * right, own), _Part(own * wrong, own), int(self.confusion.labelled[k]))

    def balanced_accuracy(self) -> Proportion | None:
        """Mean recall over the classes that have a labelled row; their errors are taken as independent."""
        recalls = [recall for name in self.confusion.real_classes if (recall := self.recall(name)) is not None]
        if not recalls:
            return None
        value = float(np.mean([recall.value for recall in recalls]))
        variance = sum(_variance(recall) for recall in recalls) / len(recalls) ** 2
        rough = _smoothed(value, sum(recall.effective_n for recall in recalls)) / variance
        effective = max(_smoothed(value, rough) / variance - 2 * PSEUDO, 0.0)
        return Proportion(value, effective, sum(recall.n for recall in recalls))

    def prevalence(self, class_name: str) -> float:
        """Estimated share of the predictions that are truly of the class, in [0, 1]."""
        k = self.confusion.index(class_name)
        total = self.cells.sum()
        return float(self.cells[:, k].sum() / total) if k is not None and total else 0.0

    def _ratio(self, hits: "_Part", misses: "_Part", n: int) -> Proportion | None:
        """Share of hits among hits and misses, with its effective sample size.

        The variance is the linearised one of a ratio from a stratified sample of a population that is itself random
        (Särndal, Swensson and Wretman 1992, section 5.6): with d the derivative of the ratio by a cell,
        sum over strata g of size N and n effective labels of N^2/n (E[d^2] - E[d]^2) + N E[d]^2.
        One imagined observation, half hit and half miss, of the weight that such cells have, keeps it positive when
        all labelled rows agree, and is taken off the effective n again.
        """
        sizes = self.sizes[self.groups]
        hit, miss = float(hits.share @ sizes), float(misses.share @ sizes)
        if not hit + miss:
            return None
        hit_weight, miss_weight = self._typical_weight(hits.rows), self._typical_weight(misses.rows)
        total = hit + miss + PSEUDO * (hit_weight + miss_weight)
        smooth = (hit + PSEUDO * hit_weight) / total
        by_hit, by_miss = (1 - smooth) / total, -smooth / total
        variance = self._variance(
            hits.share * by_hit + misses.share * by_miss, hits.share * by_hit**2 + misses.share * by_miss**2
        )
        variance += PSEUDO * ((hit_weight * by_hit) ** 2 + (miss_weight * by_miss) ** 2)
        effective = max(smooth * (1 - smooth) / variance - 2 * PSEUDO, 0.0)
        return Proportion(hit / (hit + miss), effective, n)

    def _variance(self, slope: Floats, slope_squared: Floats) -> float:
        """Variance of a function of the cells, from its derivative and that squared, each weighted by share (K)."""
        first = sums(self.groups, slope, self.sizes.size)
        second = sums(self.groups, slope_squared, self.sizes.size)
        sampled = np.divide(self.sizes**2, self.effective, out=np.zeros_like(self.sizes), where=self.effective > 0)
        return float((sampled * (second - first**2) + self.sizes * first**2).sum())

    def _typical_weight(self, rows: NDArray[np.bool_]) -> float:
        """Predictions that one labelled row stands for, in the strata of these predicted classes."""
        where = np.zeros(self.sizes.size, dtype=bool)
        where[self.groups[rows]] = True
        labelled = self.labelled[where].sum()
        return float(self.sizes[where].sum() / labelled) if labelled else 1.0

    def _is_unseen(self, k: int) -> bool:
        """Whether much of the class may lie among predictions of it that nobody has labelled."""
        if self.confusion.labelled[k]:
            return False
        unseen = self.confusion.predicted[k]
        known = self.cells[:, k].sum()
        return bool(unseen > MAX_UNSEEN * (unseen + known))


@dataclass(frozen=True, slots=True)
class _Part:
    """Cells that count as hits, or as misses: their share of each row's stratum, and the rows where they could lie."""

    share: Floats
    rows: NDArray[np.bool_]


def _merge_thin(labelled: Floats) -> NDArray[np.intp]:
    """Number the strata; predicted classes under MIN_STRATUM labels share one, filled up with the next thinnest."""
    groups = np.arange(labelled.size)
    order = np.argsort(labelled, kind="stable")
    pooled = int((labelled < MIN_STRATUM).sum())
    while 0 < pooled < labelled.size and labelled[order[:pooled]].sum() < MIN_STRATUM:
        pooled += 1
    if pooled > 1:
        groups[order[:pooled]] = order[0]
    return np.unique(groups, return_inverse=True)[1]


def _smoothed(value: float, n: float) -> float:
    """Binomial variance of one observation, kept off zero."""
    smooth = (value * n + PSEUDO) / (n + 2 * PSEUDO)
    return smooth * (1 - smooth)


def _variance(proportion: Proportion) -> float:
    n = proportion.effective_n
    return _smoothed(proportion.value, n) / (n + 2 * PSEUDO)
