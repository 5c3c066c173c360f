"""Whether a route or a silence is meant for an incident."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from alerts.incident import Incident
from checks.rules.family import Family
from checks.rules.finding import DELIVERY, Finding, Verdict
from checks.rules.registry import BY_NAME
from checks.rules.row import Subjects

ACCURACY_PARADOX = "accuracy_paradox"
"""The one check of a class that is not about classes alone."""


class Alarm(NamedTuple):
    """What one finding is about; `class_name` is "" where it is about none; of delivery it is the channel."""

    check: str
    class_name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What an incident is chosen by. `alarms` are those that alarm now, `members` all that ever did in it."""

    monitor: str
    family: Family
    severity: Verdict
    alarms: tuple[Alarm, ...]
    members: tuple[Alarm, ...]

    @property
    def broken_channels(self) -> frozenset[str]:
        """The channels that it says alerts do not arrive in."""
        return frozenset(alarm.class_name for alarm in self.alarms if alarm.check == DELIVERY)

    @classmethod
    def of(cls, incident: Incident) -> Self:
        """The facts of an incident as it stands."""
        members = _alarms(incident.findings)
        alarms = _alarms(finding for finding in incident.findings if finding.verdict.is_alarm)
        return cls(incident.monitor, incident.family, incident.severity, alarms or members, members)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Patterns, of which one in each field has to fit; a field without any fits all. `*` stands for any text."""

    monitor: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    class_name: tuple[str, ...] = ()

    def fits(self, facts: Facts) -> bool:
        """Whether it is meant for at least one finding that the incident ever had."""
        return self._fits_incident(facts) and any(self._fits_alarm(alarm) for alarm in facts.members)

    def covers(self, facts: Facts) -> bool:
        """Whether it is meant for every finding that alarms now: what else alarms is not to be kept quiet by it."""
        return self._fits_incident(facts) and all(self._fits_alarm(alarm) for alarm in facts.alarms)

    @property
    def is_for_all(self) -> bool:
        """Whether it names nothing."""
        return not any((self.monitor, self.family, self.severity, self.check, self.class_name))

    def _fits_incident(self, facts: Facts) -> bool:
        named = ((self.monitor, facts.monitor), (self.family, facts.family), (self.severity, facts.severity))
        return all(fits_one(patterns, name) for patterns, name in named)

    def _fits_alarm(self, alarm: Alarm) -> bool:
        return fits_one(self.check, alarm.check) and fits_one(self.class_name, alarm.class_name)


EVERYTHING: Final = Matcher()


def fits_one(patterns: Iterable[str], name: str) -> bool:
    """Whether one of the patterns fits, or there is none.

    >>> fits_one(["support-*"], "support-bot"), fits_one(["support"], "support-bot"), fits_one([], "x")
    (True, False, True)
    """
    patterns = tuple(patterns)
    return not patterns or any(_fits(pattern, name) for pattern in patterns)


def _fits(pattern: str, name: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None


def _alarms(findings: Iterable[Finding]) -> tuple[Alarm, ...]:
    return tuple(dict.fromkeys(Alarm(finding.check, _class_of(finding)) for finding in findings))


def _class_of(finding: Finding) -> str:
    if finding.check == DELIVERY:
        return finding.subject  # a channel, which is none of the ways that it is told
    row = BY_NAME.get(finding.check)
    of_class = finding.check == ACCURACY_PARADOX or (row is not None and row.subjects is Subjects.CLASSES)
    return finding.subject if of_class else ""
