"""What a candidate answered on a sample of production, as counts; and linear statistics of them with their variance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from checks.candidates.sampling import Stratum

Score = Callable[["Answered"], float]
"""A number for a message, by its true class, what answers now, and the candidate."""


class Answered(NamedTuple):
    """What is true of a message, what answers now, and what the candidate says."""

    label: str
    now: str
    candidate: str

    @property
    def was_right(self) -> bool:
        """Whether what answers now is right."""
        return self.now == self.label

    @property
    def is_right(self) -> bool:
        """Whether the candidate is right."""
        return self.candidate == self.label


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stratum, of whose `there` messages some were drawn and `answered`; each stands for the same mass.

    `mass` is the predictions of production that the part stands for, `squares` as in `Mass`.
    """

    stratum: Stratum
    there: int
    mass: float
    squares: float
    answered: tuple[tuple[Answered, int], ...]

    @property
    def n(self) -> int:
        """Messages that were tried."""
        return sum(count for _, count in self.answered)

    @property
    def each(self) -> float:
        """Predictions that a message stands for."""
        return self.mass / self.n


@dataclass(frozen=True, slots=True)
class Moments:
    """The weighted `total` of a score over production, and its `variance`."""

    total: float
    variance: float


def total(parts: Sequence[Part], score: Score) -> float:
    """The sum of the score over all predictions of production that the parts stand for."""
    return sum(part.each * count * score(what) for part in parts for what, count in part.answered)


def variance(parts: Sequence[Part], score: Score, toward: float | None = None) -> float:
    """The variance of `total` for a score whose total is about 0: the residual of a ratio (Taylor linearisation).

    Two-phase sampling for stratification (Neyman 1938; Särndal, Swensson and Wretman 1992, section 9.4), with r the
    score, m of M messages of a part tried, S its mass and Q its sum of squared weights: the sum over parts of
    Q (mean(r)**2 + var(r)), from the labels that there happened to be, and S**2 var(r) (1 - m/M) / m, from those that
    were tried. With `toward` each part has one imagined message more, of this score, where r is 0 or 1 less a share:
    so a part that has only seen one kind is not taken for one that has no other.
    """
    return sum(_variance(part, score, toward) for part in parts)


def _variance(part: Part, score: Score, toward: float | None) -> float:
    n = part.n
    values = [(score(what), count) for what, count in part.answered]
    mean = sum(value * count for value, count in values) / n
    spread = sum((value - mean) ** 2 * count for value, count in values) / max(n - 1, 1)
    if toward is not None:
        # r = hit - toward: one imagined message with `toward` of a hit
        rate = (mean + toward) * n
        shrunk = (rate + toward) / (n + 1)
        mean, spread = shrunk - toward, shrunk * (1 - shrunk)
    tried = part.mass**2 * spread * max(1 - n / part.there, 0.0) / n
    return part.squares * (mean**2 + spread) + tried


def covariance(parts: Sequence[Part], one: Score, other: Score) -> float:
    """The covariance of the totals of two scores."""
    both = variance(parts, lambda what: one(what) + other(what))
    return (both - variance(parts, one) - variance(parts, other)) / 2
