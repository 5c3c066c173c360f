"""The share of hits among hits and misses where one observation of each stands for a different number of predictions.

Hits and misses are weighted sums of counts. Each has the interval of a Poisson count of the same mean and variance,
times a weight (Fay and Feuer 1997, "Confidence intervals for directly standardized rates: a method based on the gamma
distribution"). Of two Poisson counts the one, given their sum, is binomial (Przyborowski and Wilenski 1940), so with
Jeffreys' half an imagined hit and miss the share of *observations* that are hits is Beta(hits, misses). With a miss
weighing w as much as a hit, a share B of observations is a share B / (B + (1 - B) w) of predictions. With w = 1 that is
Jeffreys' interval.
"""

from dataclasses import dataclass, replace

from checks.statistics import special
from checks.statistics.intervals import Proportion


@dataclass(frozen=True, slots=True)
class WeightedCounts(Proportion):
    """A share of predictions whose hits were counted with one weight and whose misses with another.

    `hits` and `misses` (> 0) are the observations that would know both as well, half an imagined one of each included;
    `miss_weight` (> 0) is how many predictions a miss stands for, as against a hit. `effective_n` is that of the
    simple random sample of the same variance, as for every proportion.

    >>> plain = Proportion(0.8, 10, 10)
    >>> WeightedCounts(0.8, 10, 10, hits=8.5, misses=2.5).interval() == plain.interval()
    True
    """

    hits: float = 0.5
    misses: float = 0.5
    miss_weight: float = 1.0

    @property
    def counted(self) -> "WeightedCounts":
        """The share with an effective size of at most `n`, its two counts cut in proportion."""
        if self.effective_n <= self.n:
            return self
        part = self.n / self.effective_n
        return replace(
            self, effective_n=float(self.n), hits=_shrunk(self.hits, part), misses=_shrunk(self.misses, part)
        )

    def lower(self, tail: float) -> float:
        """Lower bound that the truth is under with probability about `tail`."""
        return 0.0 if self.value <= 0 else min(self._quantile(tail), self.value)

    def upper(self, tail: float) -> float:
        """Upper bound that the truth is over with probability about `tail`; 1 where no miss was found."""
        return 1.0 if self.value >= 1 else max(self._quantile(1 - tail), self.value)

    def chance_at_least(self, floor: float) -> float:
        """How credible it still is that the truth is `floor` or more; `chance < tail` is `upper(tail) < floor`."""
        if self.value >= floor:
            return 1.0
        observed = floor * self.miss_weight / (floor * self.miss_weight + 1 - floor)
        return float(special.betaincc(self.hits, self.misses, observed))

    def _quantile(self, level: float) -> float:
        observed = float(special.betaincinv(self.hits, self.misses, level))
        return observed / (observed + (1 - observed) * self.miss_weight)


def _shrunk(count: float, part: float) -> float:
    """So many fewer observations, the imagined half of one kept."""
    return max(count - 0.5, 0.0) * part + 0.5
