"""What a candidate would change in production: each difference with its interval, from messages that both answered."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from checks.candidates.counts import Answered, Part, covariance, total, variance
from checks.statistics import special
from checks.statistics.intervals import Proportion
from checks.statistics.smoothing import PSEUDO, effective_size, smoothed
from checks.statistics.weighted_counts import WeightedCounts

_ALIKE = 0.9
"""Correlation of two shares that is not exceeded: of answers that are all alike some may differ that were not seen."""


class Measure(StrEnum):
    """What is compared."""

    ACCURACY = "accuracy"
    RECALL = "recall"
    PRECISION = "precision"


@dataclass(frozen=True, slots=True)
class Difference:
    """A share of production now and with the candidate; `name` is the class, "" for accuracy.

    `low` and `high` bound the change at the tail that was asked for; `n` messages tell of it.
    """

    measure: Measure
    name: str
    now: float
    candidate: float
    low: float
    high: float
    n: int

    @property
    def change(self) -> float:
        """Candidate less now, in [-1, 1]."""
        return self.candidate - self.now


@dataclass(frozen=True, slots=True)
class Discordant:
    """Messages that the two answer differently: `won` were wrong and are right, `lost` were right and are wrong."""

    won: int
    lost: int

    @property
    def p(self) -> float:
        """McNemar's exact two-sided p-value: of won + lost, is a half won? (McNemar 1947; binomial).

        >>> round(Discordant(9, 1).p, 4)
        0.0215
        """
        n, least = self.won + self.lost, min(self.won, self.lost)
        if n == 0:
            return 1.0
        return min(1.0, float(2 * sum(math.comb(n, k) for k in range(least + 1)) / 2**n))


def accuracy(parts: Sequence[Part], tail: float) -> Difference | None:
    """The change of accuracy; None where no message was tried."""
    return _of_right(parts, Measure.ACCURACY, "", tail)


def recall(parts: Sequence[Part], name: str, tail: float) -> Difference | None:
    """The change of a class's recall, which must have strata of its own; None where no message is of it."""
    return _of_right([part for part in parts if part.stratum.label == name], Measure.RECALL, name, tail)


def _of_right(parts: Sequence[Part], measure: Measure, name: str, tail: float) -> Difference | None:
    """The change of the share of right answers.

    It is what is won, a share g of the wrong answers, less what is lost, a share l of the right ones: with A right now,
    (1 - A) g - A l. The three are of messages that have nothing to do with each other, so their distances from their
    bounds add up in squares (MOVER, `checks.statistics.mover`), each times what it moves the difference by. It is
    McNemar's variance, (won + lost) / n**2 less the square of the difference over n, in weighted strata, and keeps its
    level where nothing was lost in a few messages.
    """
    parts = [part for part in parts if part.n]
    right = [part for part in parts if part.stratum.right]
    wrong = [part for part in parts if not part.stratum.right]
    if not parts:
        return None
    now = _right_now(right, wrong)
    won, lost = _share(wrong), _share(right)
    a = now.value
    change = (1 - a) * won.value - a * lost.value
    slope = won.value + lost.value
    (w_low, w_high), (l_low, l_high) = ((each.lower(tail), each.upper(tail)) for each in (won, lost))
    below = math.hypot((1 - a) * (won.value - w_low), a * (l_high - lost.value), slope * (now.upper(tail) - a))
    above = math.hypot((1 - a) * (w_high - won.value), a * (lost.value - l_low), slope * (a - now.lower(tail)))
    n = sum(part.n for part in parts)
    return Difference(measure, name, a, a + change, max(change - below, -1.0), min(change + above, 1.0), n)


def _right_now(right: Sequence[Part], wrong: Sequence[Part]) -> Proportion:
    """The share that is right now, as all labels tell it, of which the messages that were tried are some."""
    yes, no = (sum(part.mass for part in side) for side in (right, wrong))
    yes_squares, no_squares = (sum(part.squares for part in side) for side in (right, wrong))
    value = yes / (yes + no)
    known = (yes + no) ** 2 / (yes_squares + no_squares)
    smooth = smoothed(value, known)
    spread = (yes_squares * (1 - smooth) ** 2 + no_squares * smooth**2) / (yes + no) ** 2
    size = min(effective_size(smooth, spread), known) if yes and no else known
    return Proportion(value, size, sum(part.n for part in (*right, *wrong)))


def _share(parts: Sequence[Part]) -> Proportion:
    """The share of messages whose answer turns: from wrong to right, or from right to wrong.

    Without any message it is not known, and its bounds are 0 and 1.
    """
    if not parts:
        return Proportion(0.0, 0.0, 0)
    mass = sum(part.mass for part in parts)
    value = total(parts, _turns) / mass
    n = sum(part.n for part in parts)
    # were all parts alike: what unequal weights leave of the messages
    alike = variance(parts, lambda _: 0.0, toward=0.5) / mass**2
    kish = max(0.25 / alike, 1.0) if alike else float(n)
    toward = smoothed(value, kish)
    spread = variance(parts, lambda what: _turns(what) - toward, toward) / mass**2
    return Proportion(value, min(effective_size(toward, spread), float(n)), n)


