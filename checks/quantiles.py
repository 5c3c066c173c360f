"""Quantiles of latency from log-spaced bins, with intervals that hold when hours differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checks.confusion import Floats, sums
from checks.counts import LatencyCell
from checks.intervals import CONFIDENCE, Proportion

GAMMA = 1.02
"""Ratio of a bin's edges: bin b holds [GAMMA^b, GAMMA^(b+1)) ms, so its middle is within 1% of all that it holds
(Masson, Rim and Lee 2019, "DDSketch")."""


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
        return float(self.counts @ _part_over(self.bins, ms) / self.n) if self.n else 0.0

    def interval(self, q: float, effective_n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Bounds in ms: the quantiles at the ends of the interval for the share q itself, which holds for any shape.

        This is the interval by order statistics (David and Nagaraja 2003, section 7.1), with Jeffreys' bounds for the
        ranks.
        """
        low, high = Proportion(q, effective_n, self.n).interval(confidence)
        return self.quantile(low), self.quantile(high)

    def _at_rank(self, rank: float) -> float:
        at = int(np.searchsorted(self._cumulated, rank, side="right"))
        return float(GAMMA ** (self.bins[min(at, self.bins.size - 1)] + 0.5))


@dataclass(frozen=True)
class Spread:
    """The latency histograms of some buckets side by side: `counts` is (buckets x bins), `bins` are sorted."""

    bins: Floats
    counts: Floats

    @classmethod
    def of(cls, histograms: Sequence[Histogram]) -> "Spread":
        """Put histograms on common bins."""
        bins = np.unique(np.concatenate([histogram.bins for histogram in histograms] or [np.zeros(0)]))
        counts = np.zeros((len(histograms), bins.size))
        for row, histogram in zip(counts, histograms, strict=True):
            row[np.searchsorted(bins, histogram.bins)] = histogram.counts
        return cls(bins, counts)

    def slower_than(self, ms: float) -> Proportion:
        """Share of answers slower than `ms`, as well known as its spread from bucket to bucket allows.

        Answers of one slow hour are slow together. The variance is therefore taken between buckets (the ratio estimator
        of cluster sampling, Cochran 1977, section 3.12), and never less than that of independent answers, so that
        an hour by itself cannot pass for a regression. `value` is a share in [0, 1].
        """
        sizes = self.counts.sum(axis=1)
        n = float(sizes.sum())
        if not n:
            return Proportion(0.0, 0.0, 0)
        slow = self.counts @ _part_over(self.bins, ms)
        share = float(slow.sum() / n)
        return Proportion(share, _effective_n(slow, sizes, share), int(n))


def _part_over(bins: Floats, ms: float) -> Floats:
    """Part of each bin, in [0, 1], that lies over `ms`, on the log scale."""
    part: Floats = np.clip(bins + 1 - np.log(ms) / np.log(GAMMA), 0, 1)
    return part


def _effective_n(slow: Floats, sizes: Floats, share: float) -> float:
    """Number of independent answers that would know the share as well; 1 when all answers are of one bucket."""
    used = int((sizes > 0).sum())
    if used < 2:  # noqa: PLR2004 - a spread needs two
        return 1.0
    n = float(sizes.sum())
    between = used / (used - 1) * float(((slow - share * sizes) ** 2).sum()) / n**2
    return float(min(n, share * (1 - share) / between)) if between > 0 else float(n)
