"""Advice where a model version that answers is turned off soon: the plan of a forced move."""

from collections.abc import Sequence

from checks.advice.comparing.failing import alarms
from checks.advice.deciding.model import Action, Advice, Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.signals.quiet import nothing_alarms
from checks.clauses.clause import Clauses, clause
from checks.counts.windows import Windows
from checks.rules.finding import Finding

UNLABELLED = "unlabelled"
"""Signal: no message has a label, so that no sample can be drawn yet."""

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
    unlabelled = not windows.extent.labels
    first = clause(SignalClause.PLAN_LABELS if unlabelled else SignalClause.PLAN_SAMPLE)
    reasons = ((clause(SignalClause.WILL_FAIL, names=retiring),), (first,), *PLAN)
    signal = Signal(UNLABELLED, "labels", holds=unlabelled, sentence=(first,))
    return Advice(Action.REPLACE_MODEL, 0.0, None, reasons, signals=(signal,))
