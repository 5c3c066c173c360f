"""Relevance scores of a span of time: who gave them, on what answers, and how far hours and days agree."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import isinf

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import NOT_LOGGED
from checks.counts.confusion import Floats, sums
from checks.statistics import special
from checks.statistics.intervals import Proportion

Ints = NDArray[np.int64]

DAY = 86_400  # seconds

TAIL = 0.025

MIN_DAYS = 14
"""Days with scores from which their spread from day to day is known."""


@dataclass(frozen=True, slots=True)
class ScoreGroup:
    """What scored answers have in common. `source` is who scored them, NOT_LOGGED where the log does not say."""

    source: str = NOT_LOGGED
    predicted: str = ""
    model_version: str = NOT_LOGGED
    prompt_version: str = NOT_LOGGED


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """Scored answers of one bucket (its start in epoch seconds) and group.

    `total` and `squares` are the sums of their scores in [0, 1] and of the squares of those; `low` counts the scores
    under the limit that is configured.
    """

    bucket: int
    group: ScoreGroup
    n: int
    total: float
    squares: float
    low: int


@dataclass(frozen=True, eq=False)
class Scores:
    """Cells as columns: row i is of `groups[group[i]]`, and the other columns are those of ScoreCell.

    No two rows are of one group and bucket.
    """

    groups: tuple[ScoreGroup, ...]
    group: Ints
    bucket: Ints
    n: Floats
    total: Floats
    squares: Floats
    low: Floats

    @classmethod
    def of(cls, cells: Iterable[ScoreCell]) -> "Scores":
        """Put cells into columns."""
        rows = list(cells)
        places = {group: place for place, group in enumerate(dict.fromkeys(row.group for row in rows))}
        return cls(
            tuple(places),
            np.array([places[row.group] for row in rows], dtype=np.int64),
            np.array([row.bucket for row in rows], dtype=np.int64),
            *(np.array([getattr(row, name) for row in rows], dtype=float) for name in ("n", "total", "squares", "low")),
        )

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same cells, in whatever order."""
        return isinstance(other, Scores) and self._cells == other._cells

    def __hash__(self) -> int:
        """By its cells."""
        return hash(self._cells)

    @property
    def _cells(self) -> frozenset[tuple[object, ...]]:
        columns = (self.bucket, self.n, self.total, self.squares, self.low)
        named = [self.groups[place] for place in self.group.tolist()]
        return frozenset(zip(named, *(column.tolist() for column in columns), strict=True))

    @cached_property
    def scored(self) -> int:
        """Answers that have a score."""
        return int(self.n.sum())

    @cached_property
    def sources(self) -> dict[str, int]:
        """Scored answers by source, most first."""
        return self._counted(lambda group: group.source)

    @cached_property
    def classes(self) -> dict[str, int]:
        """Scored answers by predicted class, most first."""
        return self._counted(lambda group: group.predicted)

    def where(self, **wanted: str) -> "Scores":
        """The scores of the groups whose fields have these values."""
        fits = [all(getattr(group, name) == value for name, value in wanted.items()) for group in self.groups]
        return self.rows(np.array(fits, dtype=bool)[self.group]) if self.group.size else self

    def rows(self, kept: NDArray[np.bool_]) -> "Scores":
        """The scores of some rows."""
        numbers = (self.n, self.total, self.squares, self.low)
        return Scores(self.groups, self.group[kept], self.bucket[kept], *(column[kept] for column in numbers))

    def since(self, start: datetime) -> "Scores":
        """The scores of the buckets from `start` on."""
        return self.rows(self.bucket >= start.timestamp())

    def before(self, start: datetime) -> "Scores":
        """The scores of the buckets before `start`."""
        return self.rows(self.bucket < start.timestamp())

    def mean(self, day_effect: float = 1.0) -> Proportion | None:
        """Mean score, with the yes-or-no answers of the same variance (Kish); None without scores."""
        return self._share(self.total, self.squares, day_effect)

    def well(self, day_effect: float = 1.0) -> Proportion | None:
        """Share of the scores that are not low."""
        fine = self.n - self.low
        return self._share(fine, fine, day_effect)

    @cached_property
    def day_effect(self) -> float:
        """Design effect of days on the mean: its variance is as many times as if days agreed; 1 with too few days."""
        return self._effect(self.total, self.squares)

    @cached_property
    def day_effect_well(self) -> float:
        """Design effect of days on the share of scores that are not low; 1 with too few days."""
        fine = self.n - self.low
        return self._effect(fine, fine)

    def _counted(self, name_of: Callable[[ScoreGroup], str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for group, n in zip(self.groups, sums(self.group, self.n, len(self.groups)).tolist(), strict=True):
            name = name_of(group)
            found[name] = found.get(name, 0) + int(n)
        return dict(sorted(((name, n) for name, n in found.items() if n), key=lambda item: (-item[1], item[0])))

    def _share(self, total: Floats, squares: Floats, day_effect: float) -> Proportion | None:
        """A mean of values in [0, 1] as a share with the same variance.

        Its variance is the largest of three: that of independent answers, that which the spread from bucket to bucket
        shows, and that which days show (`day_effect` times the first). A share with this variance has value * (1 -
        value) / variance independent answers (Kish 1965, the design effect).
        """
        if not self.scored:
            return None
        value = float(np.clip(total.sum() / self.scored, 0, 1))
        alone = _alone(self.scored, float(total.sum()), float(squares.sum()))
        between = _between(self.bucket, total, self.n)
        variance = max(alone * max(day_effect, 1.0), 0.0 if isinf(between) else between)
        spread = value * (1 - value)
        known = spread / variance if spread > 0 else self.scored / max(day_effect, 1.0)
        return Proportion(value, 1.0 if isinf(between) else known, self.scored, informed=True)

    def _effect(self, total: Floats, squares: Floats) -> float:
        days = self.bucket // DAY
        if np.unique(days).size < MIN_DAYS:
            return 1.0
        alone = _alone(self.scored, float(total.sum()), float(squares.sum()))
        return max(_between(days, total, self.n) / alone, 1.0)


NO_SCORES = Scores.of(())
"""A span without scores."""


def _alone(n: int, total: float, squares: float) -> float:
    """Variance of the mean of n independent values in [0, 1].

    One more of unknown worth is added: five equal scores do not show that all are equal.
    """
    mean = (total + 0.5) / (n + 1)
    around = max(squares - total**2 / n, 0.0) + mean * (1 - mean)
    return around / n**2


def _between(clusters: Ints, total: Floats, n: Floats) -> float:
    """Variance of the mean from the spread between clusters; infinite for one cluster.

    It is the ratio estimator of Cochran (1977), "Sampling Techniques", section 3.12, widened for what few clusters
    leave open of it: as a 95% interval by Student's t is beside one by the normal distribution.
    """
    names, place = np.unique(clusters, return_inverse=True)
    if names.size < 2:  # noqa: PLR2004 - a spread needs two
        return np.inf
    totals, sizes = (sums(place, column, names.size) for column in (total, n))
    everything = float(sizes.sum())
    residual = totals - totals.sum() / everything * sizes
    widened = (special.stdtrit(names.size - 1, 1 - TAIL) / special.ndtri(1 - TAIL)) ** 2
    return float(widened * names.size / (names.size - 1) * (residual**2).sum() / everything**2)
