"""How a mechanism is switched off: what it needs is withheld, or a part stands in that does without.

Nothing of the product is patched. The windows of a look are a plain value, so data can be left out of them; checks are
plain values too; and estimates are made by `Stratified`, which a subclass here stands in for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from checks.counts.confusion import Confusion, Floats
from checks.counts.windows import Window, Windows
from checks.estimates.cycle_data import Measured, WeightedWindow
from checks.estimates.decomposition import Decomposition, decompose
from checks.estimates.stratified import Stratified
from checks.rules.check import Check
from checks.statistics.arithmetic import safe_divide
from checks.statistics.intervals import Proportion

Checks = tuple[Check, ...]


def all_of(window: Window) -> Confusion:
    """The counts of a window."""
    return Confusion.of(window.outcomes)


def as_it_is(windows: Windows) -> Windows:
    """Nothing is withheld."""
    return windows


def the_same(checks: Checks) -> Checks:
    """Nothing is replaced."""
    return checks


@dataclass(frozen=True)
class Switch:
    """What is different without a mechanism: data that is withheld, an estimate, the checks.

    `steady` takes each window as old enough. `apart` says that what is withheld changes what a window says of itself.
    """

    withhold: Callable[[Windows], Windows] = as_it_is
    count: Callable[[Window], Confusion] = all_of
    weigh: Callable[[Confusion], Stratified] = Stratified.of
    checks: Callable[[Checks], Checks] = the_same
    steady: bool = False
    apart: bool = False

    @property
    def is_estimate(self) -> bool:
        """Whether intervals of a single window differ."""
        return self.weigh is not ON.weigh or self.count is not ON.count


ON = Switch()


@dataclass(frozen=True)
class PlayedLook(WeightedWindow):
    """A look whose estimate is made as the switch says."""

    switch: Switch = ON

    @cached_property
    def stratified(self) -> Stratified:
        """The outcomes, weighted as the switch says."""
        confusion = self.switch.count(self.window)
        if not self.hastened.is_even:
            confusion = confusion.weighted(self._weights(confusion))
        return self.switch.weigh(confusion)

    @cached_property
    def confusion(self) -> Confusion:
        """The outcomes, counted: how many labels there are to come does not depend on the estimate."""
        return Confusion.of(self.window.outcomes)

    @cached_property
    def steady(self) -> bool:
        """Whether the window is old enough."""
        return self.switch.steady or super().steady


@dataclass(frozen=True)
class Kept:
    """What one moment's looks have worked out: looks by window and switch, decompositions by their two estimates."""

    looks: dict[tuple[int, int], WeightedWindow] = field(default_factory=dict)
    reasons: dict[tuple[int, int], Decomposition | None] = field(default_factory=dict)

    def reason(self, now: Stratified, then: Stratified) -> Decomposition | None:
        """Why accuracy is not the reference's."""
        key = id(now), id(then)
        if key not in self.reasons:
            self.reasons[key] = decompose(now, then)
        return self.reasons[key]


@dataclass(frozen=True)
class Played(Measured):
    """The data of a look with a switch; windows that look the same with several switches are worked out once."""

    switch: Switch = ON
    kept: Kept = field(default_factory=Kept)

    @classmethod
    def of(cls, windows: Windows, switch: Switch, kept: Kept) -> "Played":
        """Withhold what the switch says."""
        return cls(switch.withhold(windows), switch=switch, kept=Kept() if switch.apart else kept)

    def _look(self, window: Window) -> WeightedWindow:
        how = id(self.switch) if self.switch.is_estimate or self.switch.steady else 0
        key = id(window), how
        if key not in self.kept.looks:
            self.kept.looks[key] = PlayedLook(window, self.ripening, self._hastened(window), self.switch)
        return self.kept.looks[key]

    @cached_property
    def reasons(self) -> Mapping[datetime, Decomposition | None]:
        """For each look, why its accuracy is not the reference's, as it is without a switch."""
        pairs = [(start.since, start.before) for start in self.starts] + [(one, self.reference) for one in self.looks]
        return {now.window.start: self.kept.reason(now.stratified, then.stratified) for now, then in pairs}


# ---- estimates


def labelled_alone(confusion: Confusion) -> Stratified:
    """Take the labelled predictions for a fair sample: the plain figures."""
    rows = replace(confusion.rows, predicted=confusion.rows.labelled)
    return Stratified.of(replace(confusion, predicted=np.asarray(confusion.counts.sum(axis=1)), rows=rows))


class OwnShares(Stratified):
    """Variances from a stratum's own shares."""

    def _likely(self) -> Floats:
        return self.share


class NormalTails(Stratified):
    """No allowance for a variance that rests on a few labels."""

    def _certainty(self, sampled: Floats, n: Floats) -> Floats:  # noqa: ARG002 - what it stands in for takes both
        return np.ones(sampled.shape[1])


class MeanWeight(Stratified):
    """The imagined observation stands for as many predictions as labels do on average."""

    def _largest_weight(self, strata: NDArray[np.bool_]) -> Floats:
        there = (strata & (self.labelled > 0)[:, None]).astype(float)
        mean = safe_divide(self.sizes @ there, self.labelled @ there)
        return np.where(mean > 0, mean, 1.0)


class NothingGuessed(Stratified):
    """Strata without a label are left out."""

    def _with_the_unlabelled(self) -> Stratified:
        return self


class Together(Stratified):
    """Labels of a queue and labels that came by themselves are always pooled."""

    @cached_property
    def _apart(self) -> Stratified | None:
        return None


class ByStrata(Together):
    """Recall from a queue's labels is estimated as recall from any labels is."""

    def recall(self, class_name: str) -> Proportion | None:
        """Share of the class that was recognised."""
        k = self.confusion.index(class_name)
        return None if k is None or not self.confusion.support[k] else self._recalls.of(k, self._recalls_of)


class Unbounded(Stratified):
    """An effective number of labels may be more than there are."""

    def accuracy(self) -> Proportion | None:
        """Share of predictions that are right."""
        return _unbounded(super().accuracy())

    def recall(self, class_name: str) -> Proportion | None:
        """Share of the class that was recognised."""
        return _unbounded(super().recall(class_name))

    def precision(self, class_name: str) -> Proportion | None:
        """Share of the predictions as the class that are of it."""
        return _unbounded(super().precision(class_name))


def _unbounded(share: Proportion | None) -> Proportion | None:
    return None if share is None else replace(share, informed=True)
