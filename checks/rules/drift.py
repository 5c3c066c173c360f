"""Drift: is the traffic, or what the bot makes of it, still what it was? It needs no labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.shift import ColumnShift, ScaleShift, Unjudged
from checks.counts.study import Study, StudySpan
from checks.estimates.cycle_data import Measured
from checks.rules.drift_clauses import clauses_of
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.statistics import special
from checks.statistics.alarm_budget import AlarmBudget

CALM = 0.05
"""P-value over which a shift does not speak against a column being as it was; to recover takes that much."""

_TOO_FEW = {
    Unjudged.NOT_LOGGED: FindingClause.NO_VALUES,
    Unjudged.FEW_ROWS: FindingClause.FEW_ROWS,
    Unjudged.FEW_DAYS: FindingClause.FEW_DAYS,
    Unjudged.NEW_VERSION: FindingClause.NEW_VERSION,
}


@dataclass(frozen=True, slots=True)
class Drift:
    """Each column of the newest study against the reference, weekday by weekday, over the window and parts of it.

    It only warns: traffic that changed is no fault of the bot. It alarms where chance does not explain the shift, at
    the level that `budget` allows for a study `every` so often, and at least `min_effect` in [0, 1] of the traffic is
    different.
    """

    min_effect: float
    every: timedelta
    budget: AlarmBudget
    name: str = "drift"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """A finding for each column that the sampled rows have; one in all where there is no study."""
        study = measured.windows.study
        if study is None:
            window = measured.windows.current
            said = clause(FindingClause.NO_STUDY)
            return [self._unknown("all", said, StudySpan(window.start, window.end), 0)]
        return self.judge(study)

    def judge(self, study: Study) -> list[Finding[Clauses]]:
        """A finding for each column that the sampled rows have."""
        level = self.budget.each(self.every, sum(len(column.scales) for column in study.columns))
        logged = [column for column in study.columns if column.unjudged is not Unjudged.NOT_LOGGED]
        return [self._finding(study, column, level) for column in logged]

    def _finding(self, study: Study, column: ColumnShift, level: float) -> Finding[Clauses]:
        if not column.scales:
            why = clause(_TOO_FEW[column.unjudged or Unjudged.FEW_DAYS])
            said = clause(FindingClause.DRIFT_NOT_JUDGED, why=why)
            return self._unknown(column.column, said, study.window, column.n_current)
        alarms = [scale for scale in column.scales if self._breaks(scale, level)]
        shown = min(alarms, key=lambda scale: scale.contrast.p_value) if alarms else column.scales[0]
        low, high = _interval(shown)
        report = (clause(FindingClause.REPORT, report=study.report),) if alarms and study.report else ()
        return Finding(
            check=self.name,
            subject=column.column,
            verdict=Verdict.WARNING if alarms else Verdict.OK,
            cause=Cause.SHIFTED if alarms else Cause.WITHIN_LIMITS,
            message=(*clauses_of(column, shown), *report),
            window_start=shown.start,
            window_end=shown.end,
            value=shown.effect,
            low=low,
            high=high,
            threshold=max(self.min_effect, _critical_effect(shown, level)),
            n=shown.n,
            clear=not any(self._breaks(scale, CALM) for scale in column.scales),
        )

    def _breaks(self, scale: ScaleShift, level: float) -> bool:
        return scale.effect >= self.min_effect and scale.contrast.p_value < level

    def _unknown(self, subject: str, said: Clause, span: StudySpan, n: int) -> Finding[Clauses]:
        return Finding(self.name, subject, Verdict.NOT_ENOUGH_DATA, Cause.TOO_FEW, (said,), span.start, span.end, n=n)


def _interval(scale: ScaleShift) -> tuple[float, float]:
    """At 95%: the effect is as uncertain, in proportion, as the difference that it measures."""
    reach = float(special.stdtrit(scale.contrast.freedom, 0.975)) * scale.contrast.noise
    return max(scale.effect * (1 - reach), 0.0), min(scale.effect * (1 + reach), 1.0)


def _critical_effect(scale: ScaleShift, level: float) -> float:
    """The effect at which a shift of this shape would pass the level: Q grows with its square."""
    if not scale.effect:
        return 0.0
    return min(scale.effect * float((scale.contrast.critical(level) / scale.contrast.statistic) ** 0.5), 1.0)
