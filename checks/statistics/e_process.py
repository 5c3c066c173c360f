"""E-processes, and the e-detector that adds them up: evidence that may be looked at as often as one likes.

An e-process is a bet against "nothing is wrong" that starts with 1 and that no strategy of looking can make grow on
average while nothing is wrong (Ramdas, Grünwald, Vovk and Shafer 2023, "Game-theoretic statistics and safe
anytime-valid inference"). Here it is a likelihood ratio of the labelled answers since some start, mixed over how bad it
may have become (the method of mixtures, Robbins 1970).

Nobody knows when a drop begins, so new e-processes start at fixed intervals (`checks.statistics.start_grid`), and their
sum is the e-detector of Shiryaev and Roberts (Shin, Ramdas and Rinaldo 2023, "E-detectors: a nonparametric framework
for sequential change detection"): as each start adds no more than 1 on average, the mean number of starts until the sum
reaches `c` is at least `c`, for any sample size and however often one looks. That gives the level:
`AlarmBudget.evidence`.

What that rests on: answers count in the order in which their labels come. A late label multiplies the bets of the
starts before its prediction, whenever it comes, so lateness costs nothing. All is computed anew from the counts that
are known at each look, so a corrected or deleted label changes the past of a bet as if it had never been otherwise,
and labels that are no fair sample count with their effective number, not one by one. Neither is covered by the
theorem, nor is a reference that rolls on. `bench.alarms.rates` plays all three; docs/statistics/false_alarms.md says
how many years of each have been.
"""

from collections.abc import Sequence
from math import exp, lgamma, log, log1p
from typing import NamedTuple, Protocol

import numpy as np

from checks.statistics import special
from checks.statistics.intervals import Proportion

EFFECTS, SPREAD = (1.0, 3.0), (0.85, 0.15)
"""Multiples of the smallest drop of interest (in log odds) that the bet is spread over, and in what parts. Small drops
have the larger part: a few nats less evidence cost them days, and great ones hours."""

SMALLEST_EFFECT = 0.25  # log odds; a drop from 90.0% to 87.5%
SHORTFALL = 0.05  # under a floor, the smallest drop of interest
JEFFREYS = 0.5
EDGE = 1e-4  # shares are kept this far from 0 and 1, where one answer would settle the bet


class Null(Protocol):
    """Null hypothesis: the share of hits if nothing were wrong."""

    def log_likelihood(self, hits: float, misses: float) -> float:
        """Log likelihood of the answers, as a sequence."""


def log_bet(share: Proportion, null: Null, alternatives: Sequence[float]) -> float:
    """Logarithm of the e-process: likelihood under the `alternatives` (shares, mixed as SPREAD), over the null's.

    Answers count with their effective number, and never more than there are: a few of very unequal weight can look
    better known than they are.
    """
    known = share.counted.effective_n
    hits, misses = share.value * known, (1 - share.value) * known
    worse = (min(max(alternative, EDGE), 1 - EDGE) for alternative in alternatives)
    gains = (log(part) + hits * log(one) + misses * log1p(-one) for one, part in zip(worse, SPREAD, strict=True))
    return _log_sum(tuple(gains)) - null.log_likelihood(hits, misses)


def log_sum(bets: Sequence[float], weights: Sequence[float]) -> float:
    """Logarithm of the e-detector, from the logarithms of its e-processes and their weights; -inf without any."""
    return float(np.logaddexp.reduce(bets + np.log(weights))) if bets else -np.inf


class AtLeast:
    """Null: the share is at least `floor`. The worst case is the floor itself, as all alternatives lie below it."""

    def __init__(self, floor: float) -> None:
        self._floor = min(max(floor, EDGE), 1 - EDGE)

    def log_likelihood(self, hits: float, misses: float) -> float:
        """At the floor."""
        return hits * log(self._floor) + misses * log1p(-self._floor)


class AsBefore:
    """Null: the share is that of the reference, with the uncertainty of its labels (beta-binomial).

    The likelihood is averaged over the reference's Jeffreys posterior (beta-binomial), so a small reference makes a
    cautious bet. That is an e-value on average over what the reference leaves open (Grünwald, de Heide and Koolen 2024,
    "Safe testing", section 4), not for the worst case of it.

    The baseline also uses `older` labels, from before the reference, if a Bayes factor says that the share was the same
    then: even odds beforehand (Bayesian model averaging; as a prior, the robust mixture of Schmidli et al. 2014). So a
    level that was accepted since then is kept out.
    """

    def __init__(self, reference: Proportion, older: Proportion | None = None) -> None:
        own = _Belief.of(reference)
        self._beliefs = [(own, 0.0)]  # each with the logarithm of its chance
        if older is not None:
            past = _Belief.of(older)
            both = _Belief(own.hits + past.hits - JEFFREYS, own.misses + past.misses - JEFFREYS)
            odds = both.log_beta() + _Belief(JEFFREYS, JEFFREYS).log_beta() - own.log_beta() - past.log_beta()
            either = _log_sum((odds, 0.0))
            self._beliefs = [(own, -either), (both, odds - either)]

    @property
    def mean(self) -> float:
        """What the share is expected to be."""
        return sum(exp(chance) * belief.hits / (belief.hits + belief.misses) for belief, chance in self._beliefs)

    def log_likelihood(self, hits: float, misses: float) -> float:
        """Of the answers, predicted from the reference's."""
        predicted = (chance + belief.log_beta(hits, misses) - belief.log_beta() for belief, chance in self._beliefs)
        return _log_sum(tuple(predicted))


class _Belief(NamedTuple):
    """A beta distribution of a share: hits and misses, with half an imagined one of each."""

    hits: float
    misses: float

    @classmethod
    def of(cls, share: Proportion) -> "_Belief":
        """Jeffreys' posterior of a share."""
        known = share.effective_n
        return cls(share.value * known + JEFFREYS, (1 - share.value) * known + JEFFREYS)

    def log_beta(self, hits: float = 0.0, misses: float = 0.0) -> float:
        """Logarithm of the beta function, after so many more answers."""
        a, b = self.hits + hits, self.misses + misses
        return lgamma(a) + lgamma(b) - lgamma(a + b)


def _log_sum(logs: Sequence[float]) -> float:
    """Logarithm of the sum of a few exponentials."""
    most = max(logs)
    return most + log(sum(exp(one - most) for one in logs))


def below(share: float, smallest: float = SHORTFALL) -> tuple[float, ...]:
    """Alternatives under a share, from the `smallest` drop of interest on."""
    start = special.logit(min(max(share, EDGE), 1 - EDGE))
    first = max(start - special.logit(min(max(share - smallest, EDGE), 1 - EDGE)), SMALLEST_EFFECT)
    return tuple(float(special.expit(start - first * effect)) for effect in EFFECTS)
