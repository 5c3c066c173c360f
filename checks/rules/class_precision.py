"""Precision of each class, above all of the critical ones."""

from dataclasses import dataclass, field, replace

from checks.clauses.clause import clause
from checks.estimates.cycle_data import Measured
from checks.estimates.decomposition import Pair
from checks.estimates.specificity import specificity
from checks.estimates.stratified import Stratified
from checks.rules.at_reference_mix import BehaviourDrop, with_older
from checks.rules.class_shares import ClassShares
from checks.rules.finding_clause import FindingClause
from checks.rules.limits import Drop, Limit
from checks.rules.shares import Subject


@dataclass(frozen=True)
class ClassPrecision(ClassShares):
    """Of the requests predicted as a class, how many truly were of it."""

    name: str = field(default="class_precision", init=False)

    def subject(self, class_name: str) -> Subject:
        """Precision of one class."""
        noun = clause(FindingClause.PRECISION, name=class_name)
        return Subject(
            self.name,
            class_name,
            noun,
            lambda counts: counts.precision(class_name),
            of_all=False,
            wrong_of=lambda counts: counts.mistaken(class_name),
        )

    def drop(self, class_name: str, drop: Drop, measured: Measured) -> Limit:
        """Precision falls with the mix of classes too: that must not break the limit.

        A critical class is judged by what the bot does to others; for the rest, a loss beyond the margin must be sure.
        """
        if class_name not in dict(self.floors):
            return replace(drop, by_mix=True)
        reference = measured.reference.stratified

        def compared(window: Stratified, before: Stratified) -> Pair | None:
            return specificity(window, before, class_name, self.max_drop)

        older = None if measured.older is None else compared(measured.older.stratified, reference)
        known = {each.window.start: compared(each.stratified, reference) for each in measured.looks}
        for start in measured.starts:
            pair = compared(start.since.stratified, start.before.stratified)
            known[start.since.window.start] = pair and with_older(pair, older if start.older else None)
        return BehaviourDrop(replace(drop, unsettled=drop.unsettled * _taken(reference, class_name)), known)


def _taken(counts: Stratified, class_name: str) -> float:
    """Share of all predictions that are as the class: no more of the others' labels can come to count against it."""
    k = counts.confusion.index(class_name)
    return 0.0 if k is None else float(counts.confusion.predicted[k]) / max(float(counts.confusion.n), 1.0)
