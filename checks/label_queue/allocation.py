"""Neyman allocation: how a budget of labels is split so that the interval of recall shrinks most.

Predictions fall into strata by predicted class and confidence band. The variance of an estimated recall is a sum over
strata of `a^2 / n`, where `n` are the labels of the stratum and `a` is its size times the spread, among its
predictions, of what recall depends on. Such a sum is least where labels are shared out in proportion to `a`: the
allocation of Neyman (1934), "On the two different aspects of the representative method". For several classes it is the
sum of their variances that is made least (Cochran 1977, "Sampling Techniques", section 5A.4). The spread is that which
earlier labels let expect, and as much again anywhere as labels cannot rule out, for misses may move.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from checks.counts.cells import BAND_EDGES, NO_BAND, OutcomeCell
from checks.counts.confusion import Floats
from checks.label_queue.neyman import Prospects
from checks.statistics.arithmetic import bisect
from checks.statistics.intervals import Proportion

UNIFORM_SHARE = 0.2
"""Part of the budget that is spread over all predictions alike, so that every one of them has a chance."""

CAUGHT_SHARE = 0.1
"""Part of the budget that goes at least to what is predicted as the classes, less the labels that it has: a recall is
not called well from a few labelled rows of the class, and most of these are found here."""


class Stratum(NamedTuple):
    """Predictions of one class in one confidence band (`NO_BAND` where no confidence is logged)."""

    predicted: str
    band: int

    def __str__(self) -> str:
        """The stratum as a person reads it.

        >>> str(Stratum("billing", 4)), str(Stratum("billing", NO_BAND))
        ('billing, confidence 0.8–0.9', 'billing')
        """
        if self.band == NO_BAND:
            return self.predicted
        low, high = list(pairwise((0, *BAND_EDGES, 1)))[self.band]
        return f"{self.predicted}, confidence {low:g}–{high:g}"


@dataclass(frozen=True, slots=True)
class Share:
    """What one stratum gets: `expected` labels of its `unlabelled` predictions, each with the same probability.

    `about` is the class whose recall these labels tell most of; None where the stratum gets no more than its part of
    the uniform share.
    """

    stratum: Stratum
    size: int
    labelled: int
    unlabelled: int
    expected: float
    about: str | None

    @property
    def probability(self) -> float:
        """Chance of each unlabelled prediction to be drawn, in (0, 1]."""
        return min(self.expected / self.unlabelled, 1.0)


@dataclass(frozen=True)
class Allocation:
    """A budget, split; `before` and `after` are what the recall of each class is expected to be known by."""

    shares: tuple[Share, ...]
    before: Mapping[str, Proportion | None]
    after: Mapping[str, Proportion | None]

    def rounded(self, start: float) -> tuple[int, ...]:
        """Whole numbers to draw, one for each share, from a random start in [0, 1).

        Systematic rounding (Madow 1949): each is `expected` rounded up or down, they sum to the budget, and over all
        starts the mean of each is `expected`. So a prediction's chance is exactly its share's probability.

        >>> allocation = Allocation(tuple(Share(Stratum(k, -1), 9, 0, 9, 1.5, None) for k in "ab"), {}, {})
        >>> allocation.rounded(0.2), allocation.rounded(0.7)
        ((1, 2), (2, 1))
        """
        # Sums of floats are off in their last digits, and where a sum is whole that must not cost or give a label.
        ends = np.round(np.cumsum([0.0, *(share.expected for share in self.shares)]), _DIGITS)
        return tuple(int(n) for n in np.diff(np.floor(ends + min(start, 1 - 10**-_DIGITS))))


def allocate(
    cells: Iterable[OutcomeCell],
    unlabelled: Mapping[Stratum, int],
    classes: Sequence[str],
    budget: int,
    earlier: Iterable[OutcomeCell] = (),
) -> Allocation:
    """Split a budget over the strata of a window.

    `cells` are its predictions, `unlabelled` how many of each stratum can be drawn, `classes` those whose recall is to
    be known better, and `earlier` the predictions of an earlier window, whose labels help to say where messages of the
    classes lie; without enough of them confidences do. The budget is capped at what can be drawn. Raises ValueError if
    nothing can be drawn, no class is given, or the budget is not positive.
    """
    if budget < 1 or not classes or not any(unlabelled.values()):
        raise ValueError("needs a positive budget, a class, and something unlabelled")
    known = Prospects.of(cells, classes, earlier)
    strata = [Stratum(*key) for key in known.strata]
    available = np.array([unlabelled.get(stratum, 0) for stratum in strata], dtype=float)
    whole = min(float(budget), float(available.sum()))
    uniform = UNIFORM_SHARE * whole * available / available.sum()
    caught = np.where([predicted in classes for predicted, _ in strata], available, 0.0)
    least = uniform + np.maximum(CAUGHT_SHARE * whole * caught / max(caught.sum(), 1.0) - known.labelled, 0.0)
    least = np.minimum(least, available)
    worth = known.worth(whole)
    expected = _share_out(np.sqrt((worth**2).sum(axis=0)), known.labelled, least, available, whole)
    favourite = [classes[k] for k in worth.argmax(axis=0)]
    shares = tuple(
        Share(
            stratum=stratum,
            size=int(known.size[h]),
            labelled=int(known.labelled[h]),
            unlabelled=int(available[h]),
            expected=float(expected[h]),
            about=favourite[h] if expected[h] > uniform[h] * (1 + _TOLERANCE) else None,
        )
        for h, stratum in enumerate(strata)
        if available[h]
    )
    return Allocation(shares, known.recalls(known.labelled), known.recalls(known.labelled + expected))


def _share_out(worth: Floats, labelled: Floats, least: Floats, most: Floats, whole: float) -> Floats:
    """Labels to add (H, by stratum) that sum to `whole` and make the sum of worth^2 / (labelled + added) least.

    By Lagrange each is `level * worth - labelled`, within its bounds; the level is found by bisection. Where nothing
    is worth anything, as with a class that nothing else is predicted beside, all strata with labels to give are alike.
    """
    if whole >= most.sum():
        return most
    worth = np.maximum(worth, max(float(worth.max()), 1.0) * _WORTHLESS)

    def added_at(level: float) -> Floats:
        return np.clip(level * worth - labelled, least, most)

    _, level = bisect(lambda level: added_at(level).sum() < whole, 0.0, float(((labelled + most) / worth).max()))
    added = added_at(level)
    return np.asarray(np.minimum(added * (whole / added.sum()), most))


_TOLERANCE = 1e-6
_DIGITS = 7  # of a number of labels that count
_WORTHLESS = 1e-9  # part of the greatest worth below which a stratum is not told from others
