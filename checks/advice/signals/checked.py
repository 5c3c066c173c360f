"""Signals that repeat the verdict of a check: offline figures, messages that a model had seen, prompts and segments."""

from collections.abc import Iterable, Iterator, Sequence

from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clauses, clause
from checks.rules.finding import Finding, Verdict

FAMILIES = {"generalisation_gap": "offline", "leakage": "offline", "prompt_bias": "segments"}
"""The family of each check's signal."""

MEANS = {
    "generalisation_gap": SignalClause.GAP,
    "leakage": SignalClause.LEAKAGE,
    "prompt_bias": SignalClause.BIAS,
}

UNKNOWN = {
    "generalisation_gap": SignalClause.GAP_UNKNOWN,
    "leakage": SignalClause.LEAKAGE_UNKNOWN,
    "prompt_bias": SignalClause.BIAS_UNKNOWN,
}


def checked_signals(findings: Sequence[Finding]) -> Iterator[Signal[Clauses]]:
    """One for each of these checks, whether it alarms, is well, or cannot tell."""
    for check, family in FAMILIES.items():
        yield _signal(check, family, [finding for finding in findings if finding.check == check])


def _signal(check: str, family: str, findings: Iterable[Finding]) -> Signal[Clauses]:
    judged = sorted((each for each in findings if each.verdict is not Verdict.NOT_ENOUGH_DATA), key=_order)
    if not judged:
        return Signal(check, family, None, (clause(UNKNOWN[check]),))
    worst = judged[0]
    numbers = (("value", worst.value or 0.0), ("n", float(worst.n)))
    holds = worst.verdict.is_alarm or _is_likely(worst)
    said = clause(MEANS[check] if holds else SignalClause.FINDING, finding=worst.message)
    return Signal(check, family, holds, (said,), numbers)


def _is_likely(finding: Finding) -> bool:
    """Whether a gap is too large by its own value, and there at 95%: less than an alarm asks for, as it bars no one.

    It only asks for labels before the dearest action, which a model that remembers would not be helped by.
    """
    if finding.check != "generalisation_gap" or finding.value is None or finding.threshold is None:
        return False
    return finding.value >= finding.threshold and finding.low is not None and finding.low > 0


def _order(finding: Finding) -> tuple[bool, float, str, str]:
    return not finding.verdict.is_alarm, -(finding.value or 0.0), finding.subject, finding.slice
