"""Signals: can the numbers that alarm be believed?"""

from collections.abc import Sequence

from checks.advice.comparing.failing import Failing
from checks.advice.comparing.metrics import stratified
from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import BROKEN_LABELS, COLLAPSED, LABELS_TO_JUDGE_COVERAGE, MIN_SUPPORT
from checks.clauses.clause import Clauses, clause
from checks.counts.windows import Windows

FAMILY = "evidence"

LABEL_PROBLEMS = ("null_label", "orphan_label", "null_label_time")
"""Kinds of problem that make a label row useless, as the log's reader names them."""


def evidence_signals(failing: Sequence[Failing], windows: Windows) -> tuple[Signal[Clauses], ...]:
    """Too few labels, labels still to come, labelling that stopped, label rows that cannot be used."""
    return (*_too_few(failing), _provisional(failing), _coverage(windows), _problems(windows))


def _too_few(failing: Sequence[Failing]) -> tuple[Signal[Clauses], ...]:
    if not failing:
        return ()
    best = max(failing, key=lambda item: item.finding.n)
    n, metric = best.finding.n, best.metric
    said = clause(SignalClause.FEW_LABELS, metric=metric.noun, n=n, unit=metric.unit, least=MIN_SUPPORT)
    return (Signal("too_few_labels", FAMILY, n < MIN_SUPPORT, (said,), (("n", float(n)),)),)


def _provisional(failing: Sequence[Failing]) -> Signal[Clauses]:
    holds = any(item.finding.provisional for item in failing)
    return Signal("provisional", FAMILY, holds, (clause(SignalClause.NEWEST_TO_COME),))


def _coverage(windows: Windows) -> Signal[Clauses]:
    now, then = (stratified(window.outcomes).confusion for window in (windows.current, windows.reference))
    if not now.coverage or not then.coverage or then.n_labelled < LABELS_TO_JUDGE_COVERAGE:
        return Signal("label_coverage", FAMILY, None, (clause(SignalClause.NO_EARLIER_COVERAGE),))
    holds = now.coverage < COLLAPSED * then.coverage
    kind = SignalClause.COVERAGE_FELL if holds else SignalClause.COVERAGE
    said = clause(kind, now=now.coverage, then=then.coverage)
    return Signal("label_coverage", FAMILY, holds, (said,), (("coverage", now.coverage), ("reference", then.coverage)))


def _problems(windows: Windows) -> Signal[Clauses]:
    broken = sum(problem.n for problem in windows.problems if problem.kind in LABEL_PROBLEMS)
    usable = stratified(windows.current.outcomes).confusion.n_labelled
    holds = broken > max(BROKEN_LABELS * usable, MIN_SUPPORT)
    said = clause(SignalClause.BROKEN_LABELS, broken=broken, usable=usable)
    return Signal("label_problems", FAMILY, holds, (said,), (("broken", float(broken)), ("usable", float(usable))))
