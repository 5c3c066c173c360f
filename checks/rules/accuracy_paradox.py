"""The accuracy paradox: the dashboard is green while a class is missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from checks.clauses.clause import Clauses, clause
from checks.estimates.cycle_data import Measured, WeightedWindow
from checks.rules.class_shares import CRITICAL_SHARE
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.limits import CLEAR_TAIL, Sight
from checks.rules.shares import Subject, judge_share
from checks.statistics.alarm_budget import AlarmBudget


@dataclass(frozen=True, slots=True)
class AccuracyParadox:
    """Accuracy looks fine while the recall of a class is poor.

    It looks fine from `good` on, in [0, 1]. A class is missed when its recall is under `min_recall` and, beyond
    reasonable doubt, under its floor: that of `floors` for a critical class, else `min_recall` itself.
    """

    good: float
    min_recall: float
    floors: tuple[tuple[str, float], ...]
    budget: AlarmBudget
    name: str = "accuracy_paradox"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding for each class that could be missed."""
        critical = dict(self.floors)
        others = [name for name in measured.current.confusion.real_classes if name not in critical]
        share = CRITICAL_SHARE if critical else 0.0
        tail = self.budget.part(share).tail(measured.scales, len(critical)) if critical else 0.0
        findings = [self._judge(name, floor, tail, measured) for name, floor in self.floors]
        tail = self.budget.part(1 - share).tail(measured.scales, len(others))
        return findings + [self._judge(name, self.min_recall, tail, measured) for name in others]

    def _judge(self, class_name: str, floor: float, tail: float, measured: Measured) -> Finding[Clauses]:
        noun = clause(FindingClause.RECALL, name=class_name)
        subject = Subject(
            self.name,
            class_name,
            noun,
            lambda counts: counts.recall(class_name),
            wrong_of=lambda counts: counts.missed(class_name),
        )
        return judge_share(subject, measured, [_Missed(max(floor, self.min_recall), self.min_recall, self.good, tail)])


@dataclass(frozen=True, slots=True)
class _Missed:
    """The class is not missed while accuracy looks fine."""

    floor: float
    threshold: float
    good: float
    tail: float
    verdict: Verdict = Verdict.CRITICAL
    cause: Cause = Cause.PARADOX
    needs: float = inf  # whether accuracy looks fine is a matter of one window: there is no process to follow

    def log_bet(self, sight: Sight) -> float:  # noqa: ARG002 - see `needs`
        """None."""
        return -inf

    def broken(self, sight: Sight) -> bool:
        """Whether recall is poor, surely under the floor, and accuracy fine in the same window."""
        share, accuracy = sight.share, sight.look.stratified.accuracy()
        is_poor = share.value < self.threshold and share.counted.chance_at_least(self.floor) < self.tail
        return is_poor and accuracy is not None and accuracy.value >= self.good

    def kept(self, sight: Sight) -> bool:
        """Whether recall is probably not poor."""
        return sight.share.lower(CLEAR_TAIL) >= self.threshold

    def doubt(self, sight: Sight) -> float:
        """The credibility of the floor or more."""
        return sight.share.chance_at_least(self.floor)

    def explain(self, sight: Sight) -> Clauses:
        """What the dashboard shows, and what it hides."""
        counts = sight.look.stratified
        accuracy, balanced = counts.accuracy(), counts.balanced_accuracy()
        return (
            *([clause(FindingClause.WHILE_ACCURACY, accuracy=accuracy.value)] if accuracy else ()),
            *([clause(FindingClause.BALANCED_ACCURACY, balanced=balanced.value)] if balanced else ()),
            clause(FindingClause.COMMONEST_RIGHT, rate=majority_rate(sight.look)),
        )


def majority_rate(look: WeightedWindow) -> float:
    """Accuracy of a bot that always answers the commonest class, in [0, 1]."""
    return max((look.stratified.prevalence(name) for name in look.confusion.real_classes), default=0.0)
