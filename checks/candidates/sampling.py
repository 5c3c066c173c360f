"""Draws the messages that candidates are tried on, so that each speaks for a known part of production.

Strata are the true class by whether it was answered right: what a candidate wins lies among the wrong answers, what it
loses among the right ones, so neither is left to chance. Within a stratum a message is drawn with a probability
proportional to the predictions that it stands for, as one asked a hundred times counts a hundred times (systematic
sampling from a list in random order: Madow 1949, "On the theory of systematic sampling"; Särndal, Swensson and
Wretman 1992, "Model Assisted Survey Sampling", section 3.6). One that stands for more than its share is taken for
certain, and speaks for itself alone; all others of the stratum then stand for the same number of predictions each.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

OTHERS: Final = ""
"""Stands for all classes that have no stratum of their own."""

LOSES: Final = 0.05
WINS: Final = 0.5
"""Share of the right answers that a candidate may lose, and of the wrong ones that it may win, as a plan has it."""

FEWEST: Final = 5  # messages of a stratum, wherever there are so many: fewer tell nothing of it

ROOM: Final = 10  # messages for each class, below which only classes that matter have strata of their own


class Stratum(NamedTuple):
    """Messages of one true class (or all `OTHERS`) that what answers now got right, or wrong."""

    label: str
    right: bool

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.label or 'other classes'}, answered {'right' if self.right else 'wrong'}"


@dataclass(frozen=True, slots=True)
class Unit:
    """A different message: `mass` predictions (> 0), `squares` as in `Mass`; drawn or not by its `lot`."""

    key: str
    label: str
    right: bool
    mass: float
    squares: float
    lot: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Messages drawn from a part of a stratum: each of them stands for `mass` / number of keys predictions.

    `there` counts the messages that the part has, `squares` is of all of them. `certain` where each had to be drawn.
    """

    stratum: Stratum
    keys: tuple[str, ...]
    there: int
    mass: float
    squares: float
    certain: bool

    @property
    def probability(self) -> float:
        """The inclusion probability of a message of mean mass, in (0, 1]."""
        return len(self.keys) / self.there


def own_strata(labels: Collection[str], important: Collection[str], size: int) -> frozenset[str]:
    """The classes that have strata of their own: all where there is room, else those that matter."""
    return frozenset(labels if size >= ROOM * len(labels) else set(labels) & set(important))


def stratum_of(label: str, own: Collection[str], *, right: bool) -> Stratum:
    """The stratum of a message."""
    return Stratum(label if label in own else OTHERS, right)


def allocate(units: Mapping[Stratum, Sequence[Unit]], important: Collection[str], size: int) -> dict[Stratum, int]:
    """How many messages of each stratum, `size` in all, or all that there are.

    Half for accuracy, half for the classes that matter in equal parts: of each aim the strata get what makes its
    variance least (Neyman 1934), spread times mass, were `WINS` and `LOSES` to come true. None gets less than
    `FEWEST`, or more than it has.
    """
    masses = {stratum: sum(unit.mass for unit in found) for stratum, found in units.items()}
    aims = [frozenset(units)]
    aims += [frozenset(each for each in units if each.label == name) for name in sorted(set(important))]
    shares = dict.fromkeys(units, 0.0)
    parts = [0.5, *[0.5 / (len(aims) - 1)] * (len(aims) - 1)] if len(aims) > 1 else [1.0]
    for aim, part in zip(aims, parts, strict=True):
        worth = {each: masses[each] * _spread(each) for each in aim}
        for each, value in worth.items():
            shares[each] += part * value / sum(worth.values())
    return _whole(shares, {each: len(found) for each, found in units.items()}, size)


def _spread(stratum: Stratum) -> float:
    rate = LOSES if stratum.right else WINS
    return math.sqrt(rate * (1 - rate))


def _whole(shares: Mapping[Stratum, float], there: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """Whole numbers in proportion to the shares, none over what there is; what one cannot take the others get."""
    numbers = {each: min(FEWEST, there[each]) for each in shares}
    while (left := size - sum(numbers.values())) > 0:
        open_ = [each for each in shares if numbers[each] < there[each]]
        total = sum(shares[each] for each in open_)
        if not open_ or total <= 0:
            break
        added = {each: min(int(left * shares[each] / total), there[each] - numbers[each]) for each in open_}
        if not any(added.values()):
            added = {max(open_, key=lambda each: (shares[each] / (numbers[each] + 1), each)): 1}
        for each, more in added.items():
            numbers[each] += more
    return numbers


def draw(stratum: Stratum, units: Iterable[Unit], n: int, start: float) -> list[Drawn]:
    """Draw `n` messages of a stratum: one part by lot, and parts of messages that are certain and of one mass.

    `start` in [0, 1) is where the list is entered.
    """
    rest = sorted(units, key=lambda unit: (unit.label, unit.lot, unit.key))
    certain: list[Unit] = []
    while rest and n > len(certain):
        step = sum(unit.mass for unit in rest) / (n - len(certain))
        heavy = [unit for unit in rest if unit.mass >= step * (1 - 1e-9)]
        if not heavy:
            break
        certain += heavy[: n - len(certain)]
        taken = {unit.key for unit in certain}
        rest = [unit for unit in rest if unit.key not in taken]
    parts = _certain(stratum, certain)
    if rest and n > len(certain):
        keys = _systematic(rest, n - len(certain), start)
        mass, squares = sum(unit.mass for unit in rest), sum(unit.squares for unit in rest)
        parts.append(Drawn(stratum, keys, len(rest), mass, squares, certain=False))
    return parts


def _certain(stratum: Stratum, units: Iterable[Unit]) -> list[Drawn]:
    alike: dict[float, list[Unit]] = {}
    for unit in units:
        alike.setdefault(round(unit.mass, 6), []).append(unit)
    return [
        Drawn(
            stratum,
            tuple(unit.key for unit in found),
            len(found),
            sum(unit.mass for unit in found),
            sum(unit.squares for unit in found),
            certain=True,
        )
        for _, found in sorted(alike.items(), reverse=True)
    ]


def _systematic(units: Sequence[Unit], n: int, start: float) -> tuple[str, ...]:
    """Every unit at which the running sum of masses passes one of `n` marks at equal distance."""
    step = sum(unit.mass for unit in units) / n
    drawn: list[str] = []
    reached, mark = 0.0, start * step
    for unit in units:
        reached += unit.mass
        if mark < reached and len(drawn) < n:
            drawn.append(unit.key)
            mark += step
    return tuple(drawn)
