"""Charts: what a figure did over a span of time, ready to be drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.history.queries.queries import Belief
from monitor.web.page.plotting import (
    Box,
    Point,
    band_path,
    line_path,
    runs,
    time_scale,
    value_scale,
    values_of,
)

_SPARK: Final = Box(2, 3, 158, 37)
_PARTS_OF_A_GAP: Final = 12
"""A line is broken over a gap that is longer than this part of the span."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is on the time axis: [since, until]."""

    since: datetime
    until: datetime

    @property
    def gap(self) -> timedelta:
        """Over which a line is not drawn on."""
        return max((self.until - self.since) / _PARTS_OF_A_GAP, timedelta(hours=25))


@dataclass(frozen=True, slots=True)
class Spark:
    """A line without axes; `said` tells what it shows to who cannot see it."""

    said: str
    lines: tuple[str, ...]
    bands: tuple[str, ...]


def points_of(beliefs: Iterable[Belief]) -> tuple[Point, ...]:
    """Figures from look to look as points."""
    return tuple(
        Point(each.as_of, each.estimate.value, each.estimate.low, each.estimate.high, each.estimate.provisional)
        for each in beliefs
    )


def spark(points: Sequence[Point], span: Span, said: str) -> Spark | None:
    """The line of a share; None without a point."""
    numbers = list(values_of(points))
    if not numbers:
        return None
    x, y = time_scale(span.since, span.until, _SPARK), value_scale(numbers, _SPARK, share=True)
    found = list(runs(points, span.gap))
    bands = tuple(filter(None, (band_path(run, x, y) for run in found)))
    return Spark(said, tuple(line_path(run, x, y) for run in found), bands)
