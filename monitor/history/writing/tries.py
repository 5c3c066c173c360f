"""Candidates that were tried, as the history keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from checks.candidates.verdict import Decision, Verdict
from monitor.history.schema import TRIES


@dataclass(frozen=True, slots=True)
class Try:
    """A candidate on a sample: `sample` and `answers` are SHA-256, `said` and `canary` are words."""

    monitor: str
    incident: str | None
    sample: str
    answers: str
    candidate: str
    at: datetime
    candidates: int
    said: str
    canary: str
    verdict: Verdict

    @property
    def decision(self) -> Decision:
        """Ship it or not."""
        return self.verdict.decision


def write_try(connection: Connection, tried: Try) -> None:
    """Keep a try in the place of an earlier one of the same answers on the same sample."""
    t = TRIES.c
    connection.execute(delete(TRIES).where(t.sample == tried.sample, t.answers == tried.answers))
    row = {
        "monitor": tried.monitor,
        "incident_id": tried.incident,
        "sample": tried.sample,
        "answers": tried.answers,
        "candidate": tried.candidate,
        "at": tried.at,
        "candidates": tried.candidates,
        "decision": tried.verdict.decision.value,
        "reason": tried.verdict.reason.value,
        "verdict": tried.said,
        "canary": tried.canary,
        "detail": tried.verdict,
    }
    connection.execute(insert(TRIES), row)


def read_tries(connection: Connection, monitor: str, incident: str | None, sample: str | None) -> tuple[Try, ...]:
    """Tries of a monitor, oldest first; of one incident, or on one sample, where these are given."""
    t = TRIES.c
    columns: list[ColumnElement[Any]] = [
        *(t.monitor, t.incident_id, t.sample, t.answers, t.candidate),
        *(t.at, t.candidates, t.verdict, t.canary, t.detail),
    ]
    statement = select(*columns).where(t.monitor == monitor).order_by(t.at, t.id)
    if incident is not None:
        statement = statement.where(t.incident_id == incident)
    if sample is not None:
        statement = statement.where(t.sample == sample)
    return tuple(Try(*row) for row in connection.execute(statement))
