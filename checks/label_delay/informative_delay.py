"""Informative delay: labels that come sooner for one truth than for another, though one class was predicted.

Complaints are labelled at once, or urgent requests first. Then a young window holds too many labels of misses, and
seems worse than it is until the others come. Labels of the same predicted class are therefore compared in how long they
took, those that say that the answer was wrong with those that say that it was right. A delay is only seen if it is
shorter than the age of its prediction, so this too is counted in reverse time (see `checks.label_delay.delays`). With
h(d) the reverse hazard of the right ones, a wrong one that took d and could have taken up to a should have met

    h(d) + ... + h(a)

of it, one in the mean. The number of labels over the sum of what they met is the factor by which reverse hazards
differ: a proportional-hazards model in reverse time (Kalbfleisch and Lawless 1991, "Regression models for right
truncated data with applications to AIDS incubation times and reporting lags"). With factor t the share that has come by
an age is F(age)^t, where that of right ones is F(age): under 1 is sooner. So each wrong label counts F / F^t times in a
young window, the inverse of its relative chance to have come. Where that is far from 1 the window cannot be judged yet.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

import numpy as np

from checks.counts.cells import DELAY_BASE
from checks.counts.confusion import Confusion, Floats
from checks.label_delay.delays import LEAN, DelayCurve, Ints, SeenDelays, last_whole_bin
from checks.statistics import special

LEVEL = 0.01
"""Chance of taking labels for hastened that are not, at one look. A mistake costs little: a weight near 1, or a short
look less."""

STEADY = 1.5
"""A window is judged while no wrong label counts for more than this many right ones, or less than one in as many."""


@dataclass(frozen=True)
class Hastened:
    """How much sooner labels of wrong answers come than those of right ones of the same predicted class.

    `factors` are of the reverse hazard by label, and `other` is that of all labels not named; 1 is as soon. `ages` and
    `remaining` (D) say how much of the reverse hazard of right labels is still to come at an age in seconds.
    """

    factors: dict[str, float] = field(default_factory=dict)
    other: float = 1.0
    ages: Floats = field(default_factory=lambda: np.empty(0))
    remaining: Floats = field(default_factory=lambda: np.empty(0))

    @classmethod
    def of(cls, seen: SeenDelays, bucket: timedelta, usual: DelayCurve, longer: "Hastened") -> "Hastened":
        """Compare the labels that were seen; `usual` is the delay of all labels.

        Factors are those of a `longer` look, which has more labels, unless these labels surely say otherwise.
        """
        limit = last_whole_bin(seen, bucket)
        told = (seen.label >= 0) & (seen.bin <= limit)
        if not told.any():
            return cls()
        return _Compared.of(seen.where(told), limit[told], usual).hastened(longer)

    def of_label(self, name: str) -> float:
        """The factor of a label, where it says that an answer was wrong."""
        return self.factors.get(name, self.other)

    @property
    def is_even(self) -> bool:
        """Whether nothing speaks for labels that are hastened."""
        return self.other == 1.0 and not self.factors

    def weights(self, confusion: Confusion, ages: tuple[Floats, Floats]) -> Floats:
        """What a label counts for by predicted class and label (K x K).

        `ages` are those of the window's predictions in seconds, and how many there are of each.
        """
        seconds, predictions = ages
        if not predictions.sum():
            return np.ones_like(confusion.counts)
        remaining = np.interp(seconds, self.ages, self.remaining)
        of_label = np.array([self.of_label(name) for name in confusion.classes])
        came = np.exp(-np.outer(np.append(1.0, of_label), remaining)) @ predictions
        weights = np.tile(came[0] / np.maximum(came[1:], np.finfo(float).tiny), (of_label.size, 1))
        np.fill_diagonal(weights, 1.0)
        return weights


def is_steady(weights: Floats, confusion: Confusion) -> bool:
    """Whether all labels that are there count for about as much."""
    used = weights[confusion.counts > 0]
    return bool((used <= STEADY).all() and (used * STEADY >= 1).all())


@dataclass(frozen=True)
class _Compared:
    """Young labels, and the reverse hazard of right ones by delay bin (D, from `first` on)."""

    seen: SeenDelays
    limit: Ints
    first: int
    hazard: Floats
    beyond: float  # reverse hazard, of all labels, at delays that are longer than any seen here

    @classmethod
    def of(cls, seen: SeenDelays, limit: Ints, usual: DelayCurve) -> "_Compared":
        first, last = int(seen.bin.min()), int(limit.max())
        right = seen.predicted == seen.label
        size = last - first + 2
        events = np.bincount(seen.bin[right] - first, seen.n[right], size)
        gone = np.bincount(limit[right] - first + 1, seen.n[right], size)
        at_risk = np.cumsum(events) - np.cumsum(gone)
        edges = DELAY_BASE ** np.arange(first, last + 3, dtype=float)
        share = np.maximum(usual.arrived_at(edges), np.finfo(float).tiny)
        prior = 1 - share[:-1] / share[1:]
        hazard = (events + LEAN * prior) / (at_risk + LEAN)
        return cls(seen, limit, first, hazard[:-1], float(-np.log(share[-2])))

    def hastened(self, longer: Hastened) -> Hastened:
        """Factors of the labels that are surely hastened, or kept back; the others as in a longer look."""
        wrong = self.seen.predicted != self.seen.label
        met = self._met * self._pace[self.seen.predicted]
        came, due = (
            np.bincount(self.seen.label[wrong], values[wrong], len(self.seen.classes)) for values in (self.seen.n, met)
        )
        other = _factor(came.sum(), due.sum(), longer.other, LEVEL)
        each = {
            name: _factor(came[k], due[k], longer.factors.get(name, other), LEVEL / came.size)
            for k, name in enumerate(self.seen.classes)
        }
        factors = {name: factor for name, factor in each.items() if factor != other}
        ages = DELAY_BASE ** np.arange(self.first, self.first + self.hazard.size + 1, dtype=float)
        remaining = np.append(np.cumsum(self.hazard[::-1])[::-1], 0.0) + self.beyond
        return Hastened(factors, other, ages, remaining)

    @cached_property
    def _met(self) -> Floats:
        """The reverse hazard that the labels of each row have met."""
        total = np.append(0.0, np.cumsum(self.hazard))
        return np.asarray(self.seen.n * (total[self.limit - self.first + 1] - total[self.seen.bin - self.first]))

    @cached_property
    def _pace(self) -> Floats:
        """The factor of each predicted class, from its right labels."""
        right = self.seen.predicted == self.seen.label
        size = len(self.seen.classes)
        came, due = (np.bincount(self.seen.predicted[right], v[right], size) for v in (self.seen.n, self._met))
        return np.asarray((came + LEAN) / (due + LEAN))


def _factor(came: float, due: float, usual: float, level: float) -> float:
    """Labels that came over labels that were due, shrunk to `usual`; `usual` itself unless chance is ruled out.

    The number that came is Poisson with the sum of reverse hazards that they met for mean.
    """
    due_usually = max(due * usual, np.finfo(float).tiny)
    fewer, more = special.gammaincc(came + 1, due_usually), special.gammainc(came, due_usually) if came else 1.0
    if 2 * min(fewer, more) >= level:
        return usual
    return float((came + LEAN * usual) / (due + LEAN))
