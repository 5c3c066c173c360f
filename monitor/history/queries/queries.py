"""What people ask the history: the answers of `tunewatch history`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, func, or_, select

from alerts.acts import ActKind
from alerts.incident import Incident, State, Transition
from alerts.routing.silence import Silence
from alerts.standing import Standing
from checks.metrics.line import MetricLine
from checks.rules.family import Family
from monitor.history.engine import reading
from monitor.history.schema import (
    ACTS,
    CYCLES,
    FINDINGS,
    INCIDENT_EVENTS,
    INCIDENTS,
    METRIC_POINTS,
    METRIC_SERIES,
    MONITORS,
    STANDINGS,
)
from monitor.history.types import from_epoch, from_micros, to_epoch
from monitor.history.writing.record import SECOND
from monitor.history.writing.silences import read_silences
from monitor.history.writing.tries import Try, read_tries


@dataclass(frozen=True, slots=True)
class Belief:
    """An estimate, and the cycle that believed it."""

    as_of: datetime
    estimate: MetricLine


class Series(NamedTuple):
    """One figure that is believed from look to look; `class_name` is "" where it is of all classes."""

    metric: str
    class_name: str
    slice: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """One completed cycle; `faults` are the checks that crashed in it, and how."""

    monitor: str
    as_of: datetime
    buckets_read: int
    metrics: int
    findings: int
    alarms: int
    transitions: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelView:
    """What a channel shows of an incident, and since when."""

    channel: str
    shown_at: datetime
    standing: Standing


class OpenIncidents(NamedTuple):
    """How many incidents are open."""

    monitor: str
    family: str
    severity: str
    n: int


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as it is kept, in words and numbers."""

    monitor: str
    as_of: datetime
    check: str
    subject: str
    slice: str
    verdict: str
    cause: str
    message: str
    window_start: datetime
    window_end: datetime
    value: float | None
    low: float | None
    high: float | None
    threshold: float | None
    reference: float | None
    n: int
    provisional: bool
    clear: bool


