"""Recall of each class, above all of the critical ones."""

from dataclasses import dataclass, field

from checks.rules.class_shares import ClassShares
from checks.rules.shares import Subject


@dataclass(frozen=True)
class ClassRecall(ClassShares):
    """Of the requests truly of a class, how many were recognised."""

    name: str = field(default="class_recall", init=False)

    def subject(self, class_name: str) -> Subject:
        """Recall of one class."""
        return Subject(self.name, class_name, f"recall of {class_name}", lambda counts: counts.recall(class_name))
