"""Maturity: the part of the labels that will ever come and are there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from checks.counts.cells import ALL_CLASSES
from checks.counts.confusion import Confusion, Floats
from checks.counts.windows import BucketTotal, Window
from checks.label_delay.delays import LEAN, DelayCurve, Delays

MATURE = 0.6
"""Maturity from which a window's numbers are no longer provisional: most labels that will ever come are there."""


@dataclass(frozen=True, slots=True)
class Ripe:
    """The predictions of one class, or of all, that had the time to get their label; numbers of predictions, >= 0.

    Each prediction counts in `ripe` by the share of labels that come within its age, labelled or not. `due` are the
    labels that were to be expected of them, `labelled` those that are there.
    """

    predicted: str
    labelled: float
    ripe: float
    due: float


@dataclass(frozen=True)
class LabelForecast:
    """The labels of a window: how many are there, were due, and are still to come.

    `predictions` and `to_come` (labels expected besides those that are there) are numbers of predictions, >= 0.
    """

    predictions: float
    to_come: float
    by_class: tuple[Ripe, ...]

    @cached_property
    def all(self) -> Ripe:
        """All classes together."""
        parts = self.by_class
        return Ripe(ALL_CLASSES, *(sum(getattr(p, name) for p in parts) for name in ("labelled", "ripe", "due")))

    @property
    def labelled(self) -> float:
        """Predictions that have a label."""
        return self.all.labelled

    @property
    def expected_coverage(self) -> float | None:
        """The coverage that the window will reach, in [0, 1]; None without predictions.

        What is there and what is still to come of it: the labels that came are never argued away by the forecast
        (Bornhuetter and Ferguson 1972, "The actuary and IBNR").
        """
        return (self.labelled + self.to_come) / self.predictions if self.predictions else None

    @property
    def maturity(self) -> float:
        """Labels that are there of those there will be, in [0, 1]; 1 where none is there and none is expected."""
        total = self.labelled + self.to_come
        return self.labelled / total if total else 1.0


@dataclass(frozen=True)
class Ripening:
    """When labels come, and to which predictions: what is needed to say how far any window has got.

    `ever` is the share of predictions that ever get a label by predicted class, `ever_pooled` that of all classes.
    """

    delays: Delays
    ever: Mapping[str, float]
    ever_pooled: float
    ages: "Ages"

    @classmethod
    def learn(cls, delays: Delays, ages: "Ages", window: Window) -> "Ripening":
        """Learn the share ever labelled from one window (the reference, where it has labels) and the known delays.

        It is labels / ripe predictions. A predicted class is given LEAN imagined ripe predictions, labelled as
        those of all classes are: the mean of a beta posterior, so that a class with few predictions leans on all.
        """
        confusion = Confusion.of(window.outcomes)
        ripe = _ripe(confusion, delays, ages.of(window))
        pooled = min(float(confusion.labelled.sum() / ripe.sum()), 1.0) if ripe.sum() else 0.0
        ever = np.minimum((confusion.labelled + LEAN * pooled) / (ripe + LEAN), 1.0)
        return cls(delays, dict(zip(confusion.classes, ever.tolist(), strict=True)), pooled, ages)

    def forecast(self, window: Window, confusion: Confusion) -> LabelForecast:
        """How far a window, counted in `confusion`, has got.

        Each class is taken to be spread over the window's buckets as all predictions are.
        """
        ripe = confusion.predicted * self._arrived(window, confusion.classes)
        ever = np.array([self.ever.get(name, self.ever_pooled) for name in confusion.classes])
        unlabelled = confusion.predicted - confusion.labelled
        to_come = np.minimum(ever * (confusion.predicted - ripe), unlabelled)
        parts = zip(confusion.classes, confusion.labelled.tolist(), ripe.tolist(), (ever * ripe).tolist(), strict=True)
        return LabelForecast(float(confusion.n), float(to_come.sum()), tuple(Ripe(*part) for part in parts))

    def _arrived(self, window: Window, classes: Sequence[str]) -> Floats:
        """Part of the labels of each class (K) that has come; a look has hundreds of segment values of one span."""
        known = self._known.setdefault((window.start, window.end), {})
        if missing := [name for name in classes if name not in known]:
            ages = self.ages.of(window)
            known.update((name, _mean_arrived(self.delays.of_class(name), ages)) for name in missing)
        return np.array([known[name] for name in classes], dtype=float)

    @cached_property
    def _known(self) -> dict[tuple[datetime, datetime], dict[str, float]]:
        return {}


@dataclass(frozen=True)
class Ages:
    """How old the predictions of a window are at `now`: `buckets` by their start, each `bucket` long."""

    buckets: Sequence[BucketTotal]
    bucket: timedelta
    now: datetime

    def of(self, window: Window) -> tuple[Floats, Floats]:
        """Ages in seconds of the window's buckets (from the middle of what has been of them), and their predictions."""
        inside = np.array([window.start <= bucket.start < window.end for bucket in self.buckets], dtype=bool)
        ages, predictions = self._all
        return ages[inside], predictions[inside]

    @cached_property
    def _all(self) -> tuple[Floats, Floats]:
        ages = [self._age(bucket.start).total_seconds() for bucket in self.buckets]
        return np.array(ages, dtype=float), np.array([bucket.predictions for bucket in self.buckets], dtype=float)

    def _age(self, start: datetime) -> timedelta:
        end = min(start + self.bucket, self.now)
        return max(self.now - start - (end - start) / 2, timedelta(0))


def _ripe(confusion: Confusion, delays: Delays, ages: tuple[Floats, Floats]) -> Floats:
    """Predictions of each class (K) that had the time to get their label."""
    arrived = [_mean_arrived(delays.of_class(name), ages) for name in confusion.classes]
    return np.asarray(confusion.predicted * np.array(arrived, dtype=float), dtype=float)


def _mean_arrived(curve: DelayCurve, ages: tuple[Floats, Floats]) -> float:
    seconds, predictions = ages
    total = predictions.sum()
    return float(curve.arrived_at(seconds) @ predictions / total) if total else 1.0
