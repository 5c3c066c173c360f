"""What a story is, and how its parameters are drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from bench.advice.stories.studying import Tokens
from bench.advice.stories.world import World
from checks.counts.studied.overlap import Overlap

CELLS = 8
"""Cells that every range of a parameter is cut into: weights are tuned on the even ones, reported on the odd ones."""

ABSTAIN, NONE = "abstain", "none"


class Effect(IntEnum):
    """How much goes wrong."""

    SMALL = 0
    MIDDLE = 1
    LARGE = 2


class Half(IntEnum):
    """Which cells of the ranges parameters are drawn from."""

    TUNED = 0
    REPORTED = 1


@dataclass(frozen=True)
class Draws:
    """The chance of one case of one story."""

    rng: np.random.Generator
    half: Half
    effect: Effect

    def between(self, low: float, high: float) -> float:
        """A parameter of this half of its range."""
        cell = 2 * int(self.rng.integers(CELLS // 2)) + self.half
        return low + (high - low) * (cell + float(self.rng.random())) / CELLS

    def sized(self, small: float, middle: float, large: float) -> float:
        """What the size of the effect is here."""
        return (small, middle, large)[self.effect]


@dataclass(frozen=True)
class Case:
    """One drawn case: its log, the day from which it is looked at, and what else is known of it.

    `stays` are the days that looks go on until something alarms. `has_text` says whether messages are logged, `tokens`
    how they grew, `overlaps` what a study finds of registered messages.
    """

    world: World
    onset: float
    stays: int = 10
    problems: Mapping[str, int] = field(default_factory=dict)
    has_text: bool = True
    tokens: tuple[Tokens, ...] = ()
    overlaps: tuple[Overlap, ...] = ()


@dataclass(frozen=True)
class Story:
    """`best` is the right answer, `fine` others that a senior engineer would sign; `twin` is the one that it is for."""

    name: str
    make: Callable[[Draws], Case]
    best: str
    fine: frozenset[str] = frozenset()
    twin: str = ""

    @property
    def acceptable(self) -> frozenset[str]:
        """Every answer that is right enough."""
        return self.fine | {self.best}
