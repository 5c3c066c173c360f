"""Looks that fail: kept and told as an incident of the family `watch`, though there is no cycle to write it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.incident import Transition
from alerts.lifecycle import advance
from alerts.messages.wording import advised, text
from alerts.policy import Policy
from checks.advice.deciding.model import Advice
from checks.advice.signals.watch import watch_advice
from checks.clauses.clause import clause
from checks.rules.family import Family
from checks.rules.finding import LOOK, Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from monitor.common.errors import ClockError, HistoryError, MappingError, UnreachableError
from monitor.common.redact import brief
from monitor.history import History

SUBJECT: Final = "log"

FAULT: Final = text((clause(FindingClause.FAULT_OF_OURS),))

NOT_FOR_ONE: Final = timedelta(microseconds=1)
"""Shortest hold of a failed look: one hiccup is told of nowhere, the second one in a row may be."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a look failed; `error` has no secret and no message of a user."""

    cause: Cause
    error: str

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """What an exception of a look means for people."""
        match error:
            case ClockError():
                return cls(Cause.CLOCK, brief(str(error)))
            case MappingError():
                return cls(Cause.NOT_LOGGED, brief(f"{error.key}: {error}"))
            case UnreachableError():
                return cls(Cause.UNREADABLE, brief(str(error)))
            case _:
                return cls(Cause.CRASHED, FAULT)


@dataclass(frozen=True, slots=True)
class Outage:
    """The incident of one monitor's failed looks. It ends with the first look that succeeds, in that look's cycle."""

    monitor: str
    history: History
    policy: Policy
    channels: tuple[str, ...]

    def note(self, error: BaseException, now: datetime) -> Sequence[Transition]:
        """Keep that a look failed at `now`, and what is to be told of it: nothing unless it lasts.

        Nothing is kept where the history itself cannot be used, which readiness tells. Raises HistoryError where that
        begins now.
        """
        if isinstance(error, HistoryError) and not isinstance(error, ClockError):
            return ()
        finding = _finding(Failure.of(error), now)
        policy = replace(self.policy, hold=max(self.policy.hold, NOT_FOR_ONE))
        with self.history.transaction(self.monitor) as transaction:
            # Only the own family: the others have no findings because nobody looked, not because they are well.
            watched = [incident for incident in transaction.incidents() if incident.family is Family.WATCH]
            steps = advance(watched, (finding,), _advice, now, policy, self.monitor)
            transaction.tell(steps, self.channels)
        return steps


def _advice(findings: Sequence[Finding]) -> Advice:
    return advised(watch_advice(findings))


def _finding(failure: Failure, now: datetime) -> Finding:
    return Finding(
        check=LOOK,
        subject=SUBJECT,
        verdict=Verdict.CRITICAL,
        cause=failure.cause,
        message=text((clause(FindingClause.LOOK_FAILS, error=failure.error),)),
        window_start=now - timedelta(microseconds=1),
        window_end=now,
    )
