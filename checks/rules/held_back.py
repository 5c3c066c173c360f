"""What checks of labels say while the log misleads, or may: nothing of the bot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from checks.clauses.clause import Clauses, clause
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.log_health import AGREEMENT, CLASSES, NAME, ONE_CLASS
from checks.rules.registry import ROWS
from checks.rules.row import Labels

OF_LABELS = frozenset(row.name for row in ROWS if row.labels is Labels.TRUTH)
"""Checks that compare labels with predictions."""


@dataclass(frozen=True, slots=True)
class _Held:
    """Which verdicts are held back, and what stands in their place."""

    said: Clauses
    alarms: bool
    praise: bool


_MISLED: Final[Clauses] = (clause(FindingClause.LOG_MISLEADS),)

HELD: Final[Mapping[str, _Held]] = {
    # Every alarm would be of the log, and none of the bot: accuracy of 0% where one class is written in two ways.
    CLASSES: _Held((clause(FindingClause.CLASSES_DIFFER),), alarms=True, praise=False),
    # An accuracy of 100% says nothing; but a bot may have fallen to one class, and what that misses is told.
    ONE_CLASS: _Held(_MISLED, alarms=False, praise=True),
    AGREEMENT: _Held(_MISLED, alarms=True, praise=True),
}
"""By the subject of `log_health` that is not well."""


def held_back(findings: Sequence[Finding], word: Callable[[Clauses], str]) -> tuple[Finding, ...]:
    """The findings without what labels cannot say of the bot while the log misleads; `word` puts clauses into words."""
    kept = tuple(findings)
    for each in findings:
        if each.check == NAME and each.verdict is not Verdict.OK and each.subject in HELD:
            held = HELD[each.subject]
            kept = tuple(_unjudged(one, word(held.said)) if _is_held(one, held) else one for one in kept)
    return kept


def _is_held(finding: Finding, held: _Held) -> bool:
    if finding.check not in OF_LABELS:
        return False
    return held.alarms if finding.verdict.is_alarm else held.praise and finding.verdict is Verdict.OK


def _unjudged(finding: Finding, message: str) -> Finding:
    return replace(finding, verdict=Verdict.NOT_ENOUGH_DATA, cause=Cause.NOT_COMPARABLE, message=message, clear=False)
