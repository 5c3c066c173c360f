"""Labels as they come: how many, how late, how often they are corrected, and what is not labelled yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from sqlalchemy import Engine, func, select

from checks.counts.cells import DELAY_BASE, OutcomeCell
from monitor.history.engine import reading
from monitor.history.packed import Integers, unpack
from monitor.history.queries.shown import key_of
from monitor.history.schema import (
    CLASSES,
    DELAY_CELLS,
    LABELLER_DAYS,
    LABELLERS,
    OUTCOME_CELLS,
    OUTCOME_DAYS,
    PROBLEM_CELLS,
    SLICES,
    TOTAL_CELLS,
)
from monitor.history.schema.keys import NO_LABEL
from monitor.history.types import from_epoch, to_epoch
from monitor.log.counts import LabelFate
from monitor.log.problems import ProblemKind

DAY: Final = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class LabelledDay:
    """Predictions of a UTC day, those that have a label now, and those whose label named another class before."""

    at: datetime
    n: int
    n_labelled: int
    n_corrected: int


@dataclass(frozen=True, slots=True)
class DelaysOf:
    """Hours within which the shares that were asked for of `n` labels came."""

    n: int
    hours: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LabelledClass:
    """Predictions of a class, and those that have a label now."""

    name: str
    n: int
    n_labelled: int


@dataclass(frozen=True, slots=True)
class LabelsOf:
    """Predictions that a labeller gave a label, and what became of those labels, as in `daily_labellers`."""

    name: str  # "" where the log names none
    n: int
    n_shared: int
    n_agreed: int
    n_corrected: int
    n_overruled: int


class Labelled:
    """Questions that only read, each about predictions of one span [since, until). Times are UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def days(self, monitor: str, since: datetime, until: datetime) -> tuple[LabelledDay, ...]:
        """The days that had predictions, oldest first."""
        t, p = TOTAL_CELLS.c, PROBLEM_CELLS.c
        day, day_of_problem = t.bucket - t.bucket % DAY, p.bucket - p.bucket % DAY
        totals = (
            select(day, func.sum(t.n), func.sum(t.n_labelled))
            .where(t.monitor_id == key_of(monitor), t.bucket >= to_epoch(since), t.bucket < to_epoch(until))
            .group_by(day)
            .order_by(day)
        )
        corrections = (
            select(day_of_problem, func.sum(p.n))
            .where(p.monitor_id == key_of(monitor), p.kind == ProblemKind.CORRECTED_LABEL.value)
            .where(p.bucket >= to_epoch(since), p.bucket < to_epoch(until))
            .group_by(day_of_problem)
        )
        with reading(self._engine) as connection:
            corrected = {at: int(n) for at, n in connection.execute(corrections)}
            return tuple(
                LabelledDay(from_epoch(at), int(n), int(n_labelled), corrected.get(at, 0))
                for at, n, n_labelled in connection.execute(totals)
            )

    def delays(
        self, monitor: str, since: datetime, until: datetime, shares: Sequence[float]
    ) -> tuple[Mapping[datetime, DelaysOf], Mapping[str, DelaysOf]]:
        """How long labels took that are there, by UTC day of the predictions and by predicted class."""
        d = DELAY_CELLS.c
        statement = select(d.bucket, d.predicted_id, d.counts).where(
            d.monitor_id == key_of(monitor), d.bucket >= to_epoch(since), d.bucket < to_epoch(until)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
            names = {key: name for key, name in connection.execute(select(CLASSES.c.id, CLASSES.c.name))}  # noqa: C416 - rows
        histograms = unpack([counts for *_, counts in rows])
        days = np.array([bucket // DAY for bucket, *_ in rows], dtype=np.int64)
        by_day = _quantiles(days, histograms, shares)
        by_class = _quantiles(np.array([key for _, key, _ in rows], dtype=np.int64), histograms, shares)
        return (
            {from_epoch(day * DAY): found for day, found in by_day.items()},
            {names[key]: found for key, found in by_class.items()},
        )

    def classes(self, monitor: str, since: datetime, until: datetime) -> tuple[LabelledClass, ...]:
        """Predicted classes over whole UTC days that begin in the span, by name."""
        c = OUTCOME_DAYS.c
        labelled = func.sum(c.n).filter(c.label_id != NO_LABEL)
        statement = (
            select(CLASSES.c.name, func.sum(c.n), labelled)
            .join(CLASSES, CLASSES.c.id == c.predicted_id)
            .join(SLICES, SLICES.c.id == c.slice_id)
            .where(SLICES.c.monitor_id == key_of(monitor), SLICES.c.segment == "")
            .where(c.day >= to_epoch(since), c.day < to_epoch(until))
            .group_by(CLASSES.c.name)
            .order_by(CLASSES.c.name)
        )
        with reading(self._engine) as connection:
            return tuple(LabelledClass(name, int(n), int(m or 0)) for name, n, m in connection.execute(statement))

    def labellers(self, monitor: str, since: datetime, until: datetime) -> tuple[LabelsOf, ...]:
        """Who labelled predictions of whole UTC days that begin in the span, those with the most labels first."""
        t = LABELLER_DAYS.c
        statement = (
            select(LABELLERS.c.name, t.fate, func.sum(t.n))
            .join(LABELLERS, LABELLERS.c.id == t.labeller_id)
            .where(t.monitor_id == key_of(monitor), t.day >= to_epoch(since), t.day < to_epoch(until))
            .group_by(LABELLERS.c.name, t.fate)
        )
        found: dict[str, dict[int, int]] = {}
        with reading(self._engine) as connection:
            for name, fate, n in connection.execute(statement):
                found.setdefault(name, {})[fate] = int(n)
        given = [_labels_of(name, fates) for name, fates in found.items()]
        return tuple(sorted(given, key=lambda each: (-each.n, each.name)))

    def cells(self, monitor: str, since: datetime, until: datetime) -> tuple[OutcomeCell, ...]:
        """Predictions by predicted class, label and confidence band, of all versions together."""
        c, label = OUTCOME_CELLS.c, CLASSES.alias()
        statement = (
            select(CLASSES.c.name, label.c.name, *map(func.sum, (c.n, c.weight, c.weight_squared)), c.band)
            .add_columns(func.sum(c.confidence_millionths), func.sum(c.designed))
            .select_from(OUTCOME_CELLS)
            .join(SLICES, SLICES.c.id == c.slice_id)
            .join(CLASSES, CLASSES.c.id == c.predicted_id)
            .join(label, label.c.id == c.label_id, isouter=True)
            .where(SLICES.c.monitor_id == key_of(monitor), SLICES.c.segment == "")
            .where(c.bucket >= to_epoch(since), c.bucket < to_epoch(until))
            .group_by(CLASSES.c.name, label.c.name, c.band)
        )
        with reading(self._engine) as connection:
            return tuple(
                OutcomeCell(
                    predicted,
                    told,
                    int(n),
                    float(weight),
                    float(squared),
                    band=band,
                    confidence=float(confidence) / 1e6,
                    designed=int(designed),
                )
                for predicted, told, n, weight, squared, band, confidence, designed in connection.execute(statement)
            )


def _labels_of(name: str, fates: Mapping[int, int]) -> LabelsOf:
    n = sum(fates.values())
    told = (LabelFate.AGREED, LabelFate.CORRECTION, LabelFate.OVERRULED)
    return LabelsOf(name, n, n - fates.get(LabelFate.ALONE, 0), *(fates.get(fate, 0) for fate in told))


def _quantiles(
    key: Integers, histograms: tuple[Integers, Integers, Integers], shares: Sequence[float]
) -> dict[int, DelaysOf]:
    """Quantiles at the upper edges of bins, of the sums of the histograms of each key (one for each histogram)."""
    where, bins, n = histograms
    if not n.size:
        return {}
    keys, place = np.unique(key, return_inverse=True)
    lowest = int(bins.min())
    width = int(bins.max()) - lowest + 1
    sums = np.bincount(place[where] * width + bins - lowest, weights=n, minlength=keys.size * width)
    found = {}
    for each, reached in zip(keys.tolist(), np.cumsum(sums.reshape(keys.size, width), axis=1), strict=True):
        places = np.searchsorted(reached, np.array(shares) * reached[-1])
        hours = DELAY_BASE ** (places + lowest + 1.0) / 3600
        found[each] = DelaysOf(int(reached[-1]), tuple(hours.tolist()))
    return found
