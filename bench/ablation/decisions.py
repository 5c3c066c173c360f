"""Checks and levels that do without a mechanism, to stand in for those of the product."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from math import inf
from typing import Any, TypeVar

import numpy as np

from bench.ablation.switches import Checks
from bench.alarms.streams import CLASSES
from checks.clauses.clause import Clauses
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.label_delay.delays import SeenDelays
from checks.rules.accuracy import Accuracy
from checks.rules.at_reference_mix import BehaviourDrop, BehaviourFloor, Pairs
from checks.rules.check import Check
from checks.rules.class_precision import ClassPrecision
from checks.rules.class_recall import ClassRecall
from checks.rules.class_shares import CRITICAL_SHARE
from checks.rules.finding import Finding
from checks.rules.limits import Drop, Floor, Limit, Sight
from checks.rules.shares import Subject
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.e_process import AsBefore, AtLeast, below, log_bet

Kind = TypeVar("Kind")

ONE_IN_FORTY = 0.025
"""The tail of a 95% interval."""


# ---- data that is withheld


def no_starts(windows: Windows) -> Windows:
    """No e-detector: all of the budget is for the windows."""
    return replace(windows, starts=())


def no_long_starts(windows: Windows) -> Windows:
    """Starts are followed for one window, all alike."""
    starts = [start for start in windows.starts if start.since.start >= windows.current.start]
    return replace(windows, starts=tuple(replace(start, weight=1.0) for start in starts))


def no_older(windows: Windows) -> Windows:
    """Nothing from before the reference."""
    return replace(windows, older=None)


def no_short_windows(windows: Windows) -> Windows:
    """The configured window alone."""
    return replace(windows, recent=())


def no_version_window(windows: Windows) -> Windows:
    """No window of the newest version's own time: the lengths are those of all logs."""
    whole = windows.current.length
    return replace(windows, recent=tuple(one for one in windows.recent if (whole / one.length) in (2.0, 4.0, 8.0)))


def no_delays(windows: Windows) -> Windows:
    """Nothing is known of how long labels take."""
    return replace(windows, delays=())


def delays_alike(windows: Windows) -> Windows:
    """Delays of right and wrong answers are not told apart."""
    seen = SeenDelays.of(windows.delays)
    return replace(windows, delays=replace(seen, label=np.full_like(seen.label, -1)))


def settled(windows: Windows) -> Windows:
    """Labels are taken as final."""
    return replace(windows, corrected=0.0)


# ---- levels


@dataclass(frozen=True, slots=True)
class EachLook(AlarmBudget):
    """A fixed 95% limit at each look, whatever it is spent on, and no e-detector."""

    def part(self, share: float) -> AlarmBudget:  # noqa: ARG002 - it is not divided
        """All of it."""
        return self

    def tail(self, windows: Sequence[timedelta], tests: float) -> float:  # noqa: ARG002 - the same for all
        """A fortieth."""
        return ONE_IN_FORTY

    def split(
        self,
        windows: Sequence[timedelta],
        spacing: timedelta,  # noqa: ARG002 - no start is followed
        tests: float,
        *,
        followed: bool = True,  # noqa: ARG002
    ) -> tuple[float, float]:
        """A fortieth, and no evidence."""
        return self.tail(windows, tests), inf


@dataclass(frozen=True, slots=True)
class EvidenceAlone(AlarmBudget):
    """All of the budget for the e-detector where there is a start to follow."""

    def part(self, share: float) -> AlarmBudget:
        """A part of the same kind."""
        return EvidenceAlone(self.per_year * share)

    def split(
        self, windows: Sequence[timedelta], spacing: timedelta, tests: float, *, followed: bool = True
    ) -> tuple[float, float]:
        """A tail of nothing, and the evidence."""
        if not followed:
            return AlarmBudget(self.per_year).split(windows, spacing, tests, followed=False)
        return 0.0, self.evidence(spacing, tests)


def at_each_look(checks: Checks) -> Checks:
    """The fixed limit, for all."""
    return _budgeted(checks, lambda _: EachLook(1.0))


def by_evidence_alone(checks: Checks) -> Checks:
    """The e-detector without the windows, for all."""
    return _budgeted(checks, lambda budget: EvidenceAlone(budget.per_year))


def checks_alike(checks: Checks) -> Checks:
    """The budget shared out evenly over the checks that have one."""
    budgets = [getattr(check, "budget", None) for check in checks]
    known = [budget for budget in budgets if isinstance(budget, AlarmBudget)]
    even = AlarmBudget(sum(budget.per_year for budget in known) / max(len(known), 1))
    return _budgeted(checks, lambda _: even)


def classes_alike(checks: Checks) -> Checks:
    """A critical class has no more of the budget than any other; for the others there is less than there would be."""
    part = 1 / len(CLASSES) / CRITICAL_SHARE
    return tuple(
        replace(check, budget=check.budget.part(part)) if isinstance(check, ClassRecall | ClassPrecision) else check
        for check in checks
    )


def _budgeted(checks: Checks, new: Any) -> Checks:  # noqa: ANN401 - a function of a budget
    return tuple(
        replace(check, budget=new(budget))  # type: ignore[type-var]
        if isinstance(budget := getattr(check, "budget", None), AlarmBudget)
        else check
        for check in checks
    )


