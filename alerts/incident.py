"""An incident: the open findings of one monitor that belong together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checks.advice.model import Advice
from checks.finding import Finding, Verdict


class Family(StrEnum):
    """Findings that belong together; a monitor has at most one unresolved incident of each family."""

    QUALITY = "quality"  # accuracy, recall, precision, paradox, relevance, drift, ...
    LATENCY = "latency"
    DATA = "data"  # traffic and labels: the log itself


class State(StrEnum):
    """Where an incident is in its life."""

    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class Event(StrEnum):
    """What a person is told of an incident; the `event` field of the JSON contract."""

    OPENED = "opened"
    UPDATED = "updated"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Incident:
    """`since` is when the first finding alarmed, `onset` the start of the earliest window that showed it.

    `findings` are those that belong to it as last seen, alarming or not, worst first. `severity` is the worst verdict that it ever
    had since it opened (WARNING or CRITICAL). All times are UTC. `clear_since` is when all findings became clear.
    """

    id: str
    monitor: str
    family: Family
    state: State
    severity: Verdict
    since: datetime
    onset: datetime
    updated_at: datetime
    findings: tuple[Finding, ...]
    advice: Advice
    opened_at: datetime | None = None
    clear_since: datetime | None = None
    resolved_at: datetime | None = None
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of an incident: how it stands after it, and what people are told (None: nothing)."""

    incident: Incident
    event: Event | None
    at: datetime
