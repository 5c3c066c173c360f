"""Advice where tunewatch itself does not see: repair the log, the way to it, or report our own fault."""

from collections.abc import Sequence

from checks.advice.deciding.model import Action, Advice, Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clauses, clause
from checks.rules.finding import DELIVERY, LOOK, Cause, Finding, Verdict

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
    rest = [each for each in alarming if each.check not in (LOOK, DELIVERY) and each.cause is not Cause.CRASHED]
    untold = [finding for finding in alarming if finding.check == DELIVERY]
    reasons = (
        *((clause(NEXT[each.cause]),) for each in looks),
        *((clause(SignalClause.FINDING, finding=each.message),) for each in rest),
        *_faults(crashed),
        *((clause(SignalClause.FINDING, finding=each.message),) for each in untold),
        *([(clause(SignalClause.CANNOT_TELL),)] if any(each.verdict is Verdict.CRITICAL for each in untold) else []),
    )
    action = Action.FIX_LOG if looks or rest else Action.REPORT_FAULT if crashed else Action.FIX_ALERTING
    return Advice(action if alarming else Action.REPORT_FAULT, 0.0, None, reasons)


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
