"""Generalisation gap: accuracy and recall in production against the model's offline figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.confusion import Confusion
from checks.counts.outcomes import Outcomes
from checks.counts.windows import Window
from checks.estimates.cycle_data import Measured
from checks.estimates.stratified import Stratified
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.shares import MIN_LABELS
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import CONFIDENCE, Proportion, difference


@dataclass(frozen=True, slots=True)
class OfflineFigures:
    """What a model version reached on its evaluation set of `n` messages; shares in [0, 1].

    `accuracy` is None where only recalls are known, `recall` holds (class, share).
    """

    model_version: str
    n: int
    accuracy: float | None = None
    recall: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class GeneralisationGap:
    """Offline figures against production, over the current window of each model version that has some.

    A gap means that the model learned its training set, that the evaluation set is not like the traffic, or that it
    leaked (see `checks.leakage`). It warns where the gap is beyond `max_gap` beyond doubt, both being known only as
    well as their sizes allow. `budget` is what its false alarms may cost.
    """

    offline: tuple[OfflineFigures, ...]
    max_gap: float
    budget: AlarmBudget
    name: str = "generalisation_gap"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding for each figure of a version that answered in the window."""
        window = measured.windows.current
        outcomes = Outcomes.of(window.outcomes)
        prompts = {(model, prompt) for model, prompt in outcomes.versions}
        tests = max(sum(1 + len(figures.recall) for figures in self.offline), 1)
        tail = self.budget.tail([window.length], tests)
        found: list[Finding[Clauses]] = []
        for figures in self.offline:
            mine = [pair for pair in sorted(prompts) if pair[0] == figures.model_version]
            cells = [cell for pair in mine for cell in outcomes.of_version(*pair)]
            if cells:
                found += self._judge_all(figures, Stratified.of(Confusion.of(cells)), window, tail)
        return found

    def _judge_all(
        self, figures: OfflineFigures, production: Stratified, window: Window, tail: float
    ) -> Iterable[Finding[Clauses]]:
        name = figures.model_version
        if figures.accuracy is not None:
            offline = Proportion(figures.accuracy, figures.n, figures.n)
            yield self._judge(name, clause(FindingClause.ACCURACY), offline, production.accuracy(), window, tail)
        for class_name, share in figures.recall:
            # An evaluation set's classes are not counted one by one: as if they were equally common.
            offline = Proportion(share, figures.n / len(figures.recall), figures.n)
            noun = clause(FindingClause.RECALL, name=class_name)
            yield self._judge(
                f"{name}, recall of {class_name}", noun, offline, production.recall(class_name), window, tail
            )

    def _judge(
        self, subject: str, noun: Clause, offline: Proportion, now: Proportion | None, window: Window, tail: float
    ) -> Finding[Clauses]:
        if now is None or now.n < MIN_LABELS:
            n = now.n if now else 0
            message = (clause(FindingClause.PRODUCTION_UNKNOWN, figure=noun, subject=subject, n=n),)
            return Finding(
                self.name, subject, Verdict.NOT_ENOUGH_DATA, Cause.TOO_FEW, message, window.start, window.end, n=n
            )
        gap = offline.value - now.value
        low, high = difference(offline, now, (1 - CONFIDENCE) / 2)
        broken = difference(offline, now, tail)[0] > self.max_gap
        return Finding(
            check=self.name,
            subject=subject,
            verdict=Verdict.WARNING if broken else Verdict.OK,
            cause=Cause.ABOVE_LIMIT if broken else Cause.WITHIN_LIMITS,
            message=(
                clause(
                    FindingClause.PRODUCTION_OFFLINE,
                    figure=noun,
                    model=subject.split(",", maxsplit=1)[0],
                    now=now,
                    offline=offline.value,
                ),
            ),
            window_start=window.start,
            window_end=window.end,
            value=gap,
            low=low,
            high=high,
            threshold=self.max_gap,
            n=now.n,
            clear=gap <= self.max_gap,
        )
