"""Tests whether calibration that was learned still holds, by the labels of a later span."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from checks.before_labels.learned import Learned
from checks.before_labels.strata import Strata, diagonal
from checks.counts.confusion import Floats
from checks.statistics import special

LEVEL = 0.01
"""Chance, at one look, that a test refuses an estimate while calibration holds."""

MIN_LEARNED = 100
"""Labelled predictions with a confidence under which there is nothing to learn a calibration from."""

MIN_OF_CLASS = 10
"""Past labelled predictions that a class's recall (of the class) or precision (as the class) is learned from."""

MIN_VARIANCE = 2.0
"""Expected variance of a count under which its deviation is not near enough to normal to be tested on its own."""


class Refusal(StrEnum):
    """Why there is no estimate before the labels."""

    NOT_LOGGED = "not_logged"  # no confidence in the log
    TOO_FEW = "too_few"  # past labels to learn from
    BROKEN = "broken"  # labels that have come contradict what was learned


@dataclass(frozen=True)
class Trust:
    """Tests of what was learned against the labels of a later span.

    Realised counts are compared with those predicted, per band for accuracy and per class for recall and precision; the
    squares of the standardised deviations add up to chi-square (Hosmer and Lemeshow 1980, but with expectations from
    another sample, whose own uncertainty is in the denominator, so each group keeps its degree of freedom).
    """

    learned: Learned
    seen: Strata

    def of_accuracy(self) -> Refusal | None:
        """None when an estimate of accuracy may be given."""
        if not self.seen.has_confidences:
            return Refusal.NOT_LOGGED
        if self.learned.labelled[:, :-1].sum() < MIN_LEARNED:
            return Refusal.TOO_FEW
        return None if self.by_band >= LEVEL else Refusal.BROKEN

    def of_precision(self, class_name: str) -> Refusal | None:
        """None when an estimate of the class's precision may be given."""
        return self._precisions[class_name]

    def of_recall(self, class_name: str) -> Refusal | None:
        """None when an estimate of the class's recall may be given."""
        return self._recalls[class_name]

    @cached_property
    def _precisions(self) -> dict[str, Refusal | None]:
        predicted = self.learned.labelled.sum(axis=1)
        return {name: self._of_class(predicted[k], self._hits(k)) for k, name in enumerate(self.seen.classes)}

    @cached_property
    def _recalls(self) -> dict[str, Refusal | None]:
        return {
            name: self._of_class(self._learned_of[k], self._hits(k), self._misses(k))
            for k, name in enumerate(self.seen.classes)
        }

    def _of_class(self, learned: float, *groups: tuple[float, float]) -> Refusal | None:
        """Why a share of a class that rests on so many past labels is not estimated, judged by these deviations."""
        if (refused := self.of_accuracy()) is not None:
            return refused
        if learned < MIN_OF_CLASS:
            return Refusal.TOO_FEW
        return None if self._fits(groups) else Refusal.BROKEN

    @cached_property
    def by_band(self) -> float:
        """p-value of the bands' accuracy, seen against predicted: of each band, and of all in one direction.

        Thin bands are tested as one. The smaller p-value counts, doubled (Bonferroni).
        """
        gap = (self.seen.correct - self.seen.labelled * diagonal(self._truth)).sum(axis=0)
        variance = diagonal(self._spread).sum(axis=0)
        thin = variance < MIN_VARIANCE
        groups = [*zip(gap[~thin], variance[~thin], strict=True), (gap[thin].sum(), variance[thin].sum())]
        tests = groups, [(gap.sum(), variance.sum())]
        return min(1.0, len(tests) * min(_p_value(test) for test in tests))

    @cached_property
    def _truth(self) -> Floats:
        return self.learned.truth_at(self.seen.confidence_with_label)

    @cached_property
    def _spread(self) -> Floats:
        """Variance of the labelled counts about their expectation, that of the learned shares included (K x B x K)."""
        n = self.seen.labelled
        inflated = n + n**2 / (self.learned.known + 1)
        return np.asarray(inflated[:, :, None] * self._truth * (1 - self._truth), dtype=float)

    @cached_property
    def _gap(self) -> Floats:
        """Labelled counts less their expectation (K x K)."""
        return np.asarray(
            self.seen.counts.sum(axis=1) - np.einsum("pb,pby->py", self.seen.labelled, self._truth), dtype=float
        )

    @cached_property
    def _gap_variance(self) -> Floats:
        return np.asarray(self._spread.sum(axis=1), dtype=float)

    def _hits(self, k: int) -> tuple[float, float]:
        return float(self._gap[k, k]), float(self._gap_variance[k, k])

    def _misses(self, k: int) -> tuple[float, float]:
        gap, variance = self._gap[:, k], self._gap_variance[:, k]
        return float(gap.sum() - gap[k]), float(variance.sum() - variance[k])

    @cached_property
    def _learned_of(self) -> Floats:
        """Past labels of each class (K), from the shares learned."""
        return np.asarray(np.einsum("pb,pby->y", self.learned.labelled, self.learned.truth), dtype=float)

    def _fits(self, groups: Sequence[tuple[float, float]]) -> bool:
        return _p_value(groups) >= LEVEL


def _p_value(groups: Sequence[tuple[float, float]]) -> float:
    """Upper tail of chi-square for groups of (deviation, variance); 1 when nothing has been seen.

    A thin group's deviation is divided by a variance of at least MIN_VARIANCE: it takes more than one or two rows.
    """
    seen = [(gap, max(variance, MIN_VARIANCE)) for gap, variance in groups if variance > 0]
    if not seen:
        return 1.0
    statistic = sum(gap**2 / variance for gap, variance in seen)
    return float(special.chdtrc(len(seen), float(statistic)))
