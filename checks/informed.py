"""Recall from labels that were chosen by a known chance, with earlier labels to say where else misses may lie.

A queue spends few labels on the many predictions that are hardly ever missed messages. That none of 40 labels is one
leaves a rate of some percent possible, and some percent of thousands of predictions are more misses than there are.
No choice of 200 labels can help that. To know where misses lie can: of the earlier labels (the reference's), their
distribution over predicted classes and confidence bands is trusted, within bounds (`checks.known`). How many misses
there are is not.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np

from checks.confusion import Confusion, Rows
from checks.expected import Expectation, keys_of
from checks.intervals import Proportion
from checks.known import Known
from checks.stratified import Stratified

UNEQUAL = 1.5
"""Ratio of the greatest to the least mean weight of a stratum's labels above which they were chosen unequally."""


@dataclass(frozen=True)
class Informed(Stratified):
    """A weighted window whose recalls also use `earlier` labels, where its own were chosen by a known chance."""

    earlier: Confusion | None = None

    @classmethod
    def by(cls, earlier: Confusion, confusion: Confusion) -> "Informed":
        """Weight the window."""
        weighted = cast("Informed", cls.of(confusion))  # it makes one of the class that it is called on
        return replace(weighted, earlier=earlier)

    def recall(self, class_name: str) -> Proportion | None:
        """Share of the predictions truly of the class that were predicted as it; see `informed_recall`."""
        if class_name not in self._recalled:
            informed = None if self.earlier is None else informed_recall(self.confusion, self._expectation, class_name)
            self._recalled[class_name] = super().recall(class_name) if informed is None else informed
        return self._recalled[class_name]

    @cached_property
    def _recalled(self) -> dict[str, Proportion | None]:
        return {}

    @cached_property
    def _expectation(self) -> Expectation:
        return Expectation.of(self.earlier or Confusion.of(()), keys_of(self.confusion))


def informed_recall(confusion: Confusion, expectation: Expectation, class_name: str) -> Proportion | None:
    """Share of the predictions truly of the class that were predicted as it, where labels were chosen unequally.

    `expectation` is of the keys of the window's rows. None where that is left to the labels of the window alone: they
    came by themselves or with equal chances, or `believed_recall` says nothing.
    """
    return believed_recall(confusion, expectation, class_name) if were_chosen_unequally(confusion.rows) else None


def believed_recall(confusion: Confusion, expectation: Expectation, class_name: str) -> Proportion | None:
    """The same whatever way labels were chosen.

    Where earlier labels tell too little of the class, confidences say where misses may lie. None where nothing says it,
    no label is of the class, or all predictions are as the class, or none.
    """
    rows, k = confusion.rows, confusion.index(class_name)
    if k is None or not confusion.support[k]:
        return None
    expected = expectation.rates(class_name)
    if expected is None:
        expected = expectation.promised(class_name)
    own = rows.classes == k
    if expected is None or own.all() or not own.any():
        return None
    weight, squared = rows.weights.sum(axis=1), rows.weights_squared.sum(axis=1)
    known = np.divide(weight**2, squared, out=np.zeros_like(weight), where=squared > 0)
    share = np.divide(rows.weights[:, k], weight, out=np.zeros_like(weight), where=weight > 0)
    return Known(own, rows.predicted, known, known * share, expected).recall(int(confusion.support[k]))


def were_chosen_unequally(rows: Rows) -> bool:
    """Whether the known probabilities of labels differ between strata, as a queue's do.

    Where they are equal, sizes say where misses may lie, and the window's own labels tell as much as they can.
    """
    stands_for = rows.stands_for[rows.designed > 0]
    return bool(stands_for.size and stands_for.max() > UNEQUAL * stands_for.min())
