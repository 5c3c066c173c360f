"""What the newest look of each monitor believed, and what is open: for those who watch tunewatch itself."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Engine, and_, func, select

from alerts.incident import State
from checks.metrics.line import ALL
from monitor.history.engine import reading
from monitor.history.schema import BELIEF_TIMES, INCIDENTS, METRIC_POINTS, METRIC_SERIES, MONITORS
from monitor.history.writing.record import HOUR


class Figure(NamedTuple):
    """A figure of all predictions of the newest look's window; `class_name` is "" where it is of no class."""

    monitor: str
    metric: str
    class_name: str
    value: float | None
    low: float | None
    high: float | None
    n_labelled: int
    provisional: bool


class OpenIncidents(NamedTuple):
    """How many incidents are open."""

    monitor: str
    family: str
    severity: str
    n: int


class Newest:
    """Questions that only read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def figures(self, monitors: Sequence[str]) -> tuple[Figure, ...]:
        """The figures of the newest look of each of these that looked; of several windows, those of the longest."""
        s, p, b = METRIC_SERIES.c, METRIC_POINTS.c, BELIEF_TIMES.c
        newest = select(func.max(b.micros)).where(b.monitor_id == s.monitor_id).scalar_subquery()
        # What did not change since the first look of the hour has its newest row there.
        statement = (
            select(MONITORS.c.name, s.metric, s["class"], p.value, p.low, p.high, p.n_labelled, p.provisional)
            .join(METRIC_SERIES, s.monitor_id == MONITORS.c.id)
            .join(METRIC_POINTS, and_(p.series_id == s.id, p.as_of >= newest // HOUR * HOUR))
            .where(MONITORS.c.name.in_(monitors), s.slice == ALL)
            .order_by(MONITORS.c.name, s.metric, s["class"], (p.window_end - p.window_start).asc(), p.as_of)
        )
        with reading(self._engine) as connection:
            rows = (Figure(*row[:-1], bool(row[-1])) for row in connection.execute(statement))
            return tuple({figure[:3]: figure for figure in rows}.values())

    def open_incidents(self, monitors: Sequence[str]) -> tuple[OpenIncidents, ...]:
        """Of each monitor, family and severity that has any."""
        t = INCIDENTS.c
        statement = (
            select(t.monitor, t.family, t.severity, func.count())
            .where(t.monitor.in_(monitors), t.state.in_((State.FIRING, State.RECOVERING)))
            .group_by(t.monitor, t.family, t.severity)
            .order_by(t.monitor, t.family, t.severity)
        )
        with reading(self._engine) as connection:
            return tuple(OpenIncidents(*row) for row in connection.execute(statement))
