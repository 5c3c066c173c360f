"""Lines with intervals as SVG paths: numbers in, coordinates out."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at a time, with the ends of its interval; None where there is none."""

    at: datetime
    value: float | None
    low: float | None = None
    high: float | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """The part of a drawing that is for data, in its units; y runs down."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps [low, high] to [start, end]."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value, in tenths of a unit; what lies outside is put on the nearer end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def values_of(points: Sequence[Point]) -> Iterator[float]:
    """Every finite number of the points."""
    for point in points:
        yield from (x for x in (point.value, point.low, point.high) if x is not None and math.isfinite(x))


def runs(points: Sequence[Point], gap: timedelta) -> Iterator[list[Point]]:
    """Points that a line joins: it breaks where there is no value, and over a gap."""
    run: list[Point] = []
    for point in points:
        if run and (point.value is None or point.at - run[-1].at > gap):
            yield run
            run = []
        if point.value is not None:
            run.append(point)
    if run:
        yield run


def line_path(run: Sequence[Point], x: Scale, y: Scale) -> str:
    """The path of a run; of one point a short stroke, which would be invisible otherwise."""
    places = [(x(_seconds(point.at)), y(point.value or 0.0)) for point in run]
    if len(places) == 1:
        ((left, top),) = places
        places = [(left - 1, top), (left + 1, top)]
    return "M" + "L".join(f"{left:g} {top:g}" for left, top in places)


def band_path(run: Sequence[Point], x: Scale, y: Scale) -> str:
    """The outline of the intervals of a run; "" where fewer than two points have one."""
    whole = [(x(_seconds(point.at)), point.low, point.high) for point in run]
    upper = [(left, y(high)) for left, low, high in whole if low is not None and high is not None]
    lower = [(left, y(low)) for left, low, high in whole if low is not None and high is not None]
    if len(upper) < 2:  # noqa: PLR2004 - an area has two sides
        return ""
    return "M" + "L".join(f"{left:g} {top:g}" for left, top in (*upper, *reversed(lower))) + "Z"


def shaded(points: Sequence[Point], x: Scale) -> Iterator[tuple[float, float]]:
    """Left edge and width of each stretch whose labels are still to come."""
    place = 0
    for provisional, group in groupby(points, key=lambda point: point.provisional):
        stretch = list(group)
        if provisional:
            first = points[place - 1] if place else stretch[0]
            left, right = x(_seconds(first.at)), x(_seconds(stretch[-1].at))
            yield left, max(round(right - left, 1), 2.0)
        place += len(stretch)


def time_scale(since: datetime, until: datetime, box: Box) -> Scale:
    """Time along x."""
    return Scale(_seconds(since), max(_seconds(until), _seconds(since) + 1), box.left, box.right)


def value_scale(numbers: Sequence[float], box: Box, *, share: bool) -> Scale:
    """Values along y, with a little room; shares stay within [0, 1], other figures begin at 0.

    No scale is so narrow that two of its ticks would read the same: shares are written in whole percents, milliseconds
    in whole ones.
    """
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if not share:
        return Scale(0.0, max(high * 1.05, _LEAST_OTHERS), box.bottom, box.top)
    room = max((high - low) * 0.08, (_LEAST_SHARE - (high - low)) / 2)
    top = min(max(high + room, _LEAST_SHARE), 1.0)
    return Scale(max(min(low - room, top - _LEAST_SHARE), 0.0), top, box.bottom, box.top)


_LEAST_SHARE: Final = 0.05
_LEAST_OTHERS: Final = 5.0


def value_ticks(
    scale: Scale, write: Callable[[float], str], steps: Sequence[float] = (), most: int = 4
) -> Iterator[tuple[float, str]]:
    """Place and text of round values, one of these steps apart: else of 1, 2 or 5 times a power of ten."""
    rough = (scale.high - scale.low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    known = (*steps, *(power * times for times in (1, 2, 5, 10)))
    step = next(each for each in known if each >= rough * 0.999)
    for count in range(math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9) + 1):
        yield scale(count * step), write(count * step)


_DAY: Final = 86_400
_STEPS: Final = (21_600, 43_200, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY)
_MONTH: Final = 31 * _DAY
_MONTHS: Final = (1, 2, 4, 12)
_MOST_MONTHS: Final = 7  # "May 2026" is shorter than a day with its hour


def time_ticks(scale: Scale, most: int = 5) -> Iterator[tuple[float, str]]:
    """Place and text of round times in UTC: days, hours where the span is short, and months with their year."""
    rough = (scale.high - scale.low) / most
    step = next((each for each in _STEPS if each >= rough), None)
    if step is None:
        longest = (scale.high - scale.low) / _MOST_MONTHS
        yield from _month_ticks(scale, next((n for n in _MONTHS if n * _MONTH >= longest), _MONTHS[-1]))
        return
    first = math.ceil(scale.low / step) * step
    for at in range(first, math.floor(scale.high) + 1, step):
        moment = datetime.fromtimestamp(at, UTC)
        yield scale(at), f"{moment:%b} {moment.day}" + (f"{moment: %H:%M}" if step < _DAY else "")


def _month_ticks(scale: Scale, every: int) -> Iterator[tuple[float, str]]:
    since, until = (datetime.fromtimestamp(at, UTC) for at in (scale.low, scale.high))
    for month in range(_months(since), _months(until) + 1):
        start = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        if month % every == 0 and start >= since:
            yield scale(_seconds(start)), f"{start:%b %Y}"


def _months(at: datetime) -> int:
    """Months since the year 0."""
    return at.year * 12 + at.month - 1


def _seconds(at: datetime) -> float:
    return at.timestamp()
