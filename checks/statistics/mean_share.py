"""The mean of independent shares, such as balanced accuracy of the recalls of all classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from checks.statistics.intervals import Proportion
from checks.statistics.smoothing import effective_size, smoothed, variance_of_mean, variance_of_one


@dataclass(frozen=True, slots=True)
class MeanShare(Proportion):
    """The mean of independent shares, with bounds from theirs (MOVER: Zou and Donner 2008).

    So it is as lopsided as they are. `chance_at_least` is that of its effective size.
    """

    parts: tuple[Proportion, ...] = ()

    def lower(self, tail: float) -> float:
        """Lower bound that the truth is under with probability about `tail`."""
        reach = hypot(*(part.value - part.lower(tail) for part in self.parts))
        return max(self.value - reach / len(self.parts), 0.0)

    def upper(self, tail: float) -> float:
        """Upper bound that the truth is over with probability about `tail`."""
        reach = hypot(*(part.upper(tail) - part.value for part in self.parts))
        return min(self.value + reach / len(self.parts), 1.0)


def mean_share(shares: Sequence[Proportion], *, lopsided: bool) -> Proportion:
    """The mean of some shares (at least one), whose errors are independent.

    Its interval is that of a share of the same variance; where the shares are known from labels of very unequal weight
    they are `lopsided`, and it is put together from theirs.
    """
    value = sum(share.value for share in shares) / len(shares)
    variance = sum(variance_of_mean(share.value, share.effective_n) for share in shares) / len(shares) ** 2
    rough = variance_of_one(value, sum(share.effective_n for share in shares)) / variance
    effective = effective_size(smoothed(value, rough), variance)
    n = sum(share.n for share in shares)
    return MeanShare(value, effective, n, parts=tuple(shares)) if lopsided else Proportion(value, effective, n)
