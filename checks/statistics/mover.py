"""MOVER: bounds of a difference from the bounds of its two independent parts.

The method of variance estimates recovery (Newcombe 1998, method 10; Zou and Donner 2008, "Construction of confidence
limits about effect measures"): the distance of a part's bound from its estimate stands for its standard error on that
side, so the distances add up in squares. It needs no normal approximation of either part.
"""

from math import hypot
from typing import NamedTuple


class Bounded(NamedTuple):
    """An estimate between its bounds: `low <= value <= high`."""

    value: float
    low: float
    high: float

    def less(self, other: "Bounded") -> "Bounded":
        """This less another that is independent of it, with bounds at the same level.

        >>> Bounded(5.0, 2.0, 9.0).less(Bounded(1.0, 0.0, 5.0))
        Bounded(value=4.0, low=-1.0, high=8.123105625617661)
        """
        gap = self.value - other.value
        return Bounded(gap, gap - lower_reach(self, other), gap + lower_reach(other, self))


def lower_reach(one: Bounded, other: Bounded) -> float:
    """How far the lower bound of `one - other` lies under the difference; the upper one lies `(other, one)` over it."""
    return hypot(one.value - one.low, other.high - other.value)
