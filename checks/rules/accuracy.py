"""Accuracy against `good`, `bad` and the reference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from checks.clauses.clause import Clauses, clause
from checks.estimates.cycle_data import Measured
from checks.estimates.decomposition import Decomposition, Effect, decompose
from checks.estimates.stratified import Stratified
from checks.rules.at_reference_mix import BehaviourDrop, BehaviourFloor, Pairs, with_older
from checks.rules.finding import Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.limits import Drop, Floor, Limit
from checks.rules.shares import Subject, judge_share
from checks.statistics.alarm_budget import AlarmBudget

BAD, GOOD, DROP = 0.05, 0.15, 0.8
"""Parts of the budget for the limits: a fall to under `good` or `bad` is first of all a fall."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Share of all predictions that are right.

    `good` and `bad` in [0, 1], bad <= good: under bad is critical, under good a warning. `max_drop` is the
    loss against the reference that is tolerated, as a share. `budget` is what its false alarms may cost.

    Under `bad` users are ill served, whatever the reason. A warning is for the bot's own behaviour: it is judged at the
    reference's mix of classes, so that a weekend with harder messages raises none.
    """

    good: float
    bad: float
    max_drop: float
    budget: AlarmBudget
    name: str = "accuracy"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding, on all predictions."""
        subject = Subject(
            self.name, "all", clause(FindingClause.ACCURACY), Stratified.accuracy, wrong_of=Stratified.wrong
        )
        finding = judge_share(subject, measured, self.limits(subject, measured, _at_reference_mix(measured)))
        return [replace(finding, message=(*finding.message, *_why(measured.reasons.get(finding.window_start))))]

    def limits(self, subject: Subject, measured: Measured, pairs: Pairs) -> list[Limit]:
        """What accuracy is held against, gravest first; `pairs` are the looks at the reference's mix."""
        levels = partial(self.budget.split, measured.scales, measured.spacing, followed=measured.followed)
        (bad, needs_bad), (good, needs_good), (drop, needs_drop) = (levels(1 / part) for part in (BAD, GOOD, DROP))
        low = measured.unsettled
        limits: list[Limit] = [
            Floor(self.bad, Verdict.CRITICAL, bad, needs=needs_bad, unsettled=low),
            BehaviourFloor(Floor(self.good, Verdict.WARNING, good, needs=needs_good, unsettled=low), pairs),
        ]
        if (reference := subject.reference(measured)) is not None:
            fall = Drop(reference, self.max_drop, Verdict.WARNING, drop, needs=needs_drop, unsettled=low)
            limits.append(BehaviourDrop(fall, pairs))
        return limits


def _at_reference_mix(measured: Measured) -> Pairs:
    pairs = {start: why.at_reference_mix if why else None for start, why in measured.reasons.items()}
    if measured.older is None:
        return pairs
    why = decompose(measured.older.stratified, measured.reference.stratified)
    older = why.at_reference_mix if why else None
    followed = {each.since.window.start for each in measured.starts if each.older is not None}
    return pairs | {
        start: with_older(pair, older) for start, pair in pairs.items() if pair is not None and start in followed
    }


def _why(reason: Decomposition | None) -> Clauses:
    """The difference in accuracy by its parts: the mix of classes, and the behaviour."""
    if reason is None:
        return ()
    return (clause(FindingClause.MIX_OR_BEHAVIOUR, mix=_bounds(reason.mix), behaviour=_bounds(reason.behaviour)),)


def _bounds(effect: Effect) -> tuple[float, float, float]:
    return effect.value, effect.low, effect.high
