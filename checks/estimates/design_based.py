"""Design-based recall: from labels whose inclusion probability is known, whatever the bot has become since.

A missed message of a class sits among the predictions of other classes, hits among those of the class. Both totals are
estimated as Särndal, Swensson and Wretman (1992), "Model Assisted Survey Sampling", do (sections 2.8, 3.7 and 5.6): a
label stands for 1/inclusion probability predictions (Horvitz and Thompson 1952), scaled to the predictions that there
are (Hájek). Recall is the ratio of hits to hits and misses, less the bias of a ratio to the second order (Tin 1965).

Where misses were *earlier* decides which predictions are labelled (`checks.label_queue.neyman`), and nothing here: with
a predicted class and confidence band for stratum, a model by these has the same prediction for the whole stratum, so
the difference estimator, model plus weighted residuals, is the stratified mean itself (section 6.3), and what a model
adds to it is trust that a changed bot does not deserve. So a stratum in which none of n labels is a miss has up to
about 2.5/n of them, be it never so sure of itself.

Labels that came by themselves are pooled with those of their predicted class and band as long as both agree
(`checks.estimates.agreement`). Else they are a stratum of their own that is known whole, and the designed labels, which
were drawn from the rest, tell of the rest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checks.counts.confusion import Confusion, Floats, Rows
from checks.estimates.agreement import agree
from checks.statistics.arithmetic import safe_divide
from checks.statistics.smoothing import PSEUDO, effective_size, smoothed, variance_of_mean
from checks.statistics.weighted_counts import WeightedCounts


@dataclass(frozen=True, slots=True)
class Sampled:
    """Strata of predictions (H), of which some were labelled.

    `own` says which are predicted as the class, and `size` counts their predictions. Of the `labelled` ones (effective
    numbers) `found` are truly of the class, and each label stands for `weight` predictions, 0 where there is none.
    """

    own: NDArray[np.bool_]
    size: Floats
    labelled: Floats
    found: Floats
    weight: Floats

    def recall(self, n: int) -> WeightedCounts | None:
        """Hits among hits and misses; `n` labelled rows are of the class. None where a side has no label."""
        own, others = self._side(self.own), self._side(~self.own)
        if not own.labelled.any() or not others.labelled.any():
            return None
        return _share(own.hits(), others.misses(), n)

    def _side(self, side: NDArray[np.bool_]) -> "_Side":
        return _Side(self.size[side].sum(), self.labelled[side], self.found[side], self.weight[side])


@dataclass(frozen=True, slots=True)
class _Total:
    """An estimated number of predictions, its variance, and both with the imagined observation."""

    value: float
    variance: float
    smooth: float
    smooth_variance: float

    @property
    def each(self) -> float:
        """Predictions that an observation stands for: of a Poisson count, variance over mean."""
        return self.smooth_variance / self.smooth


@dataclass(frozen=True, slots=True)
class _Side:
    """The strata that are predicted as the class, or those that are not."""

    size: float
    labelled: Floats
    found: Floats
    weight: Floats

    def hits(self) -> _Total:
        """Binomial among the predictions of the class; how many hits there are is itself by chance."""
        stands_for = float(self.weight @ self.labelled)
        n = stands_for**2 / float(self.weight**2 @ self.labelled)
        rate = float(self.weight @ self.found) / stands_for
        smooth = smoothed(rate, n)
        variance = self.size**2 * variance_of_mean(rate, n) + self.size * smooth**2
        return _Total(self.size * rate, variance, self.size * smooth, variance)

    def misses(self) -> _Total:
        """A weighted Poisson count, with half an imagined one of what the label of any prediction stands for."""
        weight = self.weight * self.size / float(self.weight @ self.labelled)
        value, variance = float(weight @ self.found), float(weight**2 @ self.found)
        usual = float(weight**2 @ self.labelled) / self.size
        return _Total(value, variance, value + PSEUDO * usual, variance + PSEUDO * usual**2)


def recall_by_design(confusion: Confusion, k: int) -> WeightedCounts | None:
    """Share of the predictions truly of class number `k` that were predicted as it.

    None where no label has an inclusion probability, or those that have a label are all predicted as the class, or
    all as others.
    """
    rows = confusion.rows
    if not rows.is_designed:
        return None
    strata = _pooled(rows, k) if agree(rows, k) else _apart(rows, k)
    return strata.recall(int(confusion.support[k]))


def _pooled(rows: Rows, k: int) -> Sampled:
    """Pool both samples: every label of a predicted class and band represents all predictions there.

    It stands for as many as there are over the number of labels that was *expected*, of a designed sample: that more or
    fewer were drawn is by chance, and leaves the total unbiased.
    """
    weight = rows.weights.sum(axis=1)
    effective = safe_divide(weight**2, rows.weights_squared.sum(axis=1))
    by_themselves = rows.labelled - rows.designed.sum(axis=1)
    expected = by_themselves + safe_divide(rows.predicted - by_themselves, rows.stands_for)
    stands_for = safe_divide(rows.predicted, expected) * safe_divide(rows.labelled, effective)
    return Sampled(
        rows.classes == k, rows.predicted, effective, effective * safe_divide(rows.weights[:, k], weight), stands_for
    )


def _apart(rows: Rows, k: int) -> Sampled:
    """Keep samples apart: labels that came by themselves represent themselves, the designed ones all others."""
    designed, of_class = rows.designed.sum(axis=1), rows.designed[:, k]
    by_themselves = rows.labelled - designed
    rest = rows.predicted - by_themselves
    own = rows.classes == k
    stands_for = np.array(rows.stands_for)
    for side in (own, ~own):
        stands_for[side] *= float(safe_divide(rest[side].sum(), stands_for[side] @ designed[side]))
    return Sampled(
        np.tile(own, 2),
        np.concatenate([by_themselves, rest]),
        np.concatenate([by_themselves, designed]),
        np.concatenate([rows.counts[:, k] - of_class, of_class]),
        np.concatenate([np.ones_like(rest), stands_for]),
    )


def _share(hits: _Total, misses: _Total, n: int) -> WeightedCounts:
    """The ratio, corrected for its bias, with its weighted counts."""
    own, other = hits.smooth / hits.each, misses.value / misses.each + PSEUDO
    total = hits.smooth + misses.value
    value = hits.value / (hits.value + misses.value) if hits.value + misses.value else hits.smooth / total
    bias = (value * misses.variance - (1 - value) * hits.variance) / total**2
    corrected = min(max(value - bias, 0.0), 1.0) if 0 < value < 1 else value
    smooth = hits.smooth / (hits.smooth + misses.smooth)
    effective = effective_size(smooth, (smooth * (1 - smooth)) ** 2 * (1 / own + 1 / other))
    return WeightedCounts(corrected, effective, n, hits=own, misses=other, miss_weight=misses.each / hits.each)
