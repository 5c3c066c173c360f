"""Shares by class: what the checks of recall and of precision have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from checks.clauses.clause import Clauses
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Finding, Verdict
from checks.rules.limits import Drop, Floor, Limit
from checks.rules.shares import Subject, judge_share
from checks.statistics.alarm_budget import AlarmBudget

CRITICAL_SHARE = 0.8
"""Part of the budget kept for the classes with a floor of their own, so that many other classes do not dull them."""

FLOOR, DROP = 0.25, 0.75
"""Parts of the budget for the two limits. Against the reference a fall is seen sooner: that lies above the floor."""


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

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding for each class that is predicted, a label, or critical."""
        critical = dict(self.floors)
        others = sorted(_classes(measured) - critical.keys())
        followed = _Levels(self.budget.part(CRITICAL_SHARE), measured, len(critical), followed=measured.followed)
        findings = [self._judge(name, floor, Verdict.CRITICAL, followed, measured) for name, floor in self.floors]
        rest = _Levels(
            self.budget.part(1 - CRITICAL_SHARE) if critical else self.budget, measured, len(others), followed=False
        )
        return findings + [self._judge(name, self.floor, Verdict.WARNING, rest, measured) for name in others]

    def subject(self, class_name: str) -> Subject:
        """The share of one class that the check judges."""
        raise NotImplementedError

    def _judge(
        self, name: str, floor: float | None, verdict: Verdict, levels: "_Levels", measured: Measured
    ) -> Finding[Clauses]:
        subject = self.subject(name)
        limits: list[Limit] = []
        if floor is not None:
            tail, needs = levels.of(FLOOR)
            limits.append(Floor(floor, verdict, tail, needs=needs, unsettled=measured.unsettled))
        if (reference := subject.reference(measured)) is not None:
            tail, needs = levels.of(DROP if floor is not None else 1.0)
            fall = Drop(reference, self.max_drop, verdict, tail, needs=needs, unsettled=measured.unsettled)
            limits.append(self.drop(name, fall, measured))
        return self._judged(subject, measured, limits)

    def _judged(self, subject: Subject, measured: Measured, limits: Sequence[Limit]) -> Finding[Clauses]:
        return judge_share(subject, measured, limits)

    def drop(self, class_name: str, drop: Drop, measured: Measured) -> Limit:  # noqa: ARG002 - precision needs them
        """The limit on the loss against the reference."""
        return drop


@dataclass(frozen=True, slots=True)
class _Levels:
    """Shares a budget out evenly among classes, to be `followed` by e-detectors or by the windows alone."""

    budget: AlarmBudget
    measured: Measured
    classes: int
    followed: bool

    def of(self, part: float) -> tuple[float, float]:
        """Level of the windows, and evidence needed, of a limit with this part of its class's budget."""
        tests = max(self.classes, 1) / part
        return self.budget.split(self.measured.scales, self.measured.spacing, tests, followed=self.followed)


def _classes(measured: Measured) -> set[str]:
    return {name for look in (measured.current, measured.reference) for name in look.confusion.real_classes}
