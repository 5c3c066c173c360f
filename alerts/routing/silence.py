"""A silence: incidents that go on being counted, and are not told, for a time."""

from dataclasses import dataclass
from datetime import datetime

from alerts.routing.matching import Facts, Matcher


@dataclass(frozen=True, slots=True)
class Silence:
    """Made by somebody for a reason, from `starts_at` until `ends_at` (UTC, not included)."""

    id: int
    matcher: Matcher
    starts_at: datetime
    ends_at: datetime
    by: str
    reason: str

    def is_on(self, now: datetime) -> bool:
        """Whether it holds now."""
        return self.starts_at <= now < self.ends_at

    def covers(self, facts: Facts) -> bool:
        """Whether everything that alarms in the incident is silenced."""
        return self.matcher.covers(facts)
