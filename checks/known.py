"""How many predictions are truly of a class, stratum by stratum: the window's own labels and where misses may lie.

- The misses of a stratum are Poisson around `level * expected * own` times its labels. The `level` is the same for all
  strata and comes from the window's own labels, but for half an imagined miss.
- `own` is how far the stratum departs from the others: Gamma of mean 1 and shape AGREEMENT. Its own labels count the
  more the more misses were expected among them. This is the empirical Bayes method of Clayton and Kaldor (1987),
  "Empirical Bayes estimates of age-standardized relative risks for use in disease mapping".
- With a chance of DOUBT the expectation says nothing of a stratum, and misses are in it as often as anywhere. Labels
  that contradict it make that the likelier (a robust mixture: Schmidli et al. 2014, "Robust meta-analytic-predictive
  priors in clinical trials with historical control information").

The recall is that of the process behind the window, as everywhere: a window that is labelled whole is still a sample.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from checks.confusion import Floats
from checks.intervals import Proportion

AGREEMENT = 1.0
"""Shape of the Gamma distribution of a stratum's own factor; its standard deviation is 1/sqrt(AGREEMENT)."""

DOUBT = 0.2
"""Chance that the expectation says nothing of a stratum. More of it makes intervals wider for a bot that has not
changed, and cover better for one that has: both are in the table of docs/statistics.md."""

LEVEL = 0.5
"""Imagined misses, as many as expected, that the level begins with (Jeffreys' prior)."""

OWN = 2.0
"""Imagined labels of each stratum predicted as the class, as many of them hits as earlier."""

STEPS = 20
"""Rounds in which the level is found; each changes it by far less than the one before."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one class by stratum (H of them, each predicted as the class or not).

    `own` says which are predicted as it, `size` counts predictions, `labelled` effective labels, `found` those of the
    class, and `expected` is the share of the class, in (0, 1), that earlier labels let expect.
    """

    own: NDArray[np.bool_]
    size: Floats
    labelled: Floats
    found: Floats
    expected: Floats

    def rates(self) -> Floats:
        """Share of each stratum that seems to be of the class (H)."""
        rates = np.empty_like(self.size)
        rates[self.own], rates[~self.own] = self._hits().rate, self._misses().rate
        return rates

    def recall(self, n: int) -> Proportion:
        """Hits among hits and misses, by the delta method; `n` labelled rows are of the class."""
        hits, misses = self._hits().total(), self._misses().total()
        total = hits.value + misses.value
        share = hits.value / total
        variance = ((1 - share) ** 2 * hits.variance + share**2 * misses.variance) / total**2
        return Proportion(share, max(share * (1 - share) / variance - 1, 0.0), n, informed=True)

    def with_labels(self, labelled: Floats) -> "Known":
        """As it would be with so many labels of each stratum (H), were the rates as they seem now."""
        return replace(self, labelled=labelled, found=labelled * self.rates())

    def _hits(self) -> "_Side":
        size, labelled, found, expected = self._of(self.own)
        n = labelled + OWN
        rate = (found + OWN * expected) / n
        return _Side(size, rate, rate * (1 - rate) / (n + 1))

    def _misses(self) -> "_Side":
        size, labelled, found, expected = self._of(~self.own)
        level, level_variance = _level(labelled * expected, found)
        likely = level * expected
        anywhere = np.full_like(likely, size @ likely / max(float(size.sum()), 1.0))
        belief = _mixed(
            _after(AGREEMENT, likely, found, labelled), _after(LEVEL, anywhere, found, labelled), doubt=DOUBT
        )
        return _Side(size, belief.mean, belief.variance, float(size @ belief.slope / level) ** 2 * level_variance)

    def _of(self, side: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats, Floats]:
        return self.size[side], self.labelled[side], self.found[side], self.expected[side]


class _Total(NamedTuple):
    """An estimated number of predictions."""

    value: float
    variance: float


class _Side(NamedTuple):
    """Rates of strata (H) with their variances; `shared` is a variance of the total that they have in common."""

    size: Floats
    rate: Floats
    variance: Floats
    shared: float = 0.0

    def total(self) -> _Total:
        """Predictions truly of the class; how many predictions a stratum has is by chance too."""
        variance = self.size**2 @ self.variance + self.size @ self.rate**2
        return _Total(float(self.size @ self.rate), float(variance) + self.shared)


class _Belief(NamedTuple):
    """Of rates (H): mean, variance, log likelihood of the labels, and derivative of the mean by the log prior mean."""

    mean: Floats
    variance: Floats
    likelihood: Floats
    slope: Floats


def _level(foreseen: Floats, found: Floats) -> tuple[float, float]:
    """Misses found over misses foreseen, and its variance: the likeliest for negative binomial counts."""
    level, trust = 1.0, 1 / (1 + foreseen / AGREEMENT)
    for _ in range(STEPS):
        trust = 1 / (1 + level * foreseen / AGREEMENT)
        level = float((trust @ found + LEVEL) / (trust @ foreseen + LEVEL))
    return level, level / float(trust @ foreseen + LEVEL)


def _after(shape: float, mean: Floats, found: Floats, labelled: Floats) -> _Belief:
    """What labels make of Gamma beliefs of this shape and mean; terms that all shapes share are left out."""
    before = shape / mean
    after = before + labelled
    posterior = (shape + found) / after
    likelihood = special.gammaln(shape + found) - special.gammaln(shape)
    likelihood += shape * np.log(before) - (shape + found) * np.log(after)
    return _Belief(posterior, posterior / after, likelihood, posterior * before / after)


def _mixed(one: _Belief, other: _Belief, *, doubt: float) -> _Belief:
    """Two beliefs, the second one held with chance `doubt` before the labels."""
    other_part = special.expit(special.logit(doubt) + other.likelihood - one.likelihood)
    part = 1 - other_part
    mean = part * one.mean + other_part * other.mean
    apart = part * (one.mean - mean) ** 2 + other_part * (other.mean - mean) ** 2
    variance = part * one.variance + other_part * other.variance + apart
    likelihood = np.logaddexp(one.likelihood + np.log1p(-doubt), other.likelihood + np.log(doubt))
    return _Belief(mean, variance, likelihood, part * one.slope + other_part * other.slope)
