"""Thin out the metric history: after a while the last row of each hour is left, later the last one of each day.

Nothing else is ever thinned, and no look that a step of an incident, an advice or its outcome speaks of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, exists, func, select, union

from monitor.history.schema import (
    ADVICE,
    ADVICE_OUTCOMES,
    BELIEF_TIMES,
    CYCLES,
    FINDINGS,
    INCIDENT_EVENTS,
    INCIDENTS,
    METRIC_POINTS,
    METRIC_SERIES,
    MONITORS,
    STUDIES,
)
from monitor.history.types import to_epoch
from monitor.history.writing.record import HOUR, SECOND

DAY: Final = 24 * HOUR  # microseconds

ROWS: Final = 5000
"""Rows looked at in one transaction: some ten milliseconds in which a look would wait for it on SQLite."""


@dataclass(frozen=True, slots=True)
class Thinning:
    """Ages from which one row an hour, and one a day, is left; `daily_after` is the longer one."""

    hourly_after: timedelta = timedelta(days=14)
    daily_after: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Batch:
    """Looks of one monitor, in microseconds, of each of which less may be left; `step` is an hour or a day."""

    monitor: int
    looks: tuple[int, ...]
    step: int


def batches(connection: Connection, now: datetime, thinning: Thinning) -> Iterator[Batch]:
    """What there is to do, in parts that are quick. Ages are from a monitor's newest look, or from `now` if earlier."""
    for key, name, cursor in connection.execute(select(MONITORS.c.id, MONITORS.c.name, MONITORS.c.cursor)).all():
        if cursor is None:
            continue
        newest = to_epoch(min(cursor, now)) * SECOND
        hourly, daily = (
            (newest - age // timedelta(microseconds=1)) // step * step
            for age, step in ((thinning.hourly_after, HOUR), (thinning.daily_after, DAY))
        )
        series = connection.scalar(select(func.count()).where(METRIC_SERIES.c.monitor_id == key)) or 1
        spoken_of = _spoken_of(connection, name)
        for step, since, before in ((DAY, 0, daily), (HOUR, daily, hourly)):
            looks = [look for look in _not_the_last(connection, key, step, since, before) if look not in spoken_of]
            size = max(ROWS // series, 1)
            yield from (Batch(key, tuple(looks[first : first + size]), step) for first in range(0, len(looks), size))


def thin(connection: Connection, batch: Batch) -> int:
    """Delete the rows of these looks that a later one of the same hour or day replaces. Returns how many."""
    t, later = METRIC_POINTS.c, METRIC_POINTS.alias("later")
    series = select(METRIC_SERIES.c.id).where(METRIC_SERIES.c.monitor_id == batch.monitor)
    same_series = and_(
        later.c.series_id == t.series_id, later.c.window_end - later.c.window_start == t.window_end - t.window_start
    )
    same_step = and_(later.c.as_of > t.as_of, later.c.as_of < (t.as_of // batch.step + 1) * batch.step)
    wanted = and_(t.series_id.in_(series), t.as_of.in_(batch.looks), exists().where(same_series, same_step))
    rows = connection.execute(delete(METRIC_POINTS).where(wanted)).rowcount
    times = BELIEF_TIMES.c
    left = exists().where(t.series_id.in_(series), t.as_of == times.micros)
    gone = and_(times.monitor_id == batch.monitor, times.micros.in_(batch.looks), ~left)
    connection.execute(delete(BELIEF_TIMES).where(gone))
    return rows


def forget_cycles(connection: Connection, monitor: int, name: str, before: datetime, most: int) -> int:
    """Delete at most so many of the oldest cycles that nothing speaks of any more. Returns how many."""
    t = CYCLES.c
    kept = _speakers(name)
    believed = exists().where(BELIEF_TIMES.c.monitor_id == monitor, BELIEF_TIMES.c.as_of == t.as_of)
    found = exists().where(FINDINGS.c.monitor == t.monitor, FINDINGS.c.as_of == t.as_of)
    studied = exists().where(STUDIES.c.monitor == t.monitor, STUDIES.c.as_of == t.as_of)
    free = and_(t.monitor == name, t.as_of < before, ~believed, ~found, ~studied, t.as_of.not_in(kept))
    oldest = connection.scalars(select(t.as_of).where(free).order_by(t.as_of).limit(most)).all()
    if not oldest:
        return 0
    return connection.execute(delete(CYCLES).where(t.monitor == name, t.as_of.in_(oldest))).rowcount


def _not_the_last(connection: Connection, monitor: int, step: int, since: int, before: int) -> Sequence[int]:
    """Looks of a span of time after which there is another one in the same hour or day."""
    t = BELIEF_TIMES.c
    statement = select(t.micros).where(t.monitor_id == monitor, t.micros >= since, t.micros < before)
    looks = connection.scalars(statement.order_by(t.micros)).all()
    return [look for look, after in pairwise(looks) if look // step == after // step]


def _spoken_of(connection: Connection, name: str) -> frozenset[int]:
    """Times in microseconds of the looks that incidents, advice and outcomes speak of."""
    return frozenset(to_epoch(at) * SECOND for at in connection.scalars(_speakers(name)))


def _speakers(name: str) -> Any:  # noqa: ANN401 - a union of SELECTs
    events, advice, trials = INCIDENT_EVENTS.c, ADVICE.c, ADVICE_OUTCOMES.c
    mine = select(INCIDENTS.c.id).where(INCIDENTS.c.monitor == name)
    adviced = select(advice.id).where(advice.monitor == name)
    i = INCIDENTS.c
    columns = (i.since, i.updated_at, i.opened_at, i.clear_since, i.resolved_at)
    return union(
        select(events.at).where(events.incident_id.in_(mine)),
        select(advice.at).where(advice.monitor == name),
        select(trials.frozen_at).where(trials.advice_id.in_(adviced)),
        select(trials.measured_at).where(trials.advice_id.in_(adviced), trials.measured_at.is_not(None)),
        *(select(column).where(i.monitor == name, column.is_not(None)) for column in columns),
    )
