"""The advice that is followed, the decisions on it, and the counts that it is judged by."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

from alerts.incident import Transition
from checks.advice.comparing.parts import Part
from checks.counts.cells import LatencyCell, OutcomeCell
from checks.outcome.traffic import BucketTraffic, Pair
from checks.outcome.trial import Trial
from monitor.history.schema import (
    ADVICE,
    ADVICE_OUTCOMES,
    DECISIONS,
    LATENCY_CELLS,
    OUTCOME_CELLS,
    TOTAL_CELLS,
)
from monitor.history.schema.keys import NO_LABEL
from monitor.history.spans import Span, floor, to_whole_seconds
from monitor.history.types import from_epoch
from monitor.history.writing.incidents import write_transition
from monitor.history.writing.names import class_names, slice_names, version_names
from monitor.log.counts import ALL

WAITING: Final = "waiting"
"""`outcome` of a trial that nothing can be said of yet."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A trial and the key of its row."""

    key: int
    trial: Trial


def read_trials(connection: Connection, monitor: str) -> tuple[Kept, ...]:
    """Trials of a monitor that are not over, oldest first."""
    t = ADVICE_OUTCOMES.c
    statement = (
        select(t.id, t.detail)
        .join(ADVICE, ADVICE.c.id == t.advice_id)
        .where(ADVICE.c.monitor == monitor, t.outcome == WAITING)
        .order_by(t.id)
    )
    return tuple(Kept(*row) for row in connection.execute(statement))


def write_trial(connection: Connection, trial: Trial, key: int | None, now: datetime | None) -> None:
    """Keep it; a new one (no `key`) belongs to the newest advice of its incident."""
    row = _row(trial, now)
    if key is not None:
        connection.execute(ADVICE_OUTCOMES.update().where(ADVICE_OUTCOMES.c.id == key), row)
        return
    newest = select(func.max(ADVICE.c.id)).where(ADVICE.c.incident_id == trial.incident)
    connection.execute(ADVICE_OUTCOMES.insert(), row | {"advice_id": connection.scalar(newest)})


def write_decision(connection: Connection, transition: Transition, channels: Iterable[str]) -> None:
    """Keep a decision with the step that tells of it, and hand it to the trials of the incident."""
    decision, incident = transition.decision, transition.incident
    if decision is None:
        raise ValueError(f"incident {incident.id}: a step without a decision decides nothing")
    row = {
        "incident_id": incident.id,
        "at": decision.at,
        "action": incident.advice.action,
        "accepted": decision.accepted,
        "by": decision.by,
        "note": decision.note,
    }
    connection.execute(DECISIONS.insert(), row)
    for kept in read_trials(connection, incident.monitor):
        if kept.trial.incident == incident.id:
            write_trial(connection, replace(kept.trial, decision=decision), kept.key, None)
    write_transition(connection, transition, channels)


class Followed:
    """Counts of spans of time, whole buckets, as the log is known now."""

    def __init__(self, connection: Connection, monitor: int, bucket: timedelta) -> None:
        self._connection = connection
        self._monitor = monitor
        self._bucket = to_whole_seconds(bucket)

    def traffic(self, since: datetime) -> tuple[BucketTraffic, ...]:
        """Who answered in each bucket, from the one that `since` lies in."""
        t = TOTAL_CELLS.c
        statement = select(t.bucket, t.version_id, t.n).where(
            t.monitor_id == self._monitor, t.bucket >= floor(since, self._bucket), t.n > 0
        )
        names = version_names(self._connection)
        buckets: dict[int, list[tuple[Pair, int]]] = defaultdict(list)
        for bucket, version, n in self._connection.execute(statement.order_by(t.bucket, t.version_id)):
            buckets[bucket].append((names[version], n))
        return tuple(BucketTraffic(from_epoch(bucket), tuple(n)) for bucket, n in buckets.items())

    def part(self, start: datetime, end: datetime) -> Part:
        """The counts of the buckets from the one that begins at `start` or next, to the one that `end` lies in."""
        span = Span(self._next(start), self._next(end))
        return Part(self._outcomes(span), self._latency(span))

    def _next(self, at: datetime) -> int:
        start = floor(at, self._bucket)
        return start if from_epoch(start) == at else start + self._bucket

    def _outcomes(self, span: Span) -> tuple[OutcomeCell, ...]:
        everything = [
            key for key, (segment, _) in slice_names(self._connection, self._monitor).items() if segment == ALL
        ]
        t = OUTCOME_CELLS.c
        keys = (t.version_id, t.predicted_id, t.label_id)
        statement = (
            select(*keys, func.sum(t.n), func.sum(t.weight), func.sum(t.weight_squared))
            .where(t.slice_id.in_(everything), *_within(t.bucket, span))
            .group_by(*keys)
            .order_by(*keys)
        )
        versions, classes = version_names(self._connection), class_names(self._connection)
        return tuple(
            OutcomeCell(
                classes[predicted],
                None if label == NO_LABEL else classes[label],
                int(n),
                float(weight),
                float(squared),
                *versions[version],
            )
            for version, predicted, label, n, weight, squared in self._connection.execute(statement)
        )

    def _latency(self, span: Span) -> tuple[LatencyCell, ...]:
        t = LATENCY_CELLS.c
        keys = (t.version_id, t.bin)
        statement = (
            select(*keys, func.sum(t.n))
            .where(t.monitor_id == self._monitor, *_within(t.bucket, span))
            .group_by(*keys)
            .order_by(*keys)
        )
        versions = version_names(self._connection)
        return tuple(
            LatencyCell(bin_, int(n), *versions[version]) for version, bin_, n in self._connection.execute(statement)
        )


def _within(bucket: ColumnElement[int], span: Span) -> tuple[ColumnElement[bool], ...]:
    return bucket >= span.start, bucket < span.end


def _row(trial: Trial, now: datetime | None) -> dict[str, Any]:
    criterion, result, act = trial.criterion, trial.result, trial.act
    effect = result.effect if result else None
    model, prompt = trial.answers_since or ("", "")
    beyond = result.beyond if result and result.beyond else (None, None)
    return {
        "action": criterion.action,
        "frozen_at": criterion.frozen_at,
        "metric": criterion.kind,
        "class": criterion.class_name,
        "goal": criterion.goal,
        "min_effect": criterion.min_effect,
        "needed": criterion.needed,
        "accepted": trial.decision.accepted if trial.decision else None,
        "acted_at": act.at if act else None,
        "model_version": model,
        "prompt_version": prompt,
        "measured_at": now if result else None,
        "before_value": effect.before.value if effect else None,
        "after_value": effect.after.value if effect else None,
        "low": effect.low if effect else None,
        "high": effect.high if effect else None,
        "beyond_low": beyond[0],
        "beyond_high": beyond[1],
        "n": effect.after.n if effect else 0,
        "outcome": result.worked if result else WAITING,
        "detail": trial,
    }
