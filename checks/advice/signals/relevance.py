"""Relevance as signals: it fell while the classes stay right, or the judge changed."""

from collections.abc import Sequence

from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clauses, clause
from checks.rules.finding import Cause, Finding, Verdict

FAMILY = "relevance"
NAME = "relevance_only"

OTHER_QUALITY = ("accuracy", "class_recall", "class_precision", "accuracy_paradox")
"""Checks that tell whether answers are of the right class."""


def relevance_signals(findings: Sequence[Finding]) -> tuple[Signal[Clauses], ...]:
    """Whether relevance fell while the classes stay right, and whether it may be the judge that changed.

    There is none where answers are not scored.
    """
    judged = [finding for finding in findings if finding.check == "relevance"]
    if not any(finding.cause is not Cause.NOT_LOGGED for finding in judged):
        return ()
    alarming = [finding for finding in judged if finding.verdict.is_alarm]
    return _only(alarming, findings), _judge_changed(alarming, judged)


def _only(alarming: Sequence[Finding], findings: Sequence[Finding]) -> Signal[Clauses]:
    if not alarming:
        return Signal(NAME, FAMILY, holds=False, sentence=(clause(SignalClause.RELEVANCE_WELL),))
    wrong = sorted({f.check for f in findings if f.check in OTHER_QUALITY and f.verdict.is_alarm})
    worst = min(alarming, key=lambda finding: (finding.verdict is not Verdict.CRITICAL, -finding.n, finding.key))
    numbers = (("value", worst.value or 0.0), ("goal", worst.threshold or 0.0), ("n", float(worst.n)))
    if wrong:
        said = clause(SignalClause.RELEVANCE_AND_CLASSES, finding=worst.message, checks=tuple(wrong))
        return Signal(NAME, FAMILY, holds=False, sentence=(said,), numbers=numbers)
    said = clause(SignalClause.RELEVANCE_ONLY, finding=worst.message)
    return Signal(NAME, FAMILY, holds=True, sentence=(said,), numbers=numbers)


def _judge_changed(alarming: Sequence[Finding], judged: Sequence[Finding]) -> Signal[Clauses]:
    """Whether all that alarms is a limit on scores of a judge who has given none before."""
    name = "judge_changed"
    if alarming and all(finding.reference is None for finding in alarming):
        said = clause(SignalClause.NEW_JUDGE, finding=alarming[0].message)
        return Signal(name, "evidence", holds=True, sentence=(said,))
    new = [finding for finding in judged if finding.cause is Cause.NOT_COMPARABLE]
    said = clause(SignalClause.FINDING, finding=new[0].message) if new else clause(SignalClause.SAME_JUDGE)
    return Signal(name, "evidence", holds=False, sentence=(said,))
