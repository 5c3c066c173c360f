"""Advice where tunewatch itself does not see: repair the log, the way to it, or report our own fault."""

from collections.abc import Sequence

from checks.advice.deciding.model import Action, Advice, Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clauses, clause
from checks.rules.finding import LOOK, Cause, Finding

NEXT = {
    Cause.UNREADABLE: SignalClause.LOOK_UNREADABLE,
    Cause.NOT_LOGGED: SignalClause.LOOK_NOT_LOGGED,
    Cause.CLOCK: SignalClause.LOOK_CLOCK,
    Cause.CRASHED: SignalClause.LOOK_CRASHED,
}
"""What a person does about a look that fails, by its cause."""


def watch_advice(findings: Sequence[Finding]) -> Advice[Clauses]:
    """What to do about the alarms of the family `watch`: the log first, our own faults last."""
    alarming = [finding for finding in findings if finding.verdict.is_alarm]
    looks = [finding for finding in alarming if finding.check == LOOK]
    crashed = [finding for finding in alarming if finding.cause is Cause.CRASHED]
    rest = [finding for finding in alarming if finding.check != LOOK and finding.cause is not Cause.CRASHED]
    reasons = (
        *((clause(NEXT[each.cause]),) for each in looks),
        *((clause(SignalClause.FINDING, finding=each.message),) for each in rest),
        *_faults(crashed),
    )
    ours = len(crashed) == len(alarming)
    return Advice(Action.REPORT_FAULT if ours else Action.FIX_LOG, 0.0, None, reasons)


def invalid_log_signal(doubts: Sequence[Finding]) -> Signal[Clauses]:
    """The log misleads: no figure of it may lead to anything but its repair."""
    said = clause(SignalClause.INVALID_LOG, findings=tuple(finding.message for finding in doubts))
    return Signal("log_health", "log", holds=True, sentence=(said,))


def _faults(crashed: Sequence[Finding]) -> tuple[Clauses, ...]:
    if not crashed:
        return ()
    checks = tuple(sorted({finding.check for finding in crashed}))
    blind = clause(SignalClause.OUR_FAULT_BLIND)
    return (
        (blind if checks == (LOOK,) else clause(SignalClause.OUR_FAULT, checks=checks),),
        (clause(SignalClause.TRACEBACK),),
    )
