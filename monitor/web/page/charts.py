"""Charts: what a figure did over a span of time, ready to be drawn."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.history.queries.queries import Belief
from monitor.web.page.plotting import (
    Box,
    Point,
    Scale,
    band_path,
    line_path,
    runs,
    shaded,
    time_scale,
    time_ticks,
    value_scale,
    value_ticks,
    values_of,
)

_SPARK: Final = Box(2, 3, 158, 37)
_PLOT: Final = Box(62, 16, 472, 160)
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LETTER: Final = 9.0
"""Width of a letter."""
_PARTS_OF_A_GAP: Final = 12
"""A line is broken over a gap that is longer than this part of the span."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
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


@dataclass(frozen=True, slots=True)
class Series:
    """One line by name, with its points."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A level that figures are held against: a `floor`, a `reference` or a `limit`."""

    kind: str
    value: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, by its letter: from `at`, and until `until` where it lasted. `kind` is for its look."""

    letter: str
    kind: str
    at: datetime
    until: datetime | None
    said: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """What a chart is to show. `file` is the address of its figures as CSV, `steps` of which ticks may be apart."""

    title: str
    series: tuple[Series, ...]
    write: Callable[[float], str]
    is_share: bool
    file: str
    rules: tuple[Rule, ...] = ()
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line and its intervals as paths; `place` is its number among the lines of the chart."""

    place: int
    name: str
    lines: tuple[str, ...]
    bands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A rule at its height."""

    kind: str
    y: float
    said: str


@dataclass(frozen=True, slots=True)
class MarkedAt:
    """A mark at its place, and its letter above; `width` is 0 for a moment."""

    letter: str
    kind: str
    x: float
    width: float
    letter_x: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, ready to be drawn. `said` tells its course in words."""

    title: str
    said: str
    file: str
    box: Box
    drawn: tuple[Drawn, ...]
    levels: tuple[Level, ...]
    provisional: tuple[tuple[float, float], ...]
    y_ticks: tuple[tuple[float, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    marks: tuple[MarkedAt, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(each.lines for each in self.drawn)


def chart(request: ChartRequest, span: TimeAxis, marks: Sequence[Mark]) -> Chart:
    """Lay a chart out."""
    numbers = [x for series in request.series for x in values_of(series.points)]
    levels = [rule.value for rule in request.rules] if numbers else []
    x = time_scale(span.since, span.until, _PLOT)
    y = value_scale([*numbers, *levels], _PLOT, share=request.is_share)
    drawn = []
    for place, series in enumerate(request.series, 1):
        found = list(runs(series.points, span.gap))
        bands = tuple(filter(None, (band_path(run, x, y) for run in found)))
        drawn.append(Drawn(place, series.name, tuple(line_path(run, x, y) for run in found), bands))
    return Chart(
        title=request.title,
        said="; ".join(filter(None, (_course(series, request, len(request.series)) for series in request.series))),
        file=request.file,
        box=_PLOT,
        drawn=tuple(drawn),
        levels=tuple(
            Level(rule.kind, y(rule.value), f"{rule.kind} {request.write(rule.value)}") for rule in request.rules
        ),
        provisional=tuple(shaded(request.series[0].points, x)) if request.series else (),
        y_ticks=tuple(value_ticks(y, request.write, request.steps)),
        x_ticks=tuple(time_ticks(x)),
        marks=tuple(_marked(marks, x)),
    )


def _course(series: Series, request: ChartRequest, of: int) -> str:
    """What a line did, in a sentence."""
    values = [point.value for point in series.points if point.value is not None]
    if not values:
        return ""
    name = f"{series.name} " if of > 1 else ""
    if len(values) == 1:
        return f"{name}{request.write(values[0])} at the only look of this span"
    first, last, low, high = (request.write(each) for each in (values[0], values[-1], min(values), max(values)))
    return f"{name}from {first} to {last}, between {low} and {high}"


def _marked(marks: Sequence[Mark], x: Scale) -> Iterator[MarkedAt]:
    """The marks at their places, in order of time; letters that would lie on each other are moved apart."""
    last = -math.inf
    for mark in marks:
        left = x(mark.at.timestamp())
        width = 0.0 if mark.until is None else max(round(x(mark.until.timestamp()) - left, 1), 2.0)
        last = max(left, round(last + _LETTER, 1))
        yield MarkedAt(mark.letter, mark.kind, left, width, last)


def points_of(beliefs: Iterable[Belief]) -> tuple[Point, ...]:
    """Figures from look to look as points."""
    return tuple(
        Point(each.as_of, each.estimate.value, each.estimate.low, each.estimate.high, each.estimate.provisional)
        for each in beliefs
    )


def spark(points: Sequence[Point], span: TimeAxis, said: str) -> Spark | None:
    """The line of a share; None without a point."""
    numbers = list(values_of(points))
    if not numbers:
        return None
    x, y = time_scale(span.since, span.until, _SPARK), value_scale(numbers, _SPARK, share=True)
    found = list(runs(points, span.gap))
    bands = tuple(filter(None, (band_path(run, x, y) for run in found)))
    return Spark(said, tuple(line_path(run, x, y) for run in found), bands)
