"""Recall and precision of each class, above all of the critical ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from checks.alarm import AlarmBudget
from checks.finding import Finding, Verdict
from checks.limits import Drop, Floor, Limit
from checks.measured import Measured
from checks.shares import Subject, judge_share

CRITICAL_SHARE = 0.5
"""Part of the budget kept for the classes with a floor of their own, so that many other classes do not dull them."""

TESTS = 2  # floor, reference


@dataclass(frozen=True)
class ClassShares:
    """What recall and precision checks have in common: a floor and a reference for each class.

    `floors` are (class, share in [0, 1]) of the critical classes; `floor` is for all others, None for none.
    `max_drop` is the loss against the reference that is tolerated, as a share.
    """

    floors: tuple[tuple[str, float], ...]
    floor: float | None
    max_drop: float
    budget: AlarmBudget
    name: str = field(init=False)
    by_mix: bool = field(default=False, init=False)  # whether the share falls with the mix of classes too

    def run(self, measured: Measured) -> Sequence[Finding]:
        """One finding for each class that is predicted, a label, or critical."""
        critical = dict(self.floors)
        others = sorted(_classes(measured) - critical.keys())
        budget = self.budget.part(CRITICAL_SHARE)
        levels = budget.split(measured.scales, measured.spacing, TESTS * len(critical))
        findings = [self._judge(name, floor, Verdict.CRITICAL, levels, measured) for name, floor in self.floors]
        budget = self.budget.part(1 - CRITICAL_SHARE) if critical else self.budget
        levels = budget.tail(measured.scales, TESTS * len(others)), inf
        return findings + [self._judge(name, self.floor, Verdict.WARNING, levels, measured) for name in others]

    def subject(self, class_name: str) -> Subject:
        """The share of one class that the check judges."""
        raise NotImplementedError

    def _judge(
        self, name: str, floor: float | None, verdict: Verdict, levels: tuple[float, float], measured: Measured
    ) -> Finding:
        subject, (tail, needs) = self.subject(name), levels
        limits: list[Limit] = [] if floor is None else [Floor(floor, verdict, tail, needs=needs)]
        if (reference := subject.reference(measured)) is not None:
            followed = inf if self.by_mix else needs
            limits.append(Drop(reference, self.max_drop, verdict, tail, needs=followed, by_mix=self.by_mix))
        return judge_share(subject, measured, limits)


@dataclass(frozen=True)
class ClassRecall(ClassShares):
    """Of the requests truly of a class, how many were recognised."""

    name: str = field(default="class_recall", init=False)

    def subject(self, class_name: str) -> Subject:
        """Recall of one class."""
        return Subject(self.name, class_name, f"recall of {class_name}", lambda counts: counts.recall(class_name))


@dataclass(frozen=True)
class ClassPrecision(ClassShares):
    """Of the requests predicted as a class, how many truly were of it."""

    name: str = field(default="class_precision", init=False)
    by_mix: bool = field(default=True, init=False)

    def subject(self, class_name: str) -> Subject:
        """Precision of one class."""
        return Subject(self.name, class_name, f"precision of {class_name}", lambda counts: counts.precision(class_name))


def _classes(measured: Measured) -> set[str]:
    return {name for look in (measured.current, measured.reference) for name in look.confusion.real_classes}
