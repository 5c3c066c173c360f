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

UNEQUAL = 2.0
"""How far from equal chances labels must be chosen before confidences are trusted that no earlier label confirms."""


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
    """Share of the predictions truly of the class that were predicted as it.

    `expectation` is of the keys of the window's rows. Where earlier labels tell too little of the class, and labels are
    spread unequally, confidences say where misses may lie. None where that is left to the labels of the window alone:
    none of them was chosen by a known chance, none is of the class, nothing says where misses may lie, or all
    predictions are as the class, or none.
    """
    rows, k = confusion.rows, confusion.index(class_name)
    if k is None or not confusion.support[k] or not rows.designed.any():
        return None
    expected = expectation.rates(class_name)
    if expected is None and _are_unequal(rows):
        expected = expectation.promised(class_name)
    own = rows.classes == k
    if expected is None or own.all() or not own.any():
        return None
    weight, squared = rows.weights.sum(axis=1), rows.weights_squared.sum(axis=1)
    known = np.divide(weight**2, squared, out=np.zeros_like(weight), where=squared > 0)
    share = np.divide(rows.weights[:, k], weight, out=np.zeros_like(weight), where=weight > 0)
    return Known(own, rows.predicted, known, known * share, expected).recall(int(confusion.support[k]))


def _are_unequal(rows: Rows) -> bool:
    """Whether labels were chosen more in some strata than in others, so that sizes do not say where misses may lie.

    By Pearson's chi-square of the chosen labels over its degrees of freedom, which is about 1 for equal chances.
    """
    could = rows.predicted - (rows.labelled - rows.designed)
    even = could * rows.designed.sum() / could.sum()
    there = even > 0
    return bool(((rows.designed - even)[there] ** 2 / even[there]).sum() > UNEQUAL * max(int(there.sum()) - 1, 1))
