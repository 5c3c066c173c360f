"""Alarms that say nothing of the bot, because labels and predictions name different classes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from checks.clauses.clause import Clauses, clause
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.log_health import CLASSES, NAME
from checks.rules.registry import ROWS
from checks.rules.row import Labels

OF_LABELS = frozenset(row.name for row in ROWS if row.labels is Labels.TRUTH)
"""Checks that compare labels with predictions."""


UNJUDGED: Final[Clauses] = (clause(FindingClause.CLASSES_DIFFER),)
"""Message of a finding that is held back."""


def held_back(findings: Sequence[Finding], message: str) -> tuple[Finding, ...]:
    """The findings without alarms of labels that speak another language than the predictions; `message` says so.

    Every one of those would be of the log, and none of the bot: accuracy of 0% where one class is written in two ways.
    """
    if not any(each.check == NAME and each.subject == CLASSES and each.verdict.is_alarm for each in findings):
        return tuple(findings)
    return tuple(
        _unjudged(each, message) if each.check in OF_LABELS and each.verdict.is_alarm else each for each in findings
    )


def _unjudged(finding: Finding, message: str) -> Finding:
    return replace(finding, verdict=Verdict.NOT_ENOUGH_DATA, cause=Cause.NOT_COMPARABLE, message=message, clear=False)
