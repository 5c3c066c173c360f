"""How long things must last before an incident takes a step."""

from dataclasses import dataclass
from datetime import timedelta

from checks.advice.deciding.model import Action

_WAITING = frozenset(
    {
        Action.NONE,
        Action.COLLECT_LABELS,
        Action.FIX_LOG,
        Action.CHECK_TRAFFIC,
        Action.REPORT_FAULT,
        Action.FIX_ALERTING,
    }
)
"""Advice that does not touch the bot: once the bot itself is known to need something, people hear of it soon."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Durations that keep an incident calm; zero means at once, none is negative.

    hold: how long an alarm of a held family lasts before people are told.
    recover: how long every finding stays clear before the incident is resolved (`alerts.families.FACTS` are at once).
    reopen_within: an alarm this soon after resolving reopens the same incident.
    stale: a finding that has had no data for this long no longer keeps its incident open.
    settle: how long another action is advised, in at least two cycles, before people who were told to wait hear of it.
    stand: the same where they were told to do something else: a new version's first labels are often contradicted.
    """

    hold: timedelta = timedelta(minutes=30)
    recover: timedelta = timedelta(hours=24)
    reopen_within: timedelta = timedelta(days=7)
    stale: timedelta = timedelta(days=14)
    settle: timedelta = timedelta(hours=1)
    stand: timedelta = timedelta(hours=48)

    def patience(self, told: Action) -> timedelta:
        """How long another action must be advised before it replaces the one that people were told."""
        return self.settle if told in _WAITING else self.stand