class Queries:
    """Questions that only read. Times are UTC; `since` leaves out what is older."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def monitors(self) -> tuple[str, ...]:
        """All monitors that the history has ever seen, by name."""
        with reading(self._engine) as connection:
            return tuple(connection.scalars(select(MONITORS.c.name).order_by(MONITORS.c.name)))

    def newest_look(self, monitors: Sequence[str]) -> datetime | None:
        """The `as_of` of the newest look of any of these; None before the first."""
        t = MONITORS.c
        with reading(self._engine) as connection:
            return max(filter(None, connection.scalars(select(t.cursor).where(t.name.in_(monitors)))), default=None)

    def series(self, monitors: Sequence[str]) -> frozenset[Series]:
        """What figures there ever were of these."""
        s = METRIC_SERIES.c
        statement = select(s.metric, s["class"], s.slice).join(MONITORS, MONITORS.c.id == s.monitor_id)
        with reading(self._engine) as connection:
            found = connection.execute(statement.where(MONITORS.c.name.in_(monitors)).distinct())
            return frozenset(Series(*row) for row in found)

    def incidents(self, monitor: str | None = None, since: datetime | None = None) -> tuple[Incident, ...]:
        """Incidents that people were told of or still may be, newest first; `since` is of the resolution."""
        t = INCIDENTS.c
        statement = select(t.detail).where(or_(t.opened_at.is_not(None), t.resolved_at.is_(None)))
        if monitor is not None:
            statement = statement.where(t.monitor == monitor)
        if since is not None:
            statement = statement.where(or_(t.resolved_at.is_(None), t.resolved_at >= since))
        with reading(self._engine) as connection:
            return tuple(connection.scalars(statement.order_by(t.since.desc(), t.id)))

    def unresolved(self, monitor: str | None = None, family: Family | None = None) -> tuple[Incident, ...]:
        """Incidents that are not over, also those that nobody was told of yet, newest first."""
        t = INCIDENTS.c
        found = select(t.detail).where(t.resolved_at.is_(None)).order_by(t.since.desc(), t.id)
        if monitor is not None:
            found = found.where(t.monitor == monitor)
        if family is not None:
            found = found.where(t.family == family)
        with reading(self._engine) as connection:
            return tuple(connection.scalars(found))

    def open_incidents(self, monitors: Sequence[str]) -> tuple[OpenIncidents, ...]:
        """How many of each family and severity these have open, where there are any."""
        t = INCIDENTS.c
        statement = (
            select(t.monitor, t.family, t.severity, func.count())
            .where(t.monitor.in_(monitors), t.state.in_((State.FIRING, State.RECOVERING)))
            .group_by(t.monitor, t.family, t.severity)
            .order_by(t.monitor, t.family, t.severity)
        )
        with reading(self._engine) as connection:
            return tuple(OpenIncidents(*row) for row in connection.execute(statement))

    def find_incidents(self, prefix: str) -> tuple[Incident, ...]:
        """Incidents whose id begins so, with or without its family: none, the one that is meant, or several."""
        t = INCIDENTS.c
        matches = or_(t.id.startswith(prefix, autoescape=True), t.id.contains(f"-{prefix}", autoescape=True))
        with reading(self._engine) as connection:
            return tuple(connection.scalars(select(t.detail).where(matches).order_by(t.since.desc(), t.id)))

    def silences(self, ended_after: datetime) -> tuple[Silence, ...]:
        """Silences that have not ended by then, oldest first."""
        with reading(self._engine) as connection:
            return read_silences(connection, ended_after)

    def standings(self, incident_id: str) -> tuple[ChannelView, ...]:
        """What each channel shows of an incident, by channel."""
        t = STANDINGS.c
        with reading(self._engine) as connection:
            found = select(t.channel, t.shown_at, t.detail).where(t.incident_id == incident_id).order_by(t.channel)
            return tuple(ChannelView(*row) for row in connection.execute(found))

    def tries(self, monitor: str, incident: str | None = None, sample: str | None = None) -> tuple[Try, ...]:
        """Candidates that were tried, oldest first; for one incident, or on one sample, where these are given."""
        with reading(self._engine) as connection:
            return read_tries(connection, monitor, incident, sample)

    def false_alarms(self, monitor: str, since: datetime) -> int:
        """How many incidents of a monitor somebody called false alarms, of those that opened since."""
        t = INCIDENTS.c
        called = select(ACTS.c.incident_id).where(ACTS.c.kind == ActKind.FALSE_ALARM)
        counted = select(func.count()).where(t.monitor == monitor, t.opened_at >= since, t.id.in_(called))
        with reading(self._engine) as connection:
            return int(connection.execute(counted).scalar_one())

    def incident_events(self, incident_id: str) -> tuple[Transition, ...]:
        """The steps of an incident, oldest first."""
        t = INCIDENT_EVENTS.c
        with reading(self._engine) as connection:
            return tuple(connection.scalars(select(t.detail).where(t.incident_id == incident_id).order_by(t.id)))

    def metrics(
        self, monitor: str, metric: str, class_name: str = "", slice_: str = "all", since: datetime | None = None
    ) -> tuple[Belief, ...]:
        """One metric from cycle to cycle, oldest first."""
        s, p = METRIC_SERIES.c, METRIC_POINTS.c
        statement = (
            select(METRIC_POINTS)
            .join(METRIC_SERIES, s.id == p.series_id)
            .join(MONITORS, MONITORS.c.id == s.monitor_id)
            .where(MONITORS.c.name == monitor, s.metric == metric, s["class"] == class_name, s.slice == slice_)
            .order_by(p.as_of, p.window_start)
        )
        if since is not None:
            statement = statement.where(p.as_of >= to_epoch(since) * SECOND)
        with reading(self._engine) as connection:
            return tuple(
                Belief(
                    from_micros(as_of),
                    MetricLine(metric, class_name, slice_, from_epoch(start), from_epoch(end), *numbers),
                )
                for _, as_of, start, end, *numbers in connection.execute(statement)
            )

    def findings(self, monitor: str, since: datetime) -> tuple[Said, ...]:
        """What the checks said from `since` on, oldest first."""
        t = FINDINGS.c
        columns = [t[name] for name in Said.__dataclass_fields__]
        statement = select(*columns).where(t.monitor == monitor, t.as_of >= since).order_by(t.as_of, t.id)
        with reading(self._engine) as connection:
            return tuple(Said(*row) for row in connection.execute(statement))

    def cycles(self, monitor: str | None = None, since: datetime | None = None) -> tuple[Cycle, ...]:
        """Completed cycles, oldest first."""
        t = CYCLES.c
        statement = select(*(t[name] for name in Cycle.__dataclass_fields__)).order_by(t.as_of, t.monitor)
        if monitor is not None:
            statement = statement.where(t.monitor == monitor)
        if since is not None:
            statement = statement.where(t.as_of >= since)
        with reading(self._engine) as connection:
            return tuple(Cycle(*row) for row in connection.execute(statement))