# ---- limits


@dataclass(frozen=True)
class PlainRecall(ClassRecall):
    """Recall that must be under the margin beyond doubt."""

    def drop(self, class_name: str, drop: Drop, measured: Measured) -> Limit:  # noqa: ARG002
        """One question instead of two."""
        return replace(drop, by_mix=True)


@dataclass(frozen=True)
class PlainPrecision(ClassPrecision):
    """Precision itself, of critical classes too: a loss beyond the margin must be sure."""

    def drop(self, class_name: str, drop: Drop, measured: Measured) -> Limit:  # noqa: ARG002
        """As for other classes."""
        return replace(drop, by_mix=True)


@dataclass(frozen=True)
class OneSizeRecall(ClassRecall):
    """Recall whose bets are on the smallest drop of interest alone."""

    def _judged(self, subject: Subject, measured: Measured, limits: Sequence[Limit]) -> Finding[Clauses]:
        return super()._judged(subject, measured, [_of_one_size(limit) for limit in limits])


@dataclass(frozen=True)
class OneSizePrecision(ClassPrecision):
    """Precision of critical classes, with the same bets."""

    def _judged(self, subject: Subject, measured: Measured, limits: Sequence[Limit]) -> Finding[Clauses]:
        return super()._judged(subject, measured, [_of_one_size(limit) for limit in limits])


@dataclass(frozen=True, slots=True)
class OneSizeAccuracy(Accuracy):
    """Accuracy, with the same bets."""

    def limits(self, subject: Subject, measured: Measured, pairs: Pairs) -> list[Limit]:
        """The same limits, with other bets."""
        return [_of_one_size(limit) for limit in Accuracy.limits(self, subject, measured, pairs)]


@dataclass(frozen=True, slots=True)
class OneSizeFloor(Floor):
    """A floor with a bet on a drop of one size."""

    def log_bet(self, sight: Sight) -> float:
        """The bet against `floor` or more, as that of a floor but for the alternatives."""
        if sight.share.value >= self._least:
            return -inf
        smallest = below(self._least)[0]
        return log_bet(sight.share, AtLeast(self._least), (smallest, smallest))


@dataclass(frozen=True, slots=True)
class OneSizeDrop(Drop):
    """A drop of one size."""

    def log_bet(self, sight: Sight) -> float:
        """The bet against the share being what it was, as that of a drop but for the alternatives."""
        before = self._as_it_reads(sight.before or self.reference)
        if sight.share.value >= before.value or self._within(sight.share, before):
            return -inf
        null = AsBefore(before, None if sight.older is None else self._as_it_reads(sight.older))
        smallest = below(null.mean, self.margin)[0]
        return log_bet(sight.share, null, (smallest, smallest))


def _of_one_size(limit: Limit) -> Limit:
    match limit:
        case Floor():
            return _as(OneSizeFloor, limit)
        case Drop():
            return _as(OneSizeDrop, limit)
        case BehaviourFloor():
            return replace(limit, floor=_as(OneSizeFloor, limit.floor))
        case BehaviourDrop():
            return replace(limit, drop=_as(OneSizeDrop, limit.drop))
    message = f"{type(limit).__name__} is no limit that is known"
    raise TypeError(message)


@dataclass(frozen=True, slots=True)
class PlainAccuracy(Accuracy):
    """Accuracy as it is, whatever the mix of classes."""

    def limits(self, subject: Subject, measured: Measured, pairs: Pairs) -> list[Limit]:
        """The same limits, without the reference's mix."""
        return [_as_it_is(limit) for limit in Accuracy.limits(self, subject, measured, pairs)]


def _as_it_is(limit: Limit) -> Limit:
    match limit:
        case BehaviourFloor():
            return limit.floor
        case BehaviourDrop():
            return limit.drop
    return limit


def accuracy_as_it_is(checks: Checks) -> Checks:
    """No standardisation to the reference's mix."""
    return _instead(checks, Accuracy, PlainAccuracy)


def precision_as_it_is(checks: Checks) -> Checks:
    """Precision by its value instead of its cause."""
    return _instead(checks, ClassPrecision, PlainPrecision)


def margin_beyond_doubt(checks: Checks) -> Checks:
    """Recall: only a fall that surely is of more than the margin."""
    return _instead(checks, ClassRecall, PlainRecall)


def one_size(checks: Checks) -> Checks:
    """One size of drop, for all that is followed."""
    for old, new in ((ClassRecall, OneSizeRecall), (ClassPrecision, OneSizePrecision), (Accuracy, OneSizeAccuracy)):
        checks = _instead(checks, old, new)
    return checks


def _instead(checks: Checks, old: type[Check], new: type[Check]) -> Checks:
    return tuple(_as(new, check) if type(check) is old else check for check in checks)


def _as(kind: type[Kind], like: object) -> Kind:
    """One of another kind, with the same arguments."""
    names = [each.name for each in fields(like) if each.init]  # type: ignore[arg-type]
    return kind(**{name: getattr(like, name) for name in names})
