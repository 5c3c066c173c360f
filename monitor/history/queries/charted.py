"""What the pages show: the newest figures, and figures over time, with no more points than a chart can show."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, and_, func, select

from checks.metrics.line import ALL, MetricLine
from monitor.history.engine import reading
from monitor.history.queries.queries import Belief
from monitor.history.schema import BELIEF_TIMES, METRIC_POINTS, METRIC_SERIES, MONITORS
from monitor.history.types import from_epoch, from_micros, to_micros
from monitor.history.writing.record import HOUR

MOST_POINTS: Final = 240
"""Points of one line: a chart is 480 units wide."""

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class NewestFigures:
    """The figures of all rows as the newest look believed them."""

    as_of: datetime
    lines: tuple[MetricLine, ...]

    def of(self, metric: str, class_name: str = "") -> MetricLine | None:
        """One figure, of the longest window that there is of it; None where there is none."""
        found = (line for line in self.lines if (line.metric, line.class_name) == (metric, class_name))
        return max(found, key=lambda line: line.window_end - line.window_start, default=None)

    def longest(self) -> tuple[MetricLine, ...]:
        """Each figure once, of the longest window that there is of it; by metric and class."""
        ordered = sorted(
            self.lines, key=lambda line: (line.metric, line.class_name, line.window_end - line.window_start)
        )
        return tuple({(line.metric, line.class_name): line for line in ordered}.values())

    def classes(self, metric: str) -> tuple[str, ...]:
        """The classes that have this figure, by name."""
        return tuple(sorted({line.class_name for line in self.lines if line.metric == metric and line.class_name}))


class Charted:
    """Questions that only read. Times are UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def slices(self, monitor: str) -> tuple[str, ...]:
        """The slices that there ever were figures of, all rows first, then by name."""
        s = METRIC_SERIES.c
        statement = select(s.slice).join(MONITORS, MONITORS.c.id == s.monitor_id).where(MONITORS.c.name == monitor)
        with reading(self._engine) as connection:
            found = connection.scalars(statement.where(s.metric == "accuracy").distinct())
            return tuple(sorted(found, key=lambda name: (name != ALL, name)))

    def newest(self, monitor: str, slice_: str = ALL) -> NewestFigures | None:
        """The figures of the newest look that left any, of that slice; None before the first."""
        s, p = METRIC_SERIES.c, METRIC_POINTS.c
        length = p.window_end - p.window_start
        with reading(self._engine) as connection:
            key = connection.scalar(select(MONITORS.c.id).where(MONITORS.c.name == monitor))
            of_monitor = BELIEF_TIMES.c.monitor_id == key
            micros = connection.scalar(select(func.max(BELIEF_TIMES.c.micros)).where(of_monitor))
            if micros is None:
                return None
            # A figure that did not change since the first look of the hour has its newest row there.
            chosen = (
                select(p.series_id, func.max(p.as_of).label("as_of"), length.label("length"))
                .join(METRIC_SERIES, s.id == p.series_id)
                .where(s.monitor_id == key, s.slice == slice_, p.as_of >= micros // HOUR * HOUR)
                .group_by(p.series_id, length)
                .subquery()
            )
            statement = (
                select(s.metric, s["class"], s.slice, *_NUMBERS)
                .select_from(chosen)
                .join(METRIC_POINTS, and_(p.series_id == chosen.c.series_id, p.as_of == chosen.c.as_of))
                .join(METRIC_SERIES, s.id == p.series_id)
                .where(length == chosen.c.length)
            )
            return NewestFigures(from_micros(micros), tuple(_line(*row) for row in connection.execute(statement)))

    def traces(
        self,
        monitor: str,
        metrics: Sequence[str],
        since: datetime,
        until: datetime,
        classes: Sequence[str] = ("",),
        slice_: str = ALL,
    ) -> Mapping[tuple[str, str], tuple[Belief, ...]]:
        """Figures from look to look in [since, until], oldest first, by metric and class.

        Of each of at most `MOST_POINTS` equal parts of the span the newest look is taken, and of each look the window
        that ends last.
        """
        s, p = METRIC_SERIES.c, METRIC_POINTS.c
        step = max((until - since) // _MICROSECOND // MOST_POINTS, 1)
        wanted = (
            select(s.id)
            .join(MONITORS, MONITORS.c.id == s.monitor_id)
            .where(MONITORS.c.name == monitor, s.slice == slice_, s.metric.in_(metrics), s["class"].in_(classes))
        )
        chosen = (
            select(p.series_id, func.max(p.as_of).label("as_of"))
            .where(p.series_id.in_(wanted), p.as_of >= to_micros(since), p.as_of <= to_micros(until))
            .group_by(p.series_id, (p.as_of - to_micros(since)) // step)
            .subquery()
        )
        statement = (
            select(p.as_of, s.metric, s["class"], s.slice, *_NUMBERS)
            .join(chosen, and_(p.series_id == chosen.c.series_id, p.as_of == chosen.c.as_of))
            .join(METRIC_SERIES, s.id == p.series_id)
            .order_by(p.series_id, p.as_of, p.window_end)
        )
        found: dict[tuple[str, str], dict[int, Belief]] = defaultdict(dict)
        with reading(self._engine) as connection:
            for micros, *row in connection.execute(statement):
                line = _line(*row)
                found[line.metric, line.class_name][micros] = Belief(from_micros(micros), line)
        return {key: tuple(beliefs.values()) for key, beliefs in found.items()}


_NUMBERS: Final = [METRIC_POINTS.c[name] for name in MetricLine._fields if name in METRIC_POINTS.c]
"""What a point has of a line, in its order: the window, then the numbers."""


def _line(metric: str, class_name: str, slice_: str, start: int, end: int, *numbers: Any) -> MetricLine:  # noqa: ANN401 - columns
    return MetricLine(metric, class_name, slice_, from_epoch(start), from_epoch(end), *numbers)
