"""How much of what will ever be labelled is labelled already."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np

from checks.counts import DelayCell
from checks.windows import BucketTotal, Window

DELAY_GAMMA = 1.1
"""Ratio of the edges of a delay bin; bin b holds [DELAY_GAMMA^b, DELAY_GAMMA^(b+1)) seconds."""

MATURE = 0.6
"""Maturity from which a window's numbers are no longer provisional: most labels that will ever come are there."""

MIN_DELAYS = 30
"""Labels under which a delay distribution is not taken for known."""


class DelayCurve:
    """The share of labels that have come after a given age, from the delays of labels that came.

    Delays of predictions that are young themselves are cut off at their age, so the curve should be made from older
    ones (the reference).
    """

    def __init__(self, cells: Iterable[DelayCell]) -> None:
        pairs = sorted((cell.bin, cell.n) for cell in cells)
        edges = [edge for bin_, _ in pairs for edge in (DELAY_GAMMA**bin_, DELAY_GAMMA ** (bin_ + 1))]
        gains = [gain for _, n in pairs for gain in (0.0, float(n))]
        self._edges = np.array(edges)  # seconds
        self._cumulated = np.cumsum(gains)

    @property
    def n(self) -> int:
        """Labels that the curve is made of."""
        return int(self._cumulated[-1]) if self._cumulated.size else 0

    def arrived(self, age: timedelta) -> float:
        """Share of labels, in [0, 1], that come within `age`; 1 when nothing is known of the delay."""
        if not self.n:
            return 1.0
        seconds = max(age.total_seconds(), 0.0)
        return float(np.interp(seconds, self._edges, self._cumulated) / self.n)

    def quantile(self, q: float) -> timedelta:
        """Delay within which a share q of the labels comes; ValueError when there are none."""
        if not self.n:
            msg = "no label has come, so there is no delay"
            raise ValueError(msg)
        return timedelta(seconds=float(np.interp(q * self.n, self._cumulated, self._edges)))


def maturity(window: Window, buckets: Sequence[BucketTotal], curve: DelayCurve, now: datetime) -> float:
    """Share of the window's expected labels, in [0, 1], that had the time to come; 1 for a window without predictions.

    Each bucket counts by its predictions; its age is taken from its start, so the last bucket is a little optimistic.
    """
    inside = [bucket for bucket in buckets if window.start <= bucket.start < window.end]
    total = sum(bucket.predictions for bucket in inside)
    if not total:
        return 1.0
    return sum(bucket.predictions * curve.arrived(now - bucket.start) for bucket in inside) / total