def _turns(what: Answered) -> float:
    return float(what.was_right != what.is_right)


def precision(parts: Sequence[Part], name: str, tail: float) -> Difference | None:
    """The change of a class's precision; None where one of the two never answers it.

    Both shares have their own bounds, which are put together as Newcombe (1998, "Improved confidence intervals for the
    difference between binomial proportions based on paired data", method 10) does: less twice their correlation.
    """
    parts = [part for part in parts if part.n]
    sides = [_Answers.of(parts, name, place) for place in ("now", "candidate")]
    if not all(side.mass for side in sides):
        return None
    now, new = (side.precision(parts) for side in sides)
    alike = _correlation(parts, *(side.residual for side in sides))
    change = new.value - now.value
    below = _reach(new.value - new.lower(tail), now.upper(tail) - now.value, alike)
    above = _reach(new.upper(tail) - new.value, now.value - now.lower(tail), alike)
    n = sum(count for part in parts for what, count in part.answered if name in (what.now, what.candidate))
    low, high = max(change - below, -1.0), min(change + above, 1.0)
    return Difference(Measure.PRECISION, name, now.value, new.value, low, high, n)


@dataclass(frozen=True, slots=True)
class _Answers:
    """The predictions that were answered with a class (`mass`), and the share of them that are truly of it."""

    name: str
    place: str
    mass: float
    share: float

    @classmethod
    def of(cls, parts: Sequence[Part], name: str, place: str) -> "_Answers":
        """By what answers now, or by the candidate."""
        mass = total(parts, lambda what: float(getattr(what, place) == name))
        hits = total(parts, lambda what: float(getattr(what, place) == name == what.label))
        return cls(name, place, mass, hits / mass if mass else 0.0)

    def residual(self, what: Answered) -> float:
        """What a message moves the share by."""
        if getattr(what, self.place) != self.name:
            return 0.0
        return (float(what.label == self.name) - self.share) / self.mass

    def precision(self, parts: Sequence[Part]) -> Proportion:
        """The share, with hits and misses as weighted counts (`checks.statistics.weighted_counts`)."""
        mine = [
            (what.label == self.name, part.each, count)
            for part in parts
            for what, count in part.answered
            if getattr(what, self.place) == self.name
        ]
        hits, hits_squared = _weighed(each for each in mine if each[0])
        misses, misses_squared = _weighed(each for each in mine if not each[0])
        others = [part for part in parts if part.stratum.label != self.name]
        mass = sum(part.mass for part in others)
        # half an imagined miss, which stands for as many predictions as a message usually does that is of another class
        usual = sum(part.mass * part.each for part in others) / mass if mass else 1.0
        hit = hits_squared / hits if hits else sum(part.each for part in parts) / len(parts)
        miss = (misses_squared + PSEUDO * usual**2) / (misses + PSEUDO * usual)
        own, other = hits / hit + PSEUDO, misses / miss + PSEUDO
        n = sum(count for _, _, count in mine)
        return WeightedCounts(self.share, own + other, n, hits=own, misses=other, miss_weight=miss / hit)


def _weighed(found: Iterable[tuple[bool, float, int]]) -> tuple[float, float]:
    """Predictions that messages stand for, and the sum of the squares."""
    listed = [(each, count) for _, each, count in found]
    return sum(each * count for each, count in listed), sum(each**2 * count for each, count in listed)


def _correlation(parts: Sequence[Part], one: object, other: object) -> float:
    scores = (one, other)
    variances = [variance(parts, score) for score in scores]  # type: ignore[arg-type]
    if not all(variances):
        return 0.0
    shared = covariance(parts, *scores) / math.sqrt(variances[0] * variances[1])  # type: ignore[arg-type]
    return min(max(shared, -_ALIKE), _ALIKE)


def _reach(one: float, other: float, alike: float) -> float:
    return math.sqrt(max(one**2 + other**2 - 2 * alike * one * other, 0.0))


def discordant(parts: Sequence[Part]) -> Discordant | None:
    """Wins and losses where each message stands for as many predictions as any other, else None."""
    each = [part.each for part in parts if part.n]
    if not each or max(each) > min(each) * 1.01:
        return None
    seen = [(what, count) for part in parts for what, count in part.answered]
    won = sum(count for what, count in seen if what.is_right and not what.was_right)
    lost = sum(count for what, count in seen if what.was_right and not what.is_right)
    return Discordant(won, lost)


def normal_quantile(level: float) -> float:
    """Quantile of the standard normal distribution."""
    return float(special.ndtri(level))
