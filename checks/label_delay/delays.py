"""How long labels take, learned from a log that ends today.

A label that has not come yet is not a label that never comes. A delay is known only if it is shorter than the age of
its prediction (right truncation), so the plain distribution of the delays seen so far is too quick. Counted backwards
from the longest delay it is not: of the labels that took at most d and whose predictions are older than d, which all
can be seen, the share g(d) that took just d is the hazard in reverse time, and

    F(d) = product over j > d of (1 - g(j))

is the nonparametric maximum likelihood estimate of the share of labels that come within d, among those that come within
the longest delay that can be seen at all (Lagakos, Barraj and De Gruttola 1988, "Nonparametric analysis of truncated
survival data, with application to AIDS"; Kalbfleisch and Lawless 1989, "Inference based on retrospective
ascertainment"). It supposes that the delay does not depend on the date: where it changes, F is a mix of both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import ALL_CLASSES, DELAY_BASE, DelayCell
from checks.counts.confusion import Floats
from checks.statistics.arithmetic import safe_divide
from checks.statistics.intervals import Proportion

LN_BASE = float(np.log(DELAY_BASE))

MIN_DELAYS = 30
"""Labels under which a delay distribution is not taken for known."""

LEAN = 5
"""Labels' worth of weight that all classes have in what is said of each one; it matters for the rarest only."""

Ints = NDArray[np.intp]


@dataclass(frozen=True)
class DelayCurve:
    """The share of labels that come within a time, among those that come within `horizon`.

    `n` labels it is learned from. `edges` (seconds, rising) and `share` (0 to 1 at them, linear in between; empty when
    nothing is known), and `spread`, the variance of ln(share) there.
    """

    n: int
    edges: Floats
    share: Floats
    spread: Floats

    @property
    def horizon(self) -> timedelta:
        """The longest delay that could be seen; zero when nothing is known."""
        return timedelta(seconds=float(self.edges[-1])) if self.n else timedelta(0)

    def arrived(self, age: timedelta) -> float:
        """Share of labels, in [0, 1], that come within `age`; 1 when nothing is known of the delay."""
        return float(self.arrived_at(np.array([age.total_seconds()]))[0])

    def arrived_at(self, ages: Floats) -> Floats:
        """Shares of labels, in [0, 1], that come within each of `ages` (seconds); 1 when nothing is known."""
        return np.interp(ages, self.edges, self.share, left=0.0) if self.n else np.ones_like(ages)

    def estimate(self, age: timedelta) -> Proportion:
        """The share as a proportion; its variance is Greenwood's, in reverse time (Lagakos et al. 1988)."""
        share = self.arrived(age)
        spread = float(np.interp(age.total_seconds(), self.edges, self.spread)) if self.n else 0.0
        effective = (1 - share) / (share * spread) if share * spread > 0 else float(self.n)
        return Proportion(share, min(effective, float(self.n)), self.n)

    def quantile(self, q: float) -> timedelta:
        """Delay within which a share q of the labels comes; ValueError when there are none."""
        if not self.n:
            msg = "no label has come, so there is no delay"
            raise ValueError(msg)
        return timedelta(seconds=float(np.interp(q, self.share, self.edges)))

    def within(self, horizon: timedelta) -> "DelayCurve":
        """The curve of the labels that come within `horizon`, to compare with a curve that sees no further."""
        seconds, known = horizon.total_seconds(), self.arrived(horizon)
        if not self.n or not known:
            return _UNKNOWN
        inside = self.edges < seconds
        cut = float(np.interp(seconds, self.edges, self.spread))
        return DelayCurve(
            self.n,
            np.append(self.edges[inside], seconds),
            np.append(self.share[inside] / known, 1.0),
            np.append(np.maximum(self.spread[inside] - cut, 0.0), 0.0),
        )


_UNKNOWN = DelayCurve(0, np.empty(0), np.empty(0), np.empty(0))


