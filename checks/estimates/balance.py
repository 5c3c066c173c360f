"""F1 of each class, and the gap between its recall and its precision: whether it is balanced, and which side is low.

F1 is the harmonic mean of recall and precision (van Rijsbergen 1979, "Information Retrieval", chapter 7), the gap is
recall less precision. Bounds are put together from those of the two by MOVER (Zou and Donner 2008, "Construction of
confidence limits about effect measures"), which keeps them as lopsided as these are: of the gap as of a difference, of
F1 as of the mean of the reciprocals, whose reciprocal it is. They are taken for independent. What is uncertain of
recall are misses among predictions as other classes, and of precision the predictions as this one, so that they nearly
are; where all is labelled, the hits are in both, and the bounds are a little wide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot, inf

from checks.estimates.stratified import Stratified
from checks.statistics.intervals import Proportion, difference

TAIL = 0.025
"""Of a bound of a 95% interval."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95% bounds; F1 in [0, 1], a gap in [-1, 1]."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Balance:
    """F1 and recall - precision of one class; `n` labelled rows are of it or predicted as it."""

    f1: Figure
    gap: Figure
    n: int


def balances(counts: Stratified) -> Mapping[str, Balance]:
    """Those of every class whose recall and precision are both known."""
    confusion = counts.confusion
    found = {}
    for name in confusion.real_classes:
        recall, precision = counts.recall(name), counts.precision(name)
        if recall is not None and precision is not None:
            k = confusion.classes.index(name)
            n = int(confusion.support[k] + confusion.labelled[k] - confusion.correct[k])
            gap = Figure(recall.value - precision.value, *difference(recall, precision, TAIL))
            found[name] = Balance(_f1(recall, precision), gap, n)
    return found


def f1_of(recall: float, precision: float) -> float:
    """The harmonic mean of two shares; 0 where one is.

    >>> round(f1_of(0.5, 1.0), 3)
    0.667
    """
    return 2 / (1 / recall + 1 / precision) if recall and precision else 0.0


def _f1(recall: Proportion, precision: Proportion) -> Figure:
    value = f1_of(recall.value, precision.value)
    (recall_low, recall_high), (precision_low, precision_high) = recall.interval(), precision.interval()
    if not value:
        return Figure(0.0, 0.0, f1_of(recall_high, precision_high))
    mean = 1 / value
    above = hypot(_reciprocal(recall_low) - 1 / recall.value, _reciprocal(precision_low) - 1 / precision.value) / 2
    below = hypot(1 / recall.value - 1 / recall_high, 1 / precision.value - 1 / precision_high) / 2
    return Figure(value, 1 / (mean + above), min(1 / (mean - below), 1.0))


def _reciprocal(share: float) -> float:
    return 1 / share if share else inf
