"""What was advised, what people made of it, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, bindparam, func, select, text

from checks.outcome.trial import Trial
from monitor.history.engine import reading
from monitor.history.schema import ADVICE, ADVICE_OUTCOMES, DECISIONS, INCIDENTS

MOST_ADVISED: Final = 100
"""Pieces of advice that are shown: the newest."""


@dataclass(frozen=True, slots=True)
class OfIncident:
    """The incident that advice is of, as it stands."""

    id: str
    monitor: str
    family: str
    severity: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """Advice with a criterion: when it was told, and how its trial stands. `measured_at` is when it was judged."""

    incident: OfIncident
    at: datetime
    trial: Trial
    measured_at: datetime | None


@dataclass(frozen=True, slots=True)
class Untried:
    """The newest advice of an incident that has no criterion: nothing was advised, or nothing can be compared."""

    incident: OfIncident
    at: datetime
    action: str
    abstained: bool
    experiment: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody said of advice without a criterion."""

    incident_id: str
    at: datetime
    accepted: bool
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Success:
    """How often an action worked where it was tried; `low` and `high` are of the share that worked."""

    monitor: str
    action: str
    n: int
    worked: int
    partly: int
    no_effect: int
    harmed: int
    success: float
    low: float
    high: float


class Advised:
    """Questions that only read, of some monitors. Times are UTC; the newest come first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def tried(self, monitors: Sequence[str]) -> tuple[Tried, ...]:
        """Advice that is or was followed."""
        o = ADVICE_OUTCOMES.c
        statement = (
            select(*_INCIDENT, ADVICE.c.at, o.detail, o.measured_at)
            .select_from(ADVICE_OUTCOMES)
            .join(ADVICE, ADVICE.c.id == o.advice_id)
            .join(INCIDENTS, INCIDENTS.c.id == ADVICE.c.incident_id)
            .where(INCIDENTS.c.monitor.in_(monitors))
            .order_by(ADVICE.c.at.desc(), o.id.desc())
            .limit(MOST_ADVISED)
        )
        with reading(self._engine) as connection:
            return tuple(
                Tried(OfIncident(*row[: len(_INCIDENT)]), *row[len(_INCIDENT) :])
                for row in connection.execute(statement)
            )

    def untried(self, monitors: Sequence[str]) -> tuple[Untried, ...]:
        """The newest advice of incidents none of whose advice is followed."""
        a = ADVICE.c
        followed = select(a.incident_id).join(ADVICE_OUTCOMES, ADVICE_OUTCOMES.c.advice_id == a.id)
        newest = select(func.max(a.id)).where(a.incident_id.not_in(followed)).group_by(a.incident_id)
        statement = (
            select(*_INCIDENT, a.at, a.action, a.abstained, a.experiment)
            .select_from(ADVICE)
            .join(INCIDENTS, INCIDENTS.c.id == a.incident_id)
            .where(INCIDENTS.c.monitor.in_(monitors), a.id.in_(newest))
            .order_by(a.at.desc(), a.id.desc())
            .limit(MOST_ADVISED)
        )
        with reading(self._engine) as connection:
            return tuple(
                Untried(OfIncident(*row[: len(_INCIDENT)]), *row[len(_INCIDENT) :])
                for row in connection.execute(statement)
            )

    def decided(self, incidents: Sequence[str]) -> tuple[Decided, ...]:
        """What people said of the advice of these incidents."""
        d = DECISIONS.c
        statement = select(d.incident_id, d.at, d.accepted, d.by, d.note).where(d.incident_id.in_(incidents))
        with reading(self._engine) as connection:
            return tuple(Decided(*row) for row in connection.execute(statement.order_by(d.id.desc())))

    def success(self, monitors: Sequence[str]) -> tuple[Success, ...]:
        """How often each action worked, by monitor, the most tried first."""
        names = ", ".join(Success.__dataclass_fields__)
        statement = text(
            f"SELECT {names} FROM advice_success WHERE monitor IN :monitors ORDER BY n DESC, monitor, action"  # noqa: S608 - names of ours
        ).bindparams(bindparam("monitors", expanding=True))
        with reading(self._engine) as connection:
            found = connection.execute(statement, {"monitors": list(monitors)})
            return tuple(Success(row.monitor, row.action, *map(int, row[2:7]), *map(float, row[7:])) for row in found)


_INCIDENT: Final = [INCIDENTS.c[name] for name in OfIncident.__dataclass_fields__]
