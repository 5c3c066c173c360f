"""The accuracy paradox: the dashboard is green while a class is missed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from checks.alarm import AlarmBudget
from checks.finding import Cause, Finding, Verdict
from checks.limits import Floor, judge
from checks.measured import Look, Measured
from checks.per_class import CRITICAL_SHARE
from checks.shares import Subject, judge_share, percent, with_interval


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

    def run(self, measured: Measured) -> Sequence[Finding]:
        """One finding for each class that could be missed."""
        critical = dict(self.floors)
        others = [name for name in measured.current.confusion.real_classes if name not in critical]
        scales = measured.scales
        tail = self.budget.part(CRITICAL_SHARE).tail(scales, len(critical))
        findings = [self._judge(name, max(floor, self.min_recall), tail, measured) for name, floor in self.floors]
        tail = self.budget.part(1 - CRITICAL_SHARE if critical else 1).tail(scales, len(others))
        return findings + [self._judge(name, self.min_recall, tail, measured) for name in others]

    def _judge(self, class_name: str, floor: float, tail: float, measured: Measured) -> Finding:
        subject = Subject(self.name, class_name, f"recall of {class_name}", lambda counts: counts.recall(class_name))
        limit = Floor(floor, Verdict.CRITICAL, tail, Cause.PARADOX)
        sights = subject.sights(measured.looks)
        judgement = judge(sights, [limit]) if sights else None
        plain = judge_share(subject, measured, [replace(limit, tail=0.0)])  # a level of 0 never alarms
        if judgement is None or judgement.broken is None:
            return replace(plain, threshold=self.min_recall)
        sight = judgement.sight
        accuracy = sight.look.stratified.accuracy()
        looks_fine = accuracy is not None and accuracy.value >= self.good
        if not looks_fine or sight.share.value >= self.min_recall:
            return replace(plain, threshold=self.min_recall, clear=False)
        low, high = sight.share.interval()
        return replace(
            plain,
            verdict=Verdict.CRITICAL,
            cause=Cause.PARADOX,
            message=_message(class_name, sight.look),
            window_start=sight.look.window.start,
            window_end=sight.look.window.end,
            value=sight.share.value,
            low=low,
            high=high,
            threshold=self.min_recall,
            n=sight.share.n,
            provisional=sight.look.provisional,
            clear=False,
        )


def majority_rate(look: Look) -> float:
    """Accuracy of a bot that always answers the commonest class, in [0, 1]."""
    return max((look.stratified.prevalence(name) for name in look.confusion.real_classes), default=0.0)


def _message(class_name: str, look: Look) -> str:
    counts = look.stratified
    accuracy, balanced, recall = counts.accuracy(), counts.balanced_accuracy(), counts.recall(class_name)
    known = [
        f"accuracy {percent(accuracy.value)} looks fine" if accuracy else "",
        f"always answering the commonest class would give {percent(majority_rate(look))}",
        f"balanced accuracy is {percent(balanced.value)}" if balanced else "",
        f"recall of {class_name} is {with_interval(recall)}" if recall else "",
    ]
    return ", ".join(part for part in known if part)
