"""What came out with a mechanism and without it, and whether it pays."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.ablation.worlds import RULE, WATCHED


@dataclass(frozen=True)
class Covered:
    """Of one figure: the part of the 95% intervals that hold the truth, and their mean width."""

    figure: str
    share: float
    width: float


@dataclass(frozen=True)
class Outcome:
    """Of one world: false alarms a year and the part of looks that alarm; days of each onset until told; intervals.

    An onset that is not told of has infinite days. None or nothing where it was not played.
    """

    alarms: float | None = None
    looks: float | None = None
    days: tuple[tuple[str, tuple[float, ...]], ...] = ()
    covered: tuple[Covered, ...] = ()

    @property
    def cells(self) -> tuple[str, str, str]:
        """The three columns: false alarms, days, intervals."""
        alarms = "" if self.alarms is None else f"{self.alarms:.1f} ({self.looks or 0:.0%})"
        days = "; ".join(f"{name}: {_days(median(found))}" for name, found in self.days)
        covered = "; ".join(f"{one.figure}: {one.share:.1%} ({one.width:.3f})" for one in self.covered)
        return alarms, days, covered


@dataclass(frozen=True)
class Row:
    """One mechanism in one world."""

    mechanism: str
    world: str
    with_it: Outcome
    without: Outcome
    losses: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "losses", losses(self.with_it, self.without))


def losses(with_it: Outcome, without: Outcome) -> tuple[str, ...]:
    """What is worse without the mechanism, by the rule that was fixed beforehand."""
    found = []
    if _alarms_oftener(with_it, without):
        found.append("false alarms")
    pairs = zip(with_it.days, without.days, strict=True)
    found += [f"days ({name})" for (name, some), (_, others) in pairs if _later(median(some), median(others))]
    for one, other in zip(with_it.covered, without.covered, strict=True):
        if one.share - other.share >= RULE.points and other.share < RULE.least:
            found.append(f"coverage ({one.figure})")
        elif other.width >= one.width * RULE.width and one.share >= RULE.least:
            found.append(f"width ({one.figure})")
    return tuple(found)


def gains(with_it: Outcome, without: Outcome) -> tuple[str, ...]:
    """What is better without the mechanism, by the same rule."""
    return losses(without, with_it)


def median(days: Sequence[float]) -> float:
    """The median, the upper of two."""
    return float(np.quantile(np.array(days), 0.5, method="higher"))


def _alarms_oftener(with_it: Outcome, without: Outcome) -> bool:
    if with_it.alarms is None or without.alarms is None:
        return False
    more = without.alarms - with_it.alarms
    more_looks = (without.looks or 0.0) - (with_it.looks or 0.0)
    often = more >= RULE.alarms and without.alarms >= with_it.alarms * RULE.alarms_ratio
    return often or more_looks >= RULE.looks


def _later(some: float, others: float) -> bool:
    return others > some and others - some >= RULE.days and others >= some * RULE.days_ratio


def _days(days: float) -> str:
    return f"> {WATCHED}" if np.isinf(days) else f"{days:.1f}"
