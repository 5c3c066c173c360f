"""Estimates of a cycle's windows from confidences, before labels come."""

from dataclasses import dataclass
from functools import cached_property

from checks.before_labels.learned import Learned
from checks.before_labels.matured import matured
from checks.before_labels.powered import Expected, Powered
from checks.before_labels.strata import Strata
from checks.before_labels.trust import Refusal, Trust
from checks.counts.cells import NO_CLASS
from checks.counts.outcomes import Outcomes
from checks.counts.windows import Window
from checks.estimates.cycle_data import Measured, WeightedWindow
from checks.statistics.intervals import Proportion
from checks.statistics.mover import Bounded


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The accuracy that would have been told of a span before any of its labels came, and the one that they tell."""

    look: WeightedWindow
    expected: Expected
    realised: Proportion

    @property
    def error(self) -> float:
        """Expected less realised."""
        return self.expected.value - self.realised.value

    def interval(self) -> tuple[float, float]:
        """95% interval of the error, from the intervals of its two parts (MOVER)."""
        expected = Bounded(self.expected.value, *self.expected.interval())
        error = expected.less(Bounded(self.realised.value, *self.realised.interval()))
        return error.low, error.high


@dataclass(frozen=True)
class Outlook:
    """Calibration is learned from the reference and tested on all labels of the current window."""

    measured: Measured

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Every class that is predicted or a label, by name."""
        windows = (self.measured.windows.reference, self.measured.windows.current)
        return tuple(sorted({name for window in windows for name in Outcomes.of(window.outcomes).present}))

    @property
    def real_classes(self) -> tuple[str, ...]:
        """The classes without the stand-in for a prediction that named none."""
        return tuple(name for name in self.classes if name != NO_CLASS)

    @cached_property
    def current(self) -> Strata:
        """The current window."""
        return self.strata(self.measured.windows.current)

    @cached_property
    def reference(self) -> Strata:
        """The span that confidences are learned from."""
        return self.strata(self.measured.windows.reference)

    @cached_property
    def matured(self) -> WeightedWindow | None:
        """The part of the current window whose labels have come."""
        return matured(self.measured)

    @cached_property
    def learned(self) -> Learned:
        """Calibration learned from the reference."""
        return Learned.of(self.reference)

    @cached_property
    def trust(self) -> Trust:
        """Whether that calibration still holds."""
        return Trust(self.learned, self.current)

    @property
    def has_confidences(self) -> bool:
        """Whether the current window's predictions have any."""
        return self.current.has_confidences

    def refusal(self) -> Refusal | None:
        """Why no accuracy is estimated; None where it is."""
        return self.trust.of_accuracy()

    def looks(self) -> tuple[WeightedWindow, ...]:
        """The windows to estimate: the current one, and the newest one while its labels are to come."""
        newest = self.measured.looks[-1]
        return (self.measured.current, newest) if newest.provisional else (self.measured.current,)

    def of(self, window: Window) -> Powered:
        """Estimates for a window."""
        return Powered(self.learned, self.strata(window))

    def accuracy(self, powered: Powered) -> Expected | None:
        """Estimated accuracy; None where refused."""
        return powered.accuracy() if self.refusal() is None else None

    def recall(self, powered: Powered, class_name: str) -> Expected | None:
        """Estimated recall of a class; None where refused."""
        return powered.recall(class_name) if self.trust.of_recall(class_name) is None else None

    def precision(self, powered: Powered, class_name: str) -> Expected | None:
        """Estimated precision of a class; None where refused."""
        return powered.precision(class_name) if self.trust.of_precision(class_name) is None else None

    @cached_property
    def hindsight(self) -> Hindsight | None:
        """The back-test on the matured part; None where nothing could be learned, or there is nothing to compare."""
        if self.matured is None or self.refusal() in (Refusal.NOT_LOGGED, Refusal.TOO_FEW):
            return None
        strata = self.strata(self.matured.window)
        expected = Powered(self.learned, strata.without_labels()).accuracy()
        realised = self.matured.stratified.accuracy()
        return Hindsight(self.matured, expected, realised) if expected and realised else None

    def strata(self, window: Window) -> Strata:
        """Counts of a window that lies within the reference or the current one."""
        return Strata.of(window.outcomes, self.classes)
