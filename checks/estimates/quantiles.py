"""Quantiles of latency from log-spaced bins, with intervals that hold when hours differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import LATENCY_BASE, LatencyCell
from checks.counts.confusion import Floats, sums
from checks.statistics import special
from checks.statistics.intervals import CONFIDENCE, Proportion
from checks.statistics.mover import Bounded


@dataclass(frozen=True)
class Histogram:
    """Latencies in ms by log-spaced bin; `bins` are sorted and `counts` (same length) positive."""

    bins: Floats
    counts: Floats

    @classmethod
    def of(cls, cells: Iterable[LatencyCell]) -> "Histogram":
        """Sum cells, whatever versions they are of."""
        pairs = np.array([(cell.bin, cell.n) for cell in cells], dtype=float).reshape(-1, 2)
        bins, where = np.unique(pairs[:, 0], return_inverse=True)
        return cls(bins, sums(where, pairs[:, 1], bins.size))

    @cached_property
    def n(self) -> int:
        """Answers counted."""
        return int(self.counts.sum())

    @cached_property
    def _cumulated(self) -> Floats:
        return np.cumsum(self.counts)

    def quantile(self, q: float) -> float:
        """Latency in ms at share q in [0, 1], interpolated between the two ranks next to it (Hyndman and Fan's type 7).

        Raises ValueError on an empty histogram.
        """
        if not self.n:
            msg = "an empty histogram has no quantile"
            raise ValueError(msg)
        position = q * (self.n - 1)
        below, above = self._at_rank(np.floor(position)), self._at_rank(np.ceil(position))
        return float(below + (above - below) * (position % 1))

    def share_over(self, ms: float) -> float:
        """Share of answers slower than `ms`; the bin that holds `ms` counts in proportion, on the log scale."""
        return float(self.counts @ part_over(self.bins, ms) / self.n) if self.n else 0.0

    def interval(self, q: float, effective_n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Bounds in ms, for any shape of the distribution.

        They are order statistics of fractional rank: how many of n independent answers lie under the true quantile is
        binomial (David and Nagaraja 2003, "Order Statistics", section 7.1; Hutson 1999, "Calculating nonparametric
        confidence intervals for quantiles using fractional order statistics"). `effective_n` > 0 stands for n.
        """
        value, tail = self.quantile(q), (1 - confidence) / 2
        low, high = (_share_under(level, effective_n, q) for level in (tail, 1 - tail))
        return min(self._at_share(low), value), max(self._at_share(high), value)

    def _at_share(self, share: float) -> float:
        """Latency under which a share of the answers lies, those of one bin spread evenly over it on the log scale."""
        at = min(int(np.searchsorted(self._cumulated, share * self.n)), self.bins.size - 1)
        within = 1 - (self._cumulated[at] - share * self.n) / self.counts[at]
        return float(LATENCY_BASE ** (self.bins[at] + np.clip(within, 0, 1)))

    def _at_rank(self, rank: float) -> float:
        at = int(np.searchsorted(self._cumulated, rank, side="right"))
        return float(LATENCY_BASE ** (self.bins[min(at, self.bins.size - 1)] + 0.5))


@dataclass(frozen=True)
class Spread:
    """The latency histograms of some buckets side by side: `counts` is (buckets x bins), `bins` are sorted."""

    bins: Floats
    counts: Floats

    @classmethod
    def of(cls, buckets: Sequence[Sequence[LatencyCell]]) -> "Spread":
        """Sum the cells of each bucket, whatever versions they are of."""
        row = np.repeat(np.arange(len(buckets)), [len(cells) for cells in buckets])
        every = list(chain.from_iterable(buckets))
        each, n = (np.fromiter(map(attrgetter(name), every), float, len(every)) for name in ("bin", "n"))
        bins, column = np.unique(each, return_inverse=True)
        shape = len(buckets), bins.size
        return cls(bins, sums(row * bins.size + column, n, shape[0] * shape[1]).reshape(shape))

    def rows(self, chosen: NDArray[np.bool_]) -> "Spread":
        """Some of the buckets."""
        return Spread(self.bins, self.counts[chosen])

    def slower_than(self, ms: float) -> Proportion:
        """Share of answers slower than `ms`, with the effective size that its spread between buckets allows.

        Answers of one slow hour are slow together. The variance is therefore taken between buckets (the ratio estimator
        of cluster sampling, Cochran 1977, section 3.12), and never less than that of independent answers, so that
        an hour by itself cannot pass for a regression. `value` is a share in [0, 1].
        """
        sizes = self.counts.sum(axis=1)
        n = float(sizes.sum())
        if not n:
            return Proportion(0.0, 0.0, 0)
        slow = self.counts @ part_over(self.bins, ms)
        share = float(slow.sum() / n)
        return Proportion(share, _effective_n(slow, sizes, share), int(n))


def _share_under(level: float, n: float, q: float) -> float:
    """Share of n answers under the true quantile q that chance exceeds with probability 1 - `level`, in [0, 1]."""
    if n <= 0 or (1 - q) ** n >= level:
        return float(level > 1 / 2)
    return float(np.clip((special.bdtrik(level, n, q) + 1 / 2) / n, 0, 1))


def ratio(
    one: Histogram, other: Histogram, q: float, effective_n: float, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Bounds of the ratio of two quantiles, one / other, neither of them empty.

    `effective_n` is the number of independent answers that `one` is worth; `other` is taken to be as restless, so it
    is worth the same part of its own. The bounds are those of the two quantiles, put together on the log scale by MOVER
    (Zou and Donner 2008, "Construction of confidence limits about effect measures"), as Newcombe (2016), "MOVER-R
    confidence intervals for ratios and products of two independently estimated quantities", does for positive ones.
    """
    now = Bounded(*np.log([one.quantile(q), *one.interval(q, effective_n, confidence)]))
    known = effective_n * other.n / one.n
    change = now.less(Bounded(*np.log([other.quantile(q), *other.interval(q, known, confidence)])))
    return float(np.exp(change.low)), float(np.exp(change.high))


def part_over(bins: Floats, ms: float) -> Floats:
    """Part of each bin, in [0, 1], that lies over `ms`, on the log scale."""
    part: Floats = np.clip(bins + 1 - np.log(ms) / np.log(LATENCY_BASE), 0, 1)
    return part


def _effective_n(slow: Floats, sizes: Floats, share: float) -> float:
    """Effective sample size of the share, by its spread between buckets; 1 when all answers are of one bucket."""
    used = int((sizes > 0).sum())
    if used < 2:  # noqa: PLR2004 - a spread needs two
        return 1.0
    n = float(sizes.sum())
    between = used / (used - 1) * float(((slow - share * sizes) ** 2).sum()) / n**2
    return float(min(n, share * (1 - share) / between)) if between > 0 else float(n)
