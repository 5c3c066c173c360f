"""The windows of one cycle, measured once for all checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from checks.counts.confusion import Confusion, Floats
from checks.counts.windows import Start, Window, Windows
from checks.estimates.decomposition import Decomposition, decompose
from checks.estimates.quantiles import Histogram, Spread
from checks.estimates.stratified import Stratified
from checks.estimates.weighted import stratified
from checks.label_delay.delays import Delays, SeenDelays
from checks.label_delay.informative_delay import Hastened, is_steady
from checks.label_delay.maturity import MATURE, Ages, LabelForecast, Ripening
from checks.statistics.start_grid import STARTS

Made = TypeVar("Made")

MOST_UNSETTLED = 0.05
"""Most that is allowed for labels to be corrected: a log that was labelled anew must not silence its alarms."""

RICH = 50_000
"""Labels of a reference that older ones would add nothing to speak of to: accuracy is known to a tenth of a point."""


@dataclass(frozen=True)
class WeightedWindow:
    """One window, weighted up to all its predictions.

    `ripening` says how far its labels have got.
    """

    window: Window
    ripening: Ripening
    hastened: Hastened = field(default_factory=Hastened)

    @cached_property
    def labels(self) -> LabelForecast:
        """The labels that are there, and those to come."""
        return self.ripening.forecast(self.window, self.confusion)

    @property
    def maturity(self) -> float:
        """Share of the labels that will ever come and are there, in [0, 1]."""
        return self.labels.maturity

    @property
    def provisional(self) -> bool:
        """Whether too many labels of the window are still to come."""
        return self.maturity < MATURE

    @cached_property
    def stratified(self) -> Stratified:
        """The outcomes, weighted."""
        if self.hastened.is_even:
            return stratified(self.window.outcomes)
        confusion = Confusion.of(self.window.outcomes)
        return Stratified.of(confusion.weighted(self._weights(confusion)))

    @property
    def confusion(self) -> Confusion:
        """The outcomes, counted."""
        return self.stratified.confusion

    @cached_property
    def steady(self) -> bool:
        """Whether the window is old enough although labels of one truth come sooner (informative delay)."""
        return self.hastened.is_even or is_steady(self._weights(self.confusion), self.confusion)

    def _weights(self, confusion: Confusion) -> Floats:
        return self.hastened.weights(confusion, self.ripening.ages.of(self.window))

    @cached_property
    def latency(self) -> Histogram:
        """All latencies of the window."""
        return Histogram.of(self.window.latency)


@dataclass(frozen=True)
class Followed:
    """What came `since` a start of evidence, what was `before` it, and what the start counts.

    `older` is from before that, None where there is nothing.
    """

    since: WeightedWindow
    before: WeightedWindow
    weight: float
    older: WeightedWindow | None = None


@dataclass(frozen=True)
class Measured:
    """The data of one cycle: its windows, each post-stratified and judged for maturity on first use."""

    windows: Windows
    _kept: dict[Callable[["Measured"], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, work_out: Callable[["Measured"], Made]) -> Made:
        """The result of a function of these windows, computed once and shared by all checks."""
        if work_out not in self._kept:
            self._kept[work_out] = work_out(self)
        made: Made = self._kept[work_out]
        return made

    @cached_property
    def current(self) -> WeightedWindow:
        """The configured window."""
        return self._look(self.windows.current)

    @cached_property
    def reference(self) -> WeightedWindow:
        """The healthy span to compare with; it may be empty."""
        return self._look(self.windows.reference)

    @cached_property
    def looks(self) -> tuple[WeightedWindow, ...]:
        """All scales at which a drop is looked for, longest first."""
        return (self.current, *(self._look(window) for window in self.windows.recent))

    @cached_property
    def starts(self) -> tuple["Followed", ...]:
        """For each start of an e-process, oldest first, what came since and what was before."""
        return tuple(self._followed(start) for start in self.windows.starts)

    @cached_property
    def older(self) -> WeightedWindow | None:
        """The healthy time before the reference, where there is any and the reference leaves something open."""
        if self.windows.older is None or self.reference.confusion.n_labelled >= RICH:
            return None
        return self._look(self.windows.older)

    def _followed(self, start: Start) -> Followed:
        is_reference = start.before is self.windows.reference
        before = self.reference if is_reference else self._look(start.before)
        return Followed(self._look(start.since), before, start.weight, self.older if is_reference else None)

    @property
    def unsettled(self) -> float:
        """By how much a share may read low because labels of the newest days will be corrected, in [0, 1]."""
        return min(self.windows.corrected, MOST_UNSETTLED)

    @property
    def followed(self) -> bool:
        """Whether there is a start to gather evidence from."""
        return bool(self.windows.starts)

    @property
    def spacing(self) -> timedelta:
        """Time between two starts; where buckets are longer it is more, and the level stricter than it need be."""
        return self.windows.current.length / STARTS

    @property
    def scales(self) -> tuple[timedelta, ...]:
        """Lengths of the looks."""
        return tuple(look.window.length for look in self.looks)

    @cached_property
    def reasons(self) -> Mapping[datetime, Decomposition | None]:
        """For each look, by the start of its window, why its accuracy is not the reference's; None: not known."""
        reference = self.reference.stratified
        since = {
            start.since.window.start: decompose(start.since.stratified, start.before.stratified)
            for start in self.starts
        }
        return since | {look.window.start: decompose(look.stratified, reference) for look in self.looks}

    @cached_property
    def seen_delays(self) -> SeenDelays:
        """The delays of the labels that have come."""
        return SeenDelays.of(self.windows.delays)

    @cached_property
    def ripening(self) -> Ripening:
        """How long labels take, and to which predictions they come."""
        windows = self.windows
        delays = Delays.of(self.seen_delays, windows.bucket)
        ages = Ages(windows.buckets, windows.bucket, windows.now)
        learned = Ripening.learn(delays, ages, windows.reference)
        if learned.ever_pooled:
            return learned
        return Ripening.learn(delays, ages, windows.current)

    @cached_property
    def buckets(self) -> Spread:
        """The latencies of the current window's buckets side by side."""
        return Spread.of([bucket.cells for bucket in self.windows.latency_buckets])

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        """For each look, the latencies of its buckets side by side."""
        starts = [bucket.start for bucket in self.windows.latency_buckets]
        return tuple(
            self.buckets.rows(np.array([look.window.start <= start < look.window.end for start in starts], dtype=bool))
            for look in self.looks
        )

    def _look(self, window: Window) -> WeightedWindow:
        return WeightedWindow(window, self.ripening, self._hastened(window))

    def _hastened(self, window: Window) -> Hastened:
        """Informative delay in the longest look that is no longer than the window, or in the shortest look."""
        if window.end <= self.windows.current.start:
            return Hastened()
        age = self.windows.now - window.start
        return next((hastened for length, hastened in self._all_hastened if length <= age), self._all_hastened[-1][1])

    @cached_property
    def _all_hastened(self) -> tuple[tuple[timedelta, Hastened], ...]:
        windows, usual = self.windows, self.ripening.delays.pooled
        found: list[tuple[timedelta, Hastened]] = []
        for length in (window.length for window in (windows.current, *windows.recent)):
            longer = found[-1][1] if found else Hastened()
            young, _ = self.seen_delays.split(length)
            found.append((length, Hastened.of(young, windows.bucket, usual, longer)))
        return tuple(found)
