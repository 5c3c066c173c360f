"""What `tunewatch validate` found out about one monitor."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from monitor.log.problems import ProblemKind
from monitor.log.reading.surveying import Survey


class Ability(StrEnum):
    """What a check can do with the log as it is."""

    FULL = "full"
    PARTLY = "partly"  # it runs, but something that it could use is not there
    WAITING = "waiting"  # it comes alive by itself once data arrive
    OFF = "off"  # something must be set or mapped first, or it is switched off


@dataclass(frozen=True, slots=True)
class CheckAbility:
    """What one check can do, and a sentence on why not more; "" where nothing is missing."""

    check: str
    ability: Ability
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that is probably not meant so: the configuration key to look at, and what to do."""

    key: str
    sentence: str


UNREADABLE: Final = frozenset({ProblemKind.NULL_TIME, ProblemKind.MALFORMED_LINE})
"""Kinds of rows that cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Validation:
    """One monitor: its log as known at `as_of` (UTC), what its checks can do, and what looks wrong.

    `failures` say what the columns cannot mean, so that no figure of the log would be one of the bot.
    """

    monitor: str
    as_of: datetime
    survey: Survey
    checks: tuple[CheckAbility, ...]
    hints: tuple[Hint, ...]
    failures: tuple[Hint, ...] = ()

    @property
    def read_nothing(self) -> bool:
        """Whether the log has rows, and none that can be read."""
        lost = {problem.kind for problem in self.survey.problems}
        return not self.survey.rows and bool(lost & UNREADABLE) and ProblemKind.FUTURE_TIME not in lost
