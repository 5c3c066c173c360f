"""What to label next: how a budget of labels is split so that the interval of recall shrinks most.

Predictions fall into strata by predicted class and confidence band. The variance of an estimated recall is a sum over
strata of `a^2 / n`, where `n` are the labels of the stratum and `a` is its size times the spread, among its
predictions, of what recall depends on. Such a sum is least where labels are shared out in proportion to `a`: the
allocation of Neyman (1934), "On the two different aspects of the representative method". For several classes it is the
sum of their variances that is made least (Cochran 1977, "Sampling Techniques", section 5A.4).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checks.confusion import Floats
from checks.counts import BAND_EDGES, NO_BAND, OutcomeCell
from checks.intervals import Proportion

UNIFORM_SHARE = 0.2
"""Part of the budget that is spread over all predictions alike, so that every one of them has a chance."""

PRIOR_ROWS = 20.0
"""Imagined rows with which a stratum believes its like (the same band, other classes) before its own labels."""

BASE_ROWS = 1.0
"""Imagined rows with which that belief begins, before any label: at the word of the confidence."""


class Stratum(NamedTuple):
    """Predictions of one class in one confidence band (`NO_BAND` where no confidence is logged)."""

    predicted: str
    band: int

    def __str__(self) -> str:
        """As a person reads it.

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
    before: Mapping[str, Proportion]
    after: Mapping[str, Proportion]

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
    cells: Iterable[OutcomeCell], unlabelled: Mapping[Stratum, int], classes: Sequence[str], budget: int
) -> Allocation:
    """Split a budget over the strata of a window.

    `cells` are its predictions, `unlabelled` how many of each stratum can be drawn, `classes` those whose recall is to
    be known better. The budget is capped at what can be drawn. Raises ValueError if nothing can be drawn, no class is
    given, or the budget is not positive.
    """
    if budget < 1 or not classes or not any(unlabelled.values()):
        raise ValueError("needs a positive budget, a class, and something unlabelled")
    known = _Known.of(cells, classes)
    available = np.array([unlabelled.get(stratum, 0) for stratum in known.strata], dtype=float)
    whole = min(float(budget), float(available.sum()))
    least = UNIFORM_SHARE * whole * available / available.sum()
    worth = known.worth()
    expected = _share_out(np.sqrt((worth**2).sum(axis=0)), known.labelled, least, available, whole)
    favourite = [classes[k] for k in worth.argmax(axis=0)]
    shares = tuple(
        Share(
            stratum=stratum,
            size=int(known.size[h]),
            labelled=int(known.labelled[h]),
            unlabelled=int(available[h]),
            expected=float(expected[h]),
            about=favourite[h] if expected[h] > least[h] * (1 + _TOLERANCE) else None,
        )
        for h, stratum in enumerate(known.strata)
        if available[h]
    )
    return Allocation(shares, known.recalls(known.labelled), known.recalls(known.labelled + expected))


