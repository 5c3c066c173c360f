"""What a channel shows of an incident, and whether that is how it stands."""

from dataclasses import dataclass
from datetime import datetime
from math import isnan

from alerts.incident import Incident, State
from checks.advice.deciding.model import Action
from checks.rules.finding import Verdict


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is shown, with its interval."""

    check: str
    subject: str
    slice: str
    verdict: Verdict
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same when the number moves."""
        return (self.check, self.subject, self.slice)

    def has_moved_to(self, now: "Figure") -> bool:
        """Whether the number of now is another one, and lies outside the interval that is shown."""
        shown, value = self.value, now.value
        if shown is None or value is None or isnan(shown) or isnan(value):
            return _is_number(shown) is not _is_number(value)
        low, high = shown if self.low is None else self.low, shown if self.high is None else self.high
        return value != shown and not low <= value <= high


def _is_number(value: float | None) -> bool:
    return value is not None and not isnan(value)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an incident stands, as far as people can see it."""

    state: State
    severity: Verdict
    action: Action
    acknowledged_by: str | None
    acknowledged_until: datetime | None
    snoozed_until: datetime | None
    false_alarm_by: str | None
    report: str
    figures: tuple[Figure, ...]

    @classmethod
    def of(cls, incident: Incident) -> "Standing":
        """How it stands now."""
        return cls(
            incident.state,
            incident.severity,
            incident.advice.action,
            incident.acknowledged_by,
            incident.acknowledged_until,
            incident.snoozed_until,
            incident.false_alarm_by,
            incident.report,
            tuple(Figure(f.check, f.subject, f.slice, f.verdict, f.value, f.low, f.high) for f in incident.findings),
        )

    def is_like(self, now: "Standing") -> bool:
        """Whether all but the figures is the same."""
        return _told(self) == _told(now)

    def has_moved_to(self, now: "Standing") -> bool:
        """Whether a figure has left the interval that is shown, or alarms otherwise than it is shown to."""
        shown = {figure.key: figure for figure in self.figures}
        return shown.keys() != {figure.key for figure in now.figures} or any(
            shown[figure.key].has_moved_to(figure) or shown[figure.key].verdict.is_alarm is not figure.verdict.is_alarm
            for figure in now.figures
        )


def _told(standing: Standing) -> tuple[object, ...]:
    return tuple(getattr(standing, name) for name in Standing.__dataclass_fields__ if name != "figures")