@dataclass(frozen=True)
class Delays:
    """The delay of labels by predicted class; a class with few labels is shrunk towards the pooled curve.

    Each class is given LEAN imagined labels that are spread like those of all classes: the posterior mean under a
    Dirichlet process prior (Ferguson 1973; for incomplete data Susarla and Van Ryzin 1976). A class without a label
    has the delays of all.
    """

    pooled: DelayCurve
    by_class: Mapping[str, DelayCurve]

    @classmethod
    def of(cls, seen: "SeenDelays", bucket: timedelta) -> "Delays":
        """Learn from counts with ages; those without (age 0) are taken for complete. `bucket` is the buckets' length.

        The age of a cell is that of the start of its bucket, so a prediction may be up to a bucket younger. Only bins
        that end before the youngest of them are used, and only delays that at least MIN_DELAYS labels could have had.
        """
        counts = _Counts.of(seen, bucket)
        if counts is None:
            return cls(_UNKNOWN, {})
        pooled = counts.pooled()
        prior, within = LEAN * np.diff(pooled.share), LEAN * pooled.share[1:]
        return cls(
            pooled,
            {
                name: counts.curve(counts.events[k] + prior, counts.at_risk[k] + within, int(counts.events[k].sum()))
                for k, name in enumerate(seen.classes)
                if counts.events[k].any()
            },
        )

    @staticmethod
    def of_all(seen: "SeenDelays", bucket: timedelta) -> DelayCurve:
        """The pooled curve alone: those of many classes take far longer."""
        counts = _Counts.of(seen, bucket)
        return _UNKNOWN if counts is None else counts.pooled()

    def of_class(self, predicted: str) -> DelayCurve:
        """The curve of one predicted class."""
        return self.by_class.get(predicted, self.pooled)


@dataclass(frozen=True, eq=False)
class SeenDelays(Sequence[DelayCell]):
    """Delay cells as arrays of one length: delay and age bins, the places in `classes` of both classes, and n.

    `label` is -1 where labels are not told apart. As a sequence it holds the cells themselves, which are made when the
    first one is asked for.
    """

    classes: tuple[str, ...]
    bin: Ints
    age: Ints
    predicted: Ints
    label: Ints
    n: Floats

    @classmethod
    def of(cls, cells: Iterable[DelayCell]) -> "SeenDelays":
        """Cells in any order; of `SeenDelays` themselves."""
        if isinstance(cells, SeenDelays):
            return cells
        cells = tuple(cells)
        rows = [(cell.bin, cell.age, cell.n) for cell in cells]
        bins, ages, n = np.array(rows, dtype=np.intp).reshape(-1, 3).T
        labels = {cell.label for cell in cells} - {ALL_CLASSES}
        classes = tuple(sorted({cell.predicted for cell in cells} | labels))
        place = {name: k for k, name in enumerate(classes)}
        predicted = np.array([place[cell.predicted] for cell in cells], dtype=np.intp)
        label = np.array([place[cell.label] if cell.label in labels else -1 for cell in cells], dtype=np.intp)
        return cls(classes, bins, ages, predicted, label, n.astype(float))

    def __len__(self) -> int:
        return self.n.size

    def __iter__(self) -> Iterator[DelayCell]:
        return iter(self._cells)

    @overload
    def __getitem__(self, index: int) -> DelayCell: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[DelayCell, ...]: ...
    def __getitem__(self, index: int | slice) -> DelayCell | tuple[DelayCell, ...]:
        return self._cells[index]

    def __eq__(self, other: object) -> bool:
        """Whether both hold equal cells in the same order."""
        return self is other or (isinstance(other, SeenDelays) and self._cells == other._cells)

    def __hash__(self) -> int:
        return hash((len(self), float(self.n.sum())))

    @cached_property
    def _cells(self) -> tuple[DelayCell, ...]:
        names = (*self.classes, ALL_CLASSES)
        predicted, label = ([names[k] for k in places.tolist()] for places in (self.predicted, self.label))
        numbers = self.bin.tolist(), self.n.astype(int).tolist()
        return tuple(map(DelayCell, *numbers, predicted, self.age.tolist(), label))

    def where(self, chosen: NDArray[np.bool_]) -> "SeenDelays":
        """Some of the rows."""
        places = np.flatnonzero(chosen)  # once for all columns: a mask would be gone through for each
        bins, ages, predicted, label = (col.take(places) for col in (self.bin, self.age, self.predicted, self.label))
        return SeenDelays(self.classes, bins, ages, predicted, label, self.n.take(places))

    def split(self, age: timedelta) -> tuple["SeenDelays", "SeenDelays"]:
        """Delays of predictions that are surely younger than `age`, and the delays of the others."""
        young = self.age < np.floor(np.log(max(age.total_seconds(), 1.0)) / LN_BASE)
        return self.where(young), self.where(~young)


