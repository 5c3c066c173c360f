"""Prediction-powered inference: shares of a window whose labels have not all come, from calibrated confidences.

Every prediction without a label counts as its expected truth, learned from an earlier span by predicted class and
confidence band. Where the window has labels, their mean residual within a predicted class rectifies the expectation:
prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic 2023, Science 382), stratified by
predicted class, because labels come by it (Fisch et al. 2024, "Stratified prediction-powered inference").

How much of the rectifier is used is tuned, as PPI++ tunes its power (Angelopoulos, Duchi and Zrnic 2023), for the least
variance: with V the sampling variance of the mean residual and D the variance of what was learned, the rectified and
the unrectified figure are two estimates of one thing, and their best composite has weight D / (D + V) on the rectifier
(Fay and Herriot 1979). D never falls below what MAX_PAST labels leave (`checks.before_labels.learned`), so the window's
own labels take over as they come.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from checks.before_labels.learned import Learned
from checks.before_labels.strata import Strata
from checks.counts.confusion import Floats
from checks.statistics.arithmetic import safe_divide
from checks.statistics.intervals import Proportion
from checks.statistics.smoothing import PSEUDO, effective_size

KNOWN_EXACTLY = 1e9
"""Effective labels of a share that has no error left."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A share of things that can be counted: what it will turn out to be when each is known.

    `step` is the share that one of them is, 0 when all are known.
    """

    share: Proportion
    step: float

    @property
    def value(self) -> float:
        """The share expected, in [0, 1]."""
        return self.share.value

    def interval(self) -> tuple[float, float]:
        """95% interval, half a step wider at both ends because a count falls on whole numbers (Yates 1934)."""
        low, high = self.share.interval()
        return max(low - self.step / 2, 0.0), min(high + self.step / 2, 1.0)


@dataclass(frozen=True)
class Powered:
    """Estimates for the very predictions of a window: what their labels will say when all have come."""

    learned: Learned
    window: Strata

    def accuracy(self) -> Expected | None:
        """Share of the predictions that are right; None without predictions."""
        if not self._sizes.sum():
            return None
        right, weight = float(np.trace(self.cells)), self._weight(slice(None))
        return self._share(
            right,
            self._sizes.sum() - right,
            float(np.trace(self._variance)),
            (weight, weight),
            int(self.window.labelled.sum()),
        )

    def precision(self, class_name: str) -> Expected | None:
        """Share of the predictions as the class that are right; None where there are none."""
        k = self.window.classes.index(class_name)
        if not self._sizes[k]:
            return None
        right, weight = float(self.cells[k, k]), self._weight(k)
        return self._share(
            right,
            self._sizes[k] - right,
            float(self._variance[k, k]),
            (weight, weight),
            int(self.window.labelled[k].sum()),
        )

    def recall(self, class_name: str) -> Expected | None:
        """Share of the messages truly of the class that were predicted as it; None where none is expected."""
        k = self.window.classes.index(class_name)
        others = np.arange(self._sizes.size) != k
        hits, misses = float(self.cells[k, k]), float(self.cells[others, k].sum())
        if not hits + misses:
            return None
        share = hits / (hits + misses)
        # Hits and misses lie in different predicted classes, so their errors are independent: the delta method.
        spread = (1 - share) ** 2 * self._variance[k, k] + share**2 * self._variance[others, k].sum()
        weights = self._weight(k), self._weight(others)
        return self._share(hits, misses, float(spread), weights, int(self.window.support[k]))

    @cached_property
    def cells(self) -> Floats:
        """Predictions by predicted class and truth (K x K), expected where there is no label."""
        without = self._without.sum(axis=1)
        expected = np.einsum("pb,pby->py", self._without, self._truth)
        rectified = np.maximum(expected + (without * self._heard)[:, None] * self._residual, 0.0)
        return np.asarray(
            self.window.counts.sum(axis=1) + rectified * safe_divide(without, rectified.sum(axis=1))[:, None],
            dtype=float,
        )

    @cached_property
    def _truth(self) -> Floats:
        return self.learned.truth_at(self.window.confidence_without_label)

    @cached_property
    def _truth_of_labelled(self) -> Floats:
        return self.learned.truth_at(self.window.confidence_with_label)

    @cached_property
    def _spread(self) -> Floats:
        return _spread(self._truth)

    @cached_property
    def _sizes(self) -> Floats:
        return np.asarray(self.window.sizes.sum(axis=1), dtype=float)

    @property
    def _without(self) -> Floats:
        return self.window.unlabelled

    @cached_property
    def _residual(self) -> Floats:
        """Mean over the labelled predictions of a class of truth less expectation (K x K)."""
        labelled = self.window.labelled
        expected = np.einsum("pb,pby->py", labelled, self._truth_of_labelled)
        return safe_divide(self.window.counts.sum(axis=1) - expected, labelled.sum(axis=1)[:, None])

    @cached_property
    def _noise(self) -> Floats:
        """Sampling variance of the residual (K x K)."""
        labelled = self.window.labelled
        return safe_divide(
            np.einsum("pb,pby->py", labelled, _spread(self._truth_of_labelled)), labelled.sum(axis=1)[:, None] ** 2
        )

    @cached_property
    def _doubt(self) -> Floats:
        """Variance of the expected share of predictions without a label, because past labels are few (K x K)."""
        part = safe_divide(self._without, self._without.sum(axis=1)[:, None])
        return np.asarray(np.einsum("pb,pby->py", part**2 / (self.learned.known + 1), self._spread), dtype=float)

    @cached_property
    def _heard(self) -> Floats:
        """Weight in [0, 1] of the rectifier in each predicted class (K)."""
        unsure = self._doubt.sum(axis=1)
        weight = safe_divide(unsure, unsure + self._noise.sum(axis=1))
        return np.where(self.window.labelled.sum(axis=1) > 0, weight, 0.0)

    @cached_property
    def _variance(self) -> Floats:
        """Of each cell (K x K): of what is expected on average, and of how it then falls out."""
        heard = self._heard[:, None]
        mean = heard**2 * self._noise + (1 - heard) ** 2 * self._doubt
        falls = np.einsum("pb,pby->py", self._without, self._spread)
        return np.asarray(self._without.sum(axis=1)[:, None] ** 2 * mean + falls, dtype=float)

    def _share(self, hits: float, misses: float, spread: float, weights: tuple[float, float], n: int) -> Expected:
        """A share with the effective sample size that its variance amounts to.

        As in `checks.estimates.stratified`, one imagined observation of the weight that a past label has keeps the
        variance positive, and is taken off again. `weights` are those of a hit and of a miss, and `spread` is the
        variance of hits less their share of the total.
        """
        total = hits + misses
        smooth = (hits + PSEUDO * weights[0]) / (total + PSEUDO * sum(weights))
        variance = spread / total**2
        variance += PSEUDO * ((weights[0] * (1 - smooth)) ** 2 + (weights[1] * smooth) ** 2) / total**2
        if not variance:
            return Expected(Proportion(hits / total, KNOWN_EXACTLY, n), 0.0)
        effective = min(effective_size(smooth, variance), KNOWN_EXACTLY)
        return Expected(Proportion(hits / total, effective, n), 1 / max(total, 1.0))

    def _weight(self, classes: int | slice | NDArray[np.bool_]) -> float:
        """Predictions without a label that one past label speaks for, in these predicted classes."""
        without, known = self._without_and_known
        return float(without[classes].sum() / known[classes].sum())

    @cached_property
    def _without_and_known(self) -> tuple[Floats, Floats]:
        """Predictions without a label, and past labels, by predicted class (K)."""
        return self._without.sum(axis=1), self.learned.known.sum(axis=1)


def _spread(truth: Floats) -> Floats:
    """Variance of one prediction's being of a true class (K x B x K)."""
    return np.asarray(truth * (1 - truth), dtype=float)
