"""Cluster test of the last hours' latency: by how much spells of that length differ within the week.

A spell of two hours has too few hours to tell from itself how restless it is, and slow hours come in rows. So the week
before it is cut into spells of the same length, and their spread says what the last one is worth: with m of them, of
n_b answers each, x_b of these slow, and p the share of slow ones in all,

    rho = (k sum (x_b - p n_b)^2 - sum n_b p q) / sum n_b (n_b - 1) p q        n / (1 + (n - 1) rho) effective answers

which is the moment estimator of the correlation within clusters (Donner 1986, "A review of inference procedures for the
intraclass correlation coefficient"), taken at its upper 90% bound by k = (m - 1) / chi^2 quantile, because from a dozen
spells it is hardly known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from checks.counts.confusion import Floats
from checks.counts.windows import Window
from checks.estimates.cycle_data import Measured
from checks.estimates.quantiles import Histogram, Spread, part_over
from checks.statistics import special
from checks.statistics.intervals import Proportion

LENGTHS = tuple(timedelta(hours=hours) for hours in (2, 3, 6, 12))

MIN_BUCKETS = 2
"""A spell has at least so many buckets, of which the slowest does not count."""

MIN_SPELLS = 8
"""Earlier spells that are needed to say how much they differ."""

DOUBT = 0.1
"""Chance that spells differ more than is taken for granted."""


@dataclass(frozen=True)
class ShortSpell:
    """The last answers, by bucket: `hours` (buckets x bins); and `spells` (spells x bins) of the same length before."""

    window: Window
    bins: Floats
    hours: Floats
    spells: Floats

    @property
    def n(self) -> int:
        """Answers of the last spell."""
        return int(self.hours.sum())

    @property
    def histogram(self) -> Histogram:
        """The last answers."""
        counts = self.hours.sum(axis=0)
        return Histogram(self.bins[counts > 0], counts[counts > 0])

    def slower_than(self, ms: float) -> Proportion:
        """Share of the last answers that are slower than `ms`, as well known as earlier spells let it be.

        The bucket that adds most to it is left out: one slow hour is no regression.
        """
        part = part_over(self.bins, ms)
        slow, sizes = self.hours @ part, self.hours.sum(axis=1)
        rest = np.arange(slow.size) != np.argmax(slow - sizes * slow.sum() / max(sizes.sum(), 1.0))
        n = float(sizes[rest].sum())
        if not n:
            return Proportion(0.0, 0.0, 0)
        effective = n / (1 + (n - 1) * _correlation(self.spells @ part, self.spells.sum(axis=1)))
        return Proportion(float(slow[rest].sum() / n), effective, int(n))


def short_spells(measured: Measured) -> tuple[ShortSpell, ...]:
    """The spells that end now, longest first; those that the current window's buckets are too few for are left out."""
    windows, end = measured.windows, measured.windows.current.end
    if not windows.latency_buckets:
        return ()
    ages = np.array([(end - each.start) / timedelta(seconds=1) for each in windows.latency_buckets])
    return tuple(
        _spell(measured.buckets, ages, length, end)
        for length in sorted(LENGTHS, reverse=True)
        if length >= MIN_BUCKETS * windows.bucket and ages.max() >= (MIN_SPELLS + 1) * length.total_seconds()
    )


def _spell(spread: Spread, ages: NDArray[np.float64], length: timedelta, end: datetime) -> ShortSpell:
    number = np.ceil(ages / length.total_seconds()).astype(np.intp) - 1
    counts = np.zeros((int(number.max()) + 1, spread.bins.size))
    np.add.at(counts, number, spread.counts)
    return ShortSpell(Window(end - length, end), spread.bins, spread.counts[number == 0], counts[1:])


def _correlation(slow: Floats, sizes: Floats) -> float:
    """Correlation of answers within a spell, in [0, 1], at its upper bound."""
    used = sizes > 0
    slow, sizes = slow[used], sizes[used]
    spells, n = sizes.size, float(sizes.sum())
    if spells < MIN_SPELLS:
        return 1.0
    share = float(np.clip(slow.sum(), 0.5, n - 0.5)) / n
    alone = share * (1 - share)
    pairs = float((sizes * (sizes - 1)).sum()) * alone
    if pairs <= 0:
        return 0.0
    doubt = (spells - 1) / float(special.chdtri(spells - 1, 1 - DOUBT))
    return float(np.clip((doubt * ((slow - share * sizes) ** 2).sum() - n * alone) / pairs, 0.0, 1.0))