@dataclass(frozen=True)
class _Known:
    """What is known of H strata and C classes: sizes and labelled rows (H), rows truly of each class (C x H)."""

    classes: tuple[str, ...]
    strata: tuple[Stratum, ...]
    size: Floats
    labelled: Floats
    of_class: Floats
    confidence: Floats  # mean of each stratum (H); NaN where none is logged

    @classmethod
    def of(cls, cells: Iterable[OutcomeCell], classes: Sequence[str]) -> "_Known":
        cells = tuple(cells)
        strata = tuple(sorted({Stratum(cell.predicted, cell.band) for cell in cells}))
        place = {stratum: h for h, stratum in enumerate(strata)}
        number = {name: c for c, name in enumerate(classes)}
        size, labelled, confidence = np.zeros((3, len(strata)))
        of_class = np.zeros((len(classes), len(strata)))
        for cell in cells:
            h = place[Stratum(cell.predicted, cell.band)]
            size[h] += cell.n
            confidence[h] += cell.confidence
            if cell.label is not None:
                labelled[h] += cell.n
                if cell.label in number:
                    of_class[number[cell.label], h] += cell.n
        logged = np.array([stratum.band != NO_BAND for stratum in strata])
        mean = np.where(logged, confidence / np.maximum(size, 1), np.nan)
        return cls(tuple(classes), strata, size, labelled, of_class, mean)

    def worth(self) -> Floats:
        """`a` of each class and stratum (C x H): size times spread times what one row moves recall by.

        Rates are smoothed, so that no stratum is taken for known because its few labels agree.
        """
        mean, _ = self._rates()
        return np.asarray(self.size * np.sqrt(mean * (1 - mean)) * np.abs(self._slopes(mean)))

    def recalls(self, labels: Floats) -> dict[str, Proportion]:
        """Recall of each class as `labels` (H) of each stratum would know it, were the rates as they seem now."""
        mean, _ = self._rates()
        slopes = self._slopes(mean)
        n = np.maximum(labels, 0) + PRIOR_ROWS
        variance = (self.size**2 * slopes**2 * mean * (1 - mean) / n + self.size * (slopes * mean) ** 2).sum(axis=1)
        recall = self._recall(mean)
        support = (labels * mean).sum(axis=1)
        return {
            name: Proportion(float(recall[c]), float(recall[c] * (1 - recall[c]) / variance[c]), int(support[c]))
            for c, name in enumerate(self.classes)
        }

    def _rates(self) -> tuple[Floats, Floats]:
        """Mean and deviation of the belief in the share of each stratum that is truly of each class (C x H).

        Beta beliefs: the stratum's own labelled rows, after PRIOR_ROWS imagined ones of its like.
        """
        prior = self._prior()
        n = self.labelled + PRIOR_ROWS
        mean = (self.of_class + PRIOR_ROWS * prior) / n
        return mean, np.sqrt(mean * (1 - mean) / (n + 1))

    def _prior(self) -> Floats:
        """The base, scaled so that it agrees with all labelled rows predicted as the class, or not as it (C x H)."""
        own = self._is_own()
        base = self._base(own)
        scaled = np.empty_like(base)
        for c, mine in enumerate(own):
            for side in (mine, ~mine):
                found, expected = self.of_class[c, side].sum(), (self.labelled * base[c])[side].sum()
                scaled[c, side] = base[c, side] * (found + BASE_ROWS) / (expected + BASE_ROWS)
        return np.clip(scaled, _SMALLEST, 1 - _SMALLEST)

    def _base(self, own: NDArray[np.bool_]) -> Floats:
        """The same without any label: a confidence is right as often as it says, an error is of any class alike."""
        right = np.where(np.isnan(self.confidence), 0.5, self.confidence)
        others = max(len({stratum.predicted for stratum in self.strata}) - 1, 1)
        return np.clip(np.where(own, right, (1 - right) / others), _SMALLEST, 1 - _SMALLEST)

    def _slopes(self, mean: Floats) -> Floats:
        """By how much recall moves with one more prediction truly of the class (C x H): a hit, or a miss."""
        total = (self.size * mean).sum(axis=1)[:, None]
        recall = self._recall(mean)[:, None]
        return np.asarray(np.where(self._is_own(), 1 - recall, -recall) / total)

    def _recall(self, mean: Floats) -> Floats:
        of_class = self.size * mean
        recall = (of_class * self._is_own()).sum(axis=1) / of_class.sum(axis=1)
        return np.asarray(np.clip(recall, _SMALLEST, 1 - _SMALLEST))

    def _is_own(self) -> NDArray[np.bool_]:
        """Whether the stratum's predictions are of the class (C x H)."""
        return np.array([[stratum.predicted == name for stratum in self.strata] for name in self.classes])


def _share_out(worth: Floats, labelled: Floats, least: Floats, most: Floats, whole: float) -> Floats:
    """Labels to add (H), which sum to `whole`, so that the sum of worth^2 / (labelled + added) is least.

    By Lagrange each is `level * worth - labelled`, within its bounds; the level is found by bisection. Where nothing
    is worth anything, as with a class that nothing else is predicted beside, all strata with labels to give are alike.
    """
    if whole >= most.sum():
        return most
    worth = np.maximum(worth, max(float(worth.max()), 1.0) * _WORTHLESS)
    low, high = 0.0, float(((labelled + most) / worth).max())
    for _ in range(_BISECTIONS):
        level = (low + high) / 2
        added = np.clip(level * worth - labelled, least, most)
        low, high = (level, high) if added.sum() < whole else (low, level)
    added = np.clip(high * worth - labelled, least, most)
    return np.asarray(np.minimum(added * (whole / added.sum()), most))


_BANDS = len(BAND_EDGES) + 1
_SMALLEST = 1e-4  # of a rate that nobody has seen: it must not be impossible
_BISECTIONS = 100
_TOLERANCE = 1e-6
_DIGITS = 7  # of a number of labels that count
_WORTHLESS = 1e-9  # part of the greatest worth below which a stratum is not told from others
