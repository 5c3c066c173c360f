"""How many more messages would settle what a sample leaves open."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from checks.candidates.counts import Part
from checks.candidates.differences import Difference, Measure, normal_quantile
from checks.statistics.intervals import Proportion

POWER: Final = 0.8
"""Chance that so many messages settle it, were the change what it seems to be."""

MOST: Final = 50.0
"""Times as many messages, above which they would not: the candidate is too like what answers now."""


@dataclass(frozen=True, slots=True)
class Needed:
    """`labels` messages more of a class ("" for all classes), beside those tried; None where none would settle it.

    `there` of them are labelled already, and were not drawn.
    """

    name: str
    labels: int | None
    there: int

    @property
    def to_label(self) -> int:
        """Labels that have yet to be given."""
        return max((self.labels or 0) - self.there, 0)


def needed(
    parts: Sequence[Part],
    aims: Sequence[Difference],
    unsafe: Sequence[Difference],
    tail: float,
    matters: Mapping[Measure, float],
) -> tuple[Needed, ...]:
    """What each open question takes; of several about one class the most.

    The distance of a bound from its estimate shrinks with the root of the number of messages. An aim is settled once
    the change is above 0, or below what matters; a guard once it is above the loss that is tolerated, or below it.
    """
    found: dict[str, Needed] = {}
    open_ = [(each, 0.0, matters[each.measure]) for each in aims]
    open_ += [(each, -matters[each.measure], -matters[each.measure]) for each in unsafe]
    for each, above, below in open_:
        times = _times(each, above, below, tail)
        own = [part for part in parts if not each.name or part.stratum.label == each.name]
        there = sum(part.there - part.n for part in own)
        tried = sum(part.n for part in own)
        labels = None if times > MOST else max(math.ceil(tried * (times - 1)), 1)
        one = Needed(each.name, labels, there)
        if each.name not in found or _size(one) > _size(found[each.name]):
            found[each.name] = one
    return tuple(found.values())


def unseen(name: str, tail: float, loss: float) -> Needed:
    """The labels of a class that has none which would rule the loss out, were none of its right answers lost."""
    labels = next(n for n in itertools.count(1) if Proportion(0.0, float(n), n).upper(tail) < loss)
    return Needed(name, labels, 0)


def _size(one: Needed) -> float:
    return math.inf if one.labels is None else one.labels


def _times(each: Difference, above: float, below: float, tail: float) -> float:
    """Times as many messages as were tried that settle it, on the side that takes fewer."""
    level = normal_quantile(1 - tail)
    more = 1 + normal_quantile(POWER) / level
    sides = [(each.change - above, each.change - each.low), (below - each.change, each.high - each.change)]
    return min(((reach * more / gap) ** 2 if gap > 0 else math.inf) for gap, reach in sides)
