"""Advice where a model version that answers is turned off soon: the plan of a forced move."""

from collections.abc import Sequence

from checks.advice.comparing.failing import alarms
from checks.advice.deciding.model import Action, Advice
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.signals.quiet import nothing_alarms
from checks.clauses.clause import Clauses, clause
from checks.counts.windows import Windows
from checks.rules.finding import Finding

PLAN = (
    (clause(SignalClause.PLAN_CANDIDATES),),
    (clause(SignalClause.PLAN_CANARY),),
    (clause(SignalClause.PLAN_COMPARE),),
)
"""What to do with the sample, in order; a fine-tune is no part of it."""


def retirement_advice(findings: Sequence[Finding], windows: Windows) -> Advice[Clauses]:
    """Replace the model, with the plan; a date needs no scorecard, and no figure of the log that could mislead."""
    alarming = alarms(findings)
    if not alarming:
        return nothing_alarms(findings)
    retiring = tuple(sorted(finding.subject for finding in alarming))
    first = SignalClause.PLAN_SAMPLE if windows.extent.labels else SignalClause.PLAN_LABELS
    reasons = ((clause(SignalClause.WILL_FAIL, names=retiring),), (clause(first),), *PLAN)
    return Advice(Action.REPLACE_MODEL, 0.0, None, reasons)
