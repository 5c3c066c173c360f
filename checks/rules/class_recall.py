"""Recall of each class, above all of the critical ones."""

from dataclasses import dataclass, field

from checks.clauses.clause import clause
from checks.rules.class_shares import ClassShares
from checks.rules.finding_clause import FindingClause
from checks.rules.shares import Subject


@dataclass(frozen=True)
class ClassRecall(ClassShares):
    """Of the requests truly of a class, how many were recognised."""

    name: str = field(default="class_recall", init=False)

    def subject(self, class_name: str) -> Subject:
        """Recall of one class."""
        noun = clause(FindingClause.RECALL, name=class_name)
        return Subject(
            self.name,
            class_name,
            noun,
            lambda counts: counts.recall(class_name),
            wrong_of=lambda counts: counts.missed(class_name),
        )
