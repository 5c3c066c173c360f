"""What stands beside the figures on a page: versions, incidents, confusions, delays, and what came of advice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from sqlalchemy import Engine, ScalarSelect, and_, func, select

from alerts.incident import Incident
from checks.counts.cells import DELAY_BASE
from checks.metrics.line import ALL
from monitor.history.engine import reading
from monitor.history.packed import unpack
from monitor.history.queries.queries import Said
from monitor.history.schema import (
    ACTS,
    ADVICE,
    ADVICE_OUTCOMES,
    CLASSES,
    DECISIONS,
    DELAY_CELLS,
    FINDINGS,
    INCIDENTS,
    MONITORS,
    OUTCOME_CELLS,
    OUTCOME_DAYS,
    SLICES,
    TOTAL_CELLS,
    VERSIONS,
)
from monitor.history.types import from_epoch, to_epoch

MOST_MARKS: Final = 24
"""Versions, incidents, and acts, that are marked on one axis; the newest stay."""

_VERSIONED: Final = ("model_version", "prompt_version")
"""Slices that are of versions; others are of segments."""


@dataclass(frozen=True, slots=True)
class Began:
    """A pair of versions, and the bucket in which it answered first."""

    at: datetime
    model_version: str
    prompt_version: str


@dataclass(frozen=True, slots=True)
class Lasted:
    """An incident that people were told of; `until` is None while it is open."""

    id: str
    family: str
    severity: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Acted:
    """What somebody did with an incident: the `kind` of act, or whether they accepted the advice."""

    at: datetime
    incident_id: str
    by: str
    kind: str
    accepted: bool | None


@dataclass(frozen=True, slots=True)
class Confused:
    """Labelled predictions of a class, by what was predicted."""

    label: str
    predicted: str
    n: int


@dataclass(frozen=True, slots=True)
class Followed:
    """What an advice is held to, and what came of it; `outcome` is `waiting` until that is known."""

    action: str
    metric: str
    class_name: str
    goal: float
    frozen_at: datetime
    measured_at: datetime | None
    outcome: str


class SpanQueries:
    """Questions that only read, each about one span [since, until). Times are UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def versions(self, monitor: str, since: datetime, until: datetime) -> tuple[Began, ...]:
        """Versions that answered first within the span, oldest first; not those that the history begins with."""
        t, v = TOTAL_CELLS.c, VERSIONS.c
        of_monitor = t.monitor_id == key_of(monitor)
        first = func.min(t.bucket)
        oldest = select(func.min(t.bucket)).where(of_monitor).scalar_subquery()
        began = (
            select(first.label("first"), v.model_version, v.prompt_version)
            .join(VERSIONS, v.id == t.version_id)
            .where(of_monitor, t.n > 0)
            .group_by(v.model_version, v.prompt_version)
            .having(and_(first >= to_epoch(since), first < to_epoch(until), first > oldest))
            .order_by(first.desc(), v.model_version, v.prompt_version)
            .limit(MOST_MARKS)
        )
        with reading(self._engine) as connection:
            found = [Began(from_epoch(at), *names) for at, *names in connection.execute(began)]
        return tuple(reversed(found))

    def incidents(self, monitor: str, since: datetime, until: datetime) -> tuple[Lasted, ...]:
        """Incidents that were open within the span, oldest first."""
        t = INCIDENTS.c
        statement = (
            select(t.id, t.family, t.severity, t.since, t.resolved_at)
            .where(t.monitor == monitor, t.opened_at.is_not(None), t.since < until)
            .where(t.resolved_at.is_(None) | (t.resolved_at >= since))
            .order_by(t.since.desc(), t.id)
            .limit(MOST_MARKS)
        )
        with reading(self._engine) as connection:
            return tuple(reversed([Lasted(*row) for row in connection.execute(statement)]))

    def acts(self, monitor: str, since: datetime, until: datetime) -> tuple[Acted, ...]:
        """What people did with incidents of the monitor within the span, oldest first; a decision is told once."""
        a, d = ACTS.c, DECISIONS.c
        done = select(a.at, a.incident_id, a.by, a.kind).join(INCIDENTS, INCIDENTS.c.id == a.incident_id)
        decided = select(d.at, d.incident_id, d.by, d.accepted).join(INCIDENTS, INCIDENTS.c.id == d.incident_id)
        of_monitor = INCIDENTS.c.monitor == monitor
        with reading(self._engine) as connection:
            decisions = [
                Acted(at, incident, by, "", accepted)
                for at, incident, by, accepted in connection.execute(
                    decided.where(of_monitor, d.at >= since, d.at < until).order_by(d.at.desc()).limit(MOST_MARKS)
                )
            ]
            told = {(each.at, each.incident_id, each.by) for each in decisions}
            acts = [
                Acted(*row, None)
                for row in connection.execute(
                    done.where(of_monitor, a.at >= since, a.at < until).order_by(a.at.desc()).limit(MOST_MARKS)
                )
                if row[:3] not in told
            ]
        return tuple(sorted([*decisions, *acts], key=lambda each: each.at)[-MOST_MARKS:])

    def incident(self, incident_id: str) -> Incident | None:
        """The incident of this very id, told or not."""
        t = INCIDENTS.c
        with reading(self._engine) as connection:
            found: Incident | None = connection.scalar(select(t.detail).where(t.id == incident_id))
            return found

    def confusion(self, monitor: str, since: datetime, until: datetime, slice_: str = ALL) -> tuple[Confused, ...]:
        """Labelled predictions of whole UTC days that begin in the span, from the labels that are known now."""
        kind, _, value = slice_.partition("=") if slice_ != ALL else ("", "", "")
        is_of_version = kind in _VERSIONED
        table = OUTCOME_DAYS if not kind or is_of_version else OUTCOME_CELLS  # days are of all segments together
        c, label, predicted = table.c, CLASSES.alias(), CLASSES.alias()
        at = c.day if table is OUTCOME_DAYS else c.bucket
        segment = ("", "") if is_of_version else (kind, value)
        statement = (
            select(label.c.name, predicted.c.name, func.sum(c.n))
            .select_from(table)
            .join(SLICES, SLICES.c.id == c.slice_id)
            .join(label, label.c.id == c.label_id)
            .join(predicted, predicted.c.id == c.predicted_id)
            .where(SLICES.c.monitor_id == key_of(monitor), SLICES.c.segment == segment[0], SLICES.c.value == segment[1])
            .where(at >= to_epoch(since), at < to_epoch(until))
            .group_by(label.c.name, predicted.c.name)
        )
        if is_of_version:
            statement = statement.join(VERSIONS, VERSIONS.c.id == c.version_id).where(VERSIONS.c[kind] == value)
        with reading(self._engine) as connection:
            return tuple(Confused(label_, told, int(n)) for label_, told, n in connection.execute(statement))

    def delays(
        self, monitor: str, since: datetime, until: datetime, shares: Sequence[float]
    ) -> tuple[float, ...] | None:
        """Hours within which these shares of the labels came that are there of the span's predictions.

        Labels that are still to come are slower. None without any label.
        """
        d = DELAY_CELLS.c
        statement = select(d.counts).where(
            d.monitor_id == key_of(monitor), d.bucket >= to_epoch(since), d.bucket < to_epoch(until)
        )
        with reading(self._engine) as connection:
            _, bins, n = unpack(connection.scalars(statement).all())
        if not n.sum():
            return None
        order = np.argsort(bins, kind="stable")
        reached = np.cumsum(n[order]) / n.sum()
        found = (bins[order][np.searchsorted(reached, share)] for share in shares)
        return tuple(float(DELAY_BASE ** (float(bin_) + 1)) / 3600 for bin_ in found)

    def said(self, monitor: str, since: datetime, until: datetime, slice_: str = ALL) -> tuple[Said, ...]:
        """The newest finding of the slice of each check and subject, of those in [since, until]."""
        t = FINDINGS.c
        newest = (
            select(func.max(t.id).label("id"))
            .where(t.monitor == monitor, t.as_of >= since, t.as_of <= until, t.slice == slice_)
            .group_by(t["check"], t.subject)
            .subquery()
        )
        columns = [t[name] for name in Said.__dataclass_fields__]
        with reading(self._engine) as connection:
            return tuple(Said(*row) for row in connection.execute(select(*columns).join(newest, newest.c.id == t.id)))

    def followed(self, incident_id: str) -> tuple[Followed, ...]:
        """What the incident's advice was held to, oldest first."""
        o = ADVICE_OUTCOMES.c
        statement = (
            select(o.action, o.metric, o["class"], o.goal, o.frozen_at, o.measured_at, o.outcome)
            .join(ADVICE, ADVICE.c.id == o.advice_id)
            .where(ADVICE.c.incident_id == incident_id)
            .order_by(o.id)
        )
        with reading(self._engine) as connection:
            return tuple(Followed(*row) for row in connection.execute(statement))


def key_of(monitor: str) -> ScalarSelect[int]:
    """The key of a monitor, by its name."""
    return select(MONITORS.c.id).where(MONITORS.c.name == monitor).scalar_subquery()
