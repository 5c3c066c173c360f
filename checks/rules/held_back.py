"""Alarms that say nothing of the bot, because labels and predictions name different classes."""

from collections.abc import Sequence
from dataclasses import replace

from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.log_health import CLASSES, NAME
from checks.rules.registry import ROWS
from checks.rules.row import Labels

OF_LABELS = frozenset(row.name for row in ROWS if row.labels is Labels.TRUTH)
"""Checks that compare labels with predictions."""


def held_back(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without alarms of labels that speak another language than the predictions.

    Every one of those would be of the log, and none of the bot: accuracy of 0% where one class is written in two ways.
    """
    if not any(each.check == NAME and each.subject == CLASSES and each.verdict.is_alarm for each in findings):
        return tuple(findings)
    return tuple(_unjudged(each) if each.check in OF_LABELS and each.verdict.is_alarm else each for each in findings)


def _unjudged(finding: Finding) -> Finding:
    message = "not judged: labels and predictions share no class"
    return replace(finding, verdict=Verdict.NOT_ENOUGH_DATA, cause=Cause.NOT_COMPARABLE, message=message, clear=False)
