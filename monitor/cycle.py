"""One look at one monitor's log: from what changed since the last look to incidents, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from alerts.incident import Family, Incident, Transition
from checks.advice.model import Advice
from checks.estimate import Estimate
from checks.finding import Finding


@dataclass(frozen=True, slots=True)
class Fault:
    """A check that crashed: a fault of tunewatch, logged and told, never a verdict."""

    check: str
    error: str


@dataclass(frozen=True, slots=True)
class FamilyAdvice:
    """What to do about the findings of one family."""

    family: Family
    advice: Advice


@dataclass(frozen=True, slots=True)
class CycleReport:
    """What one look saw and did. `open_incidents` are all that are not resolved after it; `seconds` is its duration."""

    monitor: str
    as_of: datetime
    buckets_read: int
    estimates: tuple[Estimate, ...]
    findings: tuple[Finding, ...]
    advice: tuple[FamilyAdvice, ...]
    transitions: tuple[Transition, ...]
    open_incidents: tuple[Incident, ...]
    faults: tuple[Fault, ...]
    seconds: float