@dataclass(frozen=True)
class _Counts:
    """Labels by class (K) and delay bin (D, from `first` on): that took just that, and at most that if old enough."""

    first: int
    events: Floats
    at_risk: Floats

    @classmethod
    def of(cls, seen: SeenDelays, bucket: timedelta) -> "_Counts | None":
        """Count; None where no delay could have been seen for MIN_DELAYS labels."""
        limit = last_whole_bin(seen, bucket)
        whole = (seen.bin <= limit) & (seen.n > 0)
        if not whole.any():
            return None
        seen, limit = seen.where(whole), limit[whole]
        group, bins, n = seen.predicted, seen.bin, seen.n
        first = int(bins.min())
        shape = len(seen.classes), int(limit.max()) - first + 1
        events = _table(group, bins - first, n, shape)
        # At risk at d: delay <= d <= limit. Those whose limit is under d have their delay under it too.
        too_young = np.cumsum(_table(group, limit - first, n, shape), axis=1)
        at_risk = np.cumsum(events, axis=1)
        at_risk[:, 1:] -= too_young[:, :-1]
        enough = np.flatnonzero(at_risk.sum(axis=0) >= MIN_DELAYS)
        if not enough.size:
            return None
        known = int(enough[-1]) + 1
        return cls(first, events[:, :known], at_risk[:, :known])

    def pooled(self) -> DelayCurve:
        """The curve of all classes."""
        events = self.events.sum(axis=0)
        return self.curve(events, self.at_risk.sum(axis=0), int(events.sum()))

    def curve(self, events: Floats, at_risk: Floats, n: int) -> DelayCurve:
        """The product-limit in reverse time."""
        hazard = safe_divide(events, at_risk)
        rest = at_risk - events
        greenwood = safe_divide(hazard, rest)
        edges = DELAY_BASE ** np.arange(self.first, self.first + events.size + 1, dtype=float)
        share, spread = _from_the_end(np.multiply, 1 - hazard), _from_the_end(np.add, greenwood)
        share[0] = 0.0  # nothing has been seen to come sooner
        return DelayCurve(n, edges, share, spread)


def last_whole_bin(seen: SeenDelays, bucket: timedelta) -> Ints:
    """The longest delay bin that even the youngest prediction of a row's bucket has left behind."""
    youngest = np.maximum(DELAY_BASE ** seen.age.astype(float) - bucket.total_seconds(), 1.0)
    # 1e-9: the logarithm of a power of DELAY_BASE may fall short of the whole number by rounding
    limit = np.floor(np.log(youngest) / LN_BASE + 1e-9).astype(np.intp) - 1
    return np.where(seen.age > 0, limit, seen.bin.max(initial=0)).astype(np.intp)


def _table(rows: Ints, columns: Ints, values: Floats, shape: tuple[int, int]) -> Floats:
    return np.bincount(rows * shape[1] + columns, values, shape[0] * shape[1]).reshape(shape).astype(float)


def _from_the_end(accumulate: np.ufunc, values: Floats) -> Floats:
    """At each of the D + 1 edges of D bins, the product (or sum) over the bins beyond it."""
    beyond = accumulate.accumulate(values[::-1])[::-1]
    return np.append(beyond, accumulate.identity)
