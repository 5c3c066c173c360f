"""Keep what a cycle found."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from alerts.incident import Transition
from checks.metrics.line import MetricLine
from checks.rules.finding import Finding
from monitor.history.schema import BELIEF_TIMES, CYCLES, FINDINGS, METRIC_POINTS, MONITORS
from monitor.history.types import to_epoch
from monitor.history.writing.bulk import batched, insert_rows
from monitor.history.writing.incidents import write_transition
from monitor.history.writing.names import intern_series

SECOND: Final = 1_000_000  # microseconds
HOUR: Final = 3600 * SECOND

_AT_ONCE: Final = 1000  # series in one statement; PostgreSQL takes no more than 65,535 parameters


@dataclass(frozen=True, slots=True)
class CycleRecord:
    """All that one cycle leaves behind.

    `channels` are those that each posted transition goes to, `faults` the checks that crashed, `seconds` the duration,
    `looked_at` the time of this machine's clock where it is known.
    """

    as_of: datetime
    estimates: tuple[MetricLine, ...]
    findings: tuple[Finding, ...]
    transitions: tuple[Transition, ...]
    channels: tuple[str, ...] = ()
    buckets_read: int = 0
    faults: tuple[str, ...] = ()
    seconds: float = 0.0
    looked_at: datetime | None = None


def write_record(connection: Connection, monitor_id: int, monitor: str, record: CycleRecord) -> None:
    """Keep it, and move the cursor. A cycle that is done again at the same `as_of` takes the place of the first."""
    write_estimates(connection, monitor_id, record.as_of, record.estimates)
    write_findings(connection, monitor, record.as_of, record.findings)
    for transition in record.transitions:
        write_transition(connection, transition, record.channels)
    _write_cycle(connection, monitor, record)
    connection.execute(MONITORS.update().where(MONITORS.c.id == monitor_id).values(cursor=record.as_of))


def write_estimates(connection: Connection, monitor: int, as_of: datetime, estimates: Iterable[MetricLine]) -> None:
    """Keep the first estimate of each hour, and within the hour those that differ from the one before.

    What was believed at any time is therefore the newest row up to then, and a quiet chatbot costs 24 rows a day.
    """
    estimates = tuple(estimates)
    series = intern_series(connection, monitor, {(e.metric, e.class_name, e.slice) for e in estimates})
    now = to_epoch(as_of) * SECOND
    last = _believed_this_hour(connection, monitor, now, series.values())
    epochs = {at: to_epoch(at) for at in {at for e in estimates for at in (e.window_start, e.window_end)}}
    times, is_news = BELIEF_TIMES.c, False
    connection.execute(delete(BELIEF_TIMES).where(times.monitor_id == monitor, times.micros == now))
    # In the order of the table's key, in which a hundred thousand rows are written in a third of the time.
    in_order = sorted(((series[e.metric, e.class_name, e.slice], e) for e in estimates), key=itemgetter(0))
    for some in batched(in_order):
        points = (_point(key, now, e, epochs) for key, e in some)
        news = [point for point in points if last.get((point[0], point[3] - point[2])) != point[2:]]
        insert_rows(connection, METRIC_POINTS, news)
        is_news = is_news or bool(news)
    if is_news:
        connection.execute(insert(BELIEF_TIMES), {"monitor_id": monitor, "micros": now, "as_of": as_of})


def _believed_this_hour(
    connection: Connection, monitor: int, now: int, series: Collection[int]
) -> dict[tuple[int, int], Sequence[Any]]:
    """The newest points of the hour by series and length of the window; those of `now` itself are deleted."""
    t, times = METRIC_POINTS.c, BELIEF_TIMES.c
    hour = now // HOUR * HOUR
    within = (times.monitor_id == monitor, times.micros >= hour, times.micros <= now)
    if connection.scalar(select(times.micros).where(*within).limit(1)) is None:
        return {}
    last: dict[tuple[int, int], Sequence[Any]] = {}
    for some in _runs(sorted(series)):
        connection.execute(delete(METRIC_POINTS).where(t.series_id.in_(some), t.as_of == now))
        recent = select(METRIC_POINTS).where(t.series_id.in_(some), t.as_of >= hour, t.as_of < now)
        rows = connection.execute(recent.order_by(t.series_id, t.as_of))
        last.update(((row[0], row[3] - row[2]), row[2:]) for row in rows)
    return last


def _runs(series: Sequence[int]) -> Iterator[Sequence[int]]:
    """The series in runs that fit in a statement: segments by classes are tens of thousands."""
    return (series[first : first + _AT_ONCE] for first in range(0, len(series), _AT_ONCE))


def write_findings(connection: Connection, monitor: str, as_of: datetime, findings: Sequence[Finding]) -> None:
    """Keep the first finding of each hour and subject, those whose verdict changed, and each new number of an alarm."""
    t = FINDINGS.c
    connection.execute(delete(FINDINGS).where(t.monitor == monitor, t.as_of == as_of))
    hour = as_of.replace(minute=0, second=0, microsecond=0)
    recent = select(FINDINGS).where(t.monitor == monitor, t.as_of >= hour, t.as_of < as_of).order_by(t.as_of, t.id)
    last = {(row["check"], row["subject"], row["slice"]): row for row in connection.execute(recent).mappings()}
    rows = [_finding_row(monitor, as_of, finding) for finding in findings]
    new = [row for row in rows if _is_news(last.get((row["check"], row["subject"], row["slice"])), row)]
    if new:
        connection.execute(insert(FINDINGS), new)


def _is_news(before: Any, row: dict[str, Any]) -> bool:  # noqa: ANN401 - a row mapping, or None
    if before is None:
        return True
    if row["verdict"] in ("warning", "critical"):
        return any(before[name] != value for name, value in row.items() if name != "as_of")
    return any(before[name] != row[name] for name in ("verdict", "cause", "provisional", "clear"))


def _point(series: int, now: int, e: MetricLine, epochs: Mapping[datetime, int]) -> tuple[Any, ...]:
    span = (epochs[e.window_start], epochs[e.window_end])
    numbers = (e.value, e.low, e.high, e.raw)
    return (series, now, *span, *map(_real, numbers), e.n, e.n_labelled, _real(e.coverage), e.provisional)


def _real(value: float | None) -> float | None:
    """Give drivers a float of Python's own: numpy's is one to type checkers only."""
    return None if value is None else float(value)


def _finding_row(monitor: str, as_of: datetime, f: Finding) -> dict[str, Any]:
    return {
        "monitor": monitor,
        "as_of": as_of,
        "check": f.check,
        "subject": f.subject,
        "slice": f.slice,
        "verdict": f.verdict.value,
        "cause": f.cause.value,
        "message": f.message,
        "window_start": f.window_start,
        "window_end": f.window_end,
        "value": _real(f.value),
        "low": _real(f.low),
        "high": _real(f.high),
        "threshold": _real(f.threshold),
        "reference": _real(f.reference),
        "n": f.n,
        "provisional": f.provisional,
        "clear": f.clear,
    }


def _write_cycle(connection: Connection, monitor: str, record: CycleRecord) -> None:
    t = CYCLES.c
    connection.execute(delete(CYCLES).where(t.monitor == monitor, t.as_of == record.as_of))
    row = {
        "monitor": monitor,
        "as_of": record.as_of,
        "buckets_read": record.buckets_read,
        "metrics": len(record.estimates),
        "findings": len(record.findings),
        "alarms": sum(finding.verdict.is_alarm for finding in record.findings),
        "transitions": len(record.transitions),
        "faults": record.faults,
        "seconds": record.seconds,
        "looked_at": record.looked_at,
    }
    connection.execute(CYCLES.insert(), row)
