"""Label health: do labels still come? Silence, coverage and delay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from checks.clauses.clause import Clauses, clause
from checks.counts.cells import ALL_CLASSES
from checks.estimates.cycle_data import Measured
from checks.label_delay.delays import MIN_DELAYS, Delays
from checks.label_delay.maturity import Ripe
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import Proportion

COVERAGE_LOSS = 0.5
"""Part of the reference's coverage that may be lost; labelling effort varies more than bots do."""


@dataclass(frozen=True, slots=True)
class LabelHealth:
    """Silence (time since the last label), coverage (of what should be there by now) and delay (its median).

    `max_silence` is the longest wait for any label while predictions come in. `min_coverage` in [0, 1] or None.
    `max_delay_ratio` > 1 is the slow-down of the median delay that is tolerated. All three only warn: they say that
    the other checks know less than they should.
    """

    max_silence: timedelta
    min_coverage: float | None
    max_delay_ratio: float
    budget: AlarmBudget
    name: str = "label_health"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """Three findings; only one where the log has never had a label."""
        windows = measured.windows
        if windows.last_label_at is None:
            said = (clause(FindingClause.NO_LABEL_YET),)
            return [self._finding(measured, "silence", Verdict.NOT_ENOUGH_DATA, Cause.NOT_LOGGED, said)]
        return [self._silence(measured), self._coverage(measured), self._delay(measured)]

    def _silence(self, measured: Measured) -> Finding[Clauses]:
        windows = measured.windows
        assert windows.last_label_at is not None  # noqa: S101 - run() has looked
        waited = windows.now - windows.last_label_at
        hours, limit = waited.total_seconds() / 3600, self.max_silence.total_seconds() / 3600
        silent = waited > self.max_silence and measured.current.confusion.n > 0
        return self._finding(
            measured,
            "silence",
            Verdict.WARNING if silent else Verdict.OK,
            Cause.SILENT if silent else Cause.WITHIN_LIMITS,
            (clause(FindingClause.LAST_LABEL, hours=hours, limit=limit),),
            value=hours,
            threshold=limit,
            n=measured.current.confusion.n_labelled,
        )

    def _coverage(self, measured: Measured) -> Finding[Clauses]:
        """Labels against the predictions that had the time to get theirs: of all, or of a class that lost its own."""
        forecast, then = measured.current.labels, measured.reference.confusion
        floor = self._coverage_floor(measured, forecast.all)
        if floor is None or forecast.all.ripe < MIN_DELAYS:
            message = (clause(FindingClause.COVERAGE_NOT_JUDGED, n=forecast.labelled),)
            return self._finding(measured, "coverage", Verdict.NOT_ENOUGH_DATA, Cause.TOO_FEW, message)
        parts = [part for part in forecast.by_class if part.ripe >= MIN_DELAYS]
        floors = [(forecast.all, floor), *((part, _usual(part)) for part in parts)]
        tail = self.budget.tail([measured.windows.current.length], len(floors))
        broken = [(part, least) for part, least in floors if _share(part).chance_at_least(least) < tail]
        part, least = (broken or floors)[0]
        share = _share(part)
        low, high = share.interval()
        of = (clause(FindingClause.COVERAGE_OF_CLASS, name=part.predicted),) if part.predicted != ALL_CLASSES else ()
        was = (clause(FindingClause.COVERAGE_WAS, was=then.coverage),) if then.coverage else ()
        return self._finding(
            measured,
            "coverage",
            Verdict.WARNING if broken else Verdict.OK,
            Cause.BELOW_FLOOR if broken else Cause.WITHIN_LIMITS,
            (clause(FindingClause.COVERAGE, share=share.value, of=of), *was),
            value=share.value,
            low=low,
            high=high,
            threshold=least,
            reference=then.coverage,
            n=share.n,
        )

    def _coverage_floor(self, measured: Measured, labels: Ripe) -> float | None:
        """A part of what was labelled of the same predicted classes, or the limit that is set; None for neither."""
        floors = [self.min_coverage] if self.min_coverage is not None else []
        if measured.reference.confusion.n_labelled >= MIN_DELAYS and labels.ripe:
            floors.append(_usual(labels))
        return max(floors, default=None)

    def _delay(self, measured: Measured) -> Finding[Clauses]:
        """The median delay of the window's labels and of older ones, both among labels that come within the window.

        It is slow when fewer than half come within the tolerated time, at the level that false alarms allow.
        """
        window, bucket = measured.windows.current.length, measured.windows.bucket
        now, then = (Delays.of_all(seen, bucket) for seen in measured.seen_delays.split(window))
        then = then.within(now.horizon)
        if now.n < MIN_DELAYS or then.n < MIN_DELAYS:
            message = (clause(FindingClause.FEW_DELAYS),)
            return self._finding(measured, "delay", Verdict.NOT_ENOUGH_DATA, Cause.TOO_FEW, message)
        median, usual = now.quantile(0.5), then.quantile(0.5)
        limit = usual * self.max_delay_ratio
        tail = self.budget.tail([window], 1)
        slow = now.estimate(limit).chance_at_least(0.5) < tail
        hours, was = median.total_seconds() / 3600, usual.total_seconds() / 3600
        return self._finding(
            measured,
            "delay",
            Verdict.WARNING if slow else Verdict.OK,
            Cause.ABOVE_REFERENCE if slow else Cause.WITHIN_LIMITS,
            (clause(FindingClause.DELAY, hours=hours, was=was),),
            value=hours,
            threshold=limit.total_seconds() / 3600,
            reference=was,
            n=now.n,
        )

    def _finding(  # noqa: PLR0913 - the parts of one finding
        self,
        measured: Measured,
        subject: str,
        verdict: Verdict,
        cause: Cause,
        message: Clauses,
        *,
        value: float | None = None,
        low: float | None = None,
        high: float | None = None,
        threshold: float | None = None,
        reference: float | None = None,
        n: int = 0,
    ) -> Finding[Clauses]:
        window = measured.windows.current
        return Finding(
            self.name,
            subject,
            verdict,
            cause,
            message,
            window.start,
            window.end,
            value,
            low,
            high,
            threshold,
            reference,
            n,
            provisional=False,
            clear=verdict is Verdict.OK,
        )


def _share(part: Ripe) -> Proportion:
    return Proportion(min(part.labelled / part.ripe, 1.0), part.ripe, int(part.labelled))


def _usual(part: Ripe) -> float:
    """The least share labelled that is still as it was."""
    return part.due / part.ripe * COVERAGE_LOSS
