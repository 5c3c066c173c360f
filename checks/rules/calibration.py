"""Calibration: do the confidences that the bot logs still mean what they meant?"""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.before_labels.calibration_error import CalibrationError
from checks.before_labels.outlook import Hindsight, Outlook
from checks.before_labels.refused import refused
from checks.before_labels.trust import MIN_LEARNED
from checks.clauses.clause import Clause, Clauses, clause
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.statistics.alarm_budget import AlarmBudget


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration error of the matured part of the window, against that of the reference.

    Many bots are over-confident and steadily so, which costs nothing: estimates learn what a confidence is worth. What
    matters is a change. `max_rise` is how far the error may rise above the reference's, as a difference of shares. It
    only warns, and only where answers are right less often than they were at the same confidence. `budget` is what
    its false alarms may cost.
    """

    max_rise: float
    budget: AlarmBudget
    name: str = "calibration"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding, on all predictions."""
        outlook = measured.once(Outlook)
        if not outlook.has_confidences:
            return [self._unknown(measured, Cause.NOT_LOGGED, (clause(FindingClause.NO_CONFIDENCES),))]
        now = CalibrationError.of(outlook.strata(outlook.matured.window)) if outlook.matured else None
        then = CalibrationError.of(outlook.reference)
        if now is None or then is None or min(now.n, then.n) < MIN_LEARNED:
            return [self._unknown(measured, Cause.TOO_FEW, (_too_few(now, then), *refused(outlook)))]
        return [self._judge(outlook, now, then)]

    def _judge(self, outlook: Outlook, now: CalibrationError, then: CalibrationError) -> Finding[Clauses]:
        assert outlook.matured is not None  # noqa: S101 - run() has looked
        window = outlook.matured.window
        tail = self.budget.tail([window.length], 1)
        broken = now.gap < then.gap and now.rise_from(then, tail) > self.max_rise
        low, high = now.interval()
        return Finding(
            check=self.name,
            subject="all",
            verdict=Verdict.WARNING if broken else Verdict.OK,
            cause=Cause.ABOVE_REFERENCE if broken else Cause.WITHIN_LIMITS,
            message=_message(outlook, now, then),
            window_start=window.start,
            window_end=window.end,
            value=now.value,
            low=low,
            high=high,
            threshold=min(then.value + self.max_rise, 1.0),
            reference=then.value,
            n=now.n,
            clear=not broken,
        )

    def _unknown(self, measured: Measured, cause: Cause, message: Clauses) -> Finding[Clauses]:
        window = measured.windows.current
        return Finding(self.name, "all", Verdict.NOT_ENOUGH_DATA, cause, message, window.start, window.end)


def _too_few(now: CalibrationError | None, then: CalibrationError | None) -> Clause:
    here, there = (error.n if error else 0 for error in (now, then))
    return clause(FindingClause.FEW_CONFIDENCES, now=here, then=there, needed=MIN_LEARNED)


def _message(outlook: Outlook, now: CalibrationError, then: CalibrationError) -> Clauses:
    side = FindingClause.RIGHT_LESS_OFTEN if now.gap < 0 else FindingClause.RIGHT_MORE_OFTEN
    back = outlook.hindsight
    return (
        clause(FindingClause.CALIBRATION_IS, value=now.value, bounds=now.interval(), n=now.n),
        clause(FindingClause.CALIBRATION_WAS, was=then.value),
        clause(side, gap=abs(now.gap)),
        *([] if back is None else [_hindsight(back)]),
        *refused(outlook),
    )


def _hindsight(back: Hindsight) -> Clause:
    return clause(FindingClause.HINDSIGHT, expected=back.expected.value, realised=back.realised.value)
