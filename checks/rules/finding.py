"""A finding: what one check says of one subject."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, cast

from typing_extensions import TypeVar

LOOK = "look"
"""`check` of the finding that says whether a look succeeded at all."""


DELIVERY = "delivery"
"""`check` of the finding that says whether alerts arrive in a channel; its subject."""


class Verdict(StrEnum):
    """How a subject stands against its threshold or reference."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    NOT_ENOUGH_DATA = "not_enough_data"

    @property
    def is_alarm(self) -> bool:
        """Whether an incident may be opened for it."""
        return self in (Verdict.WARNING, Verdict.CRITICAL)


class Cause(StrEnum):
    """Why the verdict is what it is."""

    WITHIN_LIMITS = "within_limits"
    BELOW_FLOOR = "below_floor"  # a limit that the operator or the check sets
    BELOW_REFERENCE = "below_reference"
    ABOVE_LIMIT = "above_limit"
    ABOVE_REFERENCE = "above_reference"
    SHIFTED = "shifted"  # not like the reference, for better or worse
    PARADOX = "paradox"
    SILENT = "silent"  # nothing arrives
    TOO_FEW = "too_few"  # labels, predictions or reference
    NOT_COMPARABLE = "not_comparable"  # what was measured then is not what is measured now
    NOT_LOGGED = "not_logged"  # the column is not in the log
    UNREADABLE = "unreadable"  # nothing of the log, or not the log at all
    INVALID = "invalid"  # the log is read, but its figures are not those of the bot
    LOSES_ROWS = "loses_rows"  # some of the log is left out, too little to mislead
    CLOCK = "clock"  # this machine's clock contradicts what is known
    DUE = "due"  # a day comes that is known
    CRASHED = "crashed"  # of the check itself: whether it ran, not what it says


Message_co = TypeVar("Message_co", default=str, covariant=True)
"""How a finding says what it found: in clauses as a check gives it, in words everywhere else."""


@dataclass(frozen=True, slots=True)
class PerDay:
    """How many predictions a day something is estimated to hit, with the ends of its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finding(Generic[Message_co]):
    """An estimate with its interval against a threshold or a reference.

    `value`, `low`, `high` are in the unit of the check: shares in [0, 1], milliseconds, hours or a ratio. The interval
    is at 95%; an alarm needs more than that (see `checks.statistics.alarm_budget`). `n` is the support that the value
    rests on: labelled rows of the class for recall, and so on. `clear` says that the data now speaks for the subject
    being well, which is more than not being alarming: only a clear finding lets an incident recover. `per_day` is how
    many predictions go wrong in that way, None where nothing alarms or the evidence does not carry a number.
    """

    check: str
    subject: str
    verdict: Verdict
    cause: Cause
    message: Message_co
    window_start: datetime
    window_end: datetime
    value: float | None = None
    low: float | None = None
    high: float | None = None
    threshold: float | None = None
    reference: float | None = None
    n: int = 0
    slice: str = "all"
    provisional: bool = False
    clear: bool = False
    per_day: PerDay | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same of a finding from one cycle to the next."""
        return (self.check, self.subject, self.slice)

    def told(self, message: str) -> "Finding":
        """Return the finding with its message in words."""
        return cast("Finding", replace(cast("Any", self), message=message))
