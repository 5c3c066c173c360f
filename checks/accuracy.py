"""Accuracy against what is good, what is bad, and what it was."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.alarm import AlarmBudget
from checks.finding import Finding, Verdict
from checks.limits import Drop, Floor, Limit
from checks.measured import Measured
from checks.shares import Subject, judge_share
from checks.stratified import Stratified

TESTS = 3  # bad, good, reference


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Share of all predictions that are right.

    `good` and `bad` in [0, 1], bad <= good: under bad is critical, under good a warning. `max_drop` is the
    loss against the reference that is tolerated, as a share. `budget` is what its false alarms may cost.
    """

    good: float
    bad: float
    max_drop: float
    budget: AlarmBudget
    name: str = "accuracy"

    def run(self, measured: Measured) -> Sequence[Finding]:
        """One finding, on all predictions."""
        subject = Subject(self.name, "all", "accuracy", Stratified.accuracy)
        tail = self.budget.tail(measured.scales, TESTS)
        limits: list[Limit] = [
            Floor(self.bad, Verdict.CRITICAL, tail),
            Floor(self.good, Verdict.WARNING, tail),
        ]
        if (reference := subject.reference(measured)) is not None:
            limits.append(Drop(reference, self.max_drop, Verdict.WARNING, tail))
        return [judge_share(subject, measured, limits)]
