"""Plays a simulated stream through the checks: the windows that the history would make, built by numpy."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

import numpy as np

from bench.alarms.streams import CLASSES, Floats, Ints, Stream
from checks.counts.cells import LATENCY_BASE, NO_BAND, LatencyCell
from checks.counts.outcomes import UNLABELLED, Outcomes
from checks.counts.windows import BucketLatency, BucketTotal, Start, Window, Windows
from checks.estimates.cycle_data import Measured
from checks.rules.check import Check
from checks.statistics.start_grid import Begin, starts

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)

WINDOW, REFERENCE = 168, 672  # hours: 7 days, and the 28 before them
LOOKBACK = 60 * 24
SCALES = (168, 84, 42, 21)
WARM_UP = 84 * 24  # hours before anything is judged, for every monitor: a reference of twelve weeks
COARSE = 6  # hours in a bucket of totals, which maturity is read from

LN_BASE = np.log(LATENCY_BASE)


@dataclass(frozen=True)
class Alarm:
    """An alarming look: `hour` of the stream, and what alarmed."""

    hour: float
    check: str
    subject: str


def alarms(
    stream: Stream,
    checks: Sequence[Check],
    looks: Iterable[float],
    *,
    reference: int = REFERENCE,
    latency: bool = False,
) -> Iterator[Alarm]:
    """Look at these hours, in order, and say which findings alarm; `latency` builds the histograms too."""
    player = Player(stream, reference, with_latency=latency)
    for hour in looks:
        measured = Measured(player.windows(hour))
        for check in checks:
            for finding in check.run(measured):
                if finding.verdict.is_alarm:
                    yield Alarm(hour, check.name, finding.subject)


class Player:
    """Keeps the known counts of each hour, and adds the labels that arrive as time goes by.

    `reference` is its length in hours; it is shorter where the stream has not been as long.
    """

    def __init__(self, stream: Stream, reference: int = REFERENCE, *, with_latency: bool = False) -> None:
        self.reference = reference
        size = len(CLASSES)
        self.predicted = np.zeros((stream.hours, size))
        np.add.at(self.predicted, (stream.hour, stream.predicted), 1)
        self.known = np.zeros((stream.hours, size, size))
        self._stream, self._labels = stream, _Arrivals(stream)
        self._latency = _Latencies(stream) if with_latency else None

    def advance(self, hour: float) -> None:
        """Add the labels that have come by `hour`, which never goes back."""
        for *rows, change in self._labels.until(hour):
            np.add.at(self.known, tuple(rows), change)

    def windows(self, hour: float) -> Windows:
        """What the history would hold at `hour`; windows end with the bucket that it is in."""
        self.advance(hour)
        end = ceil(hour)
        first = end - WINDOW
        reference = self._window(max(first - self.reference, 0), first)
        return Windows(
            now=EPOCH + hour * HOUR,
            bucket=HOUR,
            current=self._window(first, end),
            recent=tuple(self._window(end - scale, end) for scale in SCALES[1:]),
            reference=reference,
            buckets=self._totals(first, end),
            latency_buckets=self._latency.buckets[first:end] if self._latency else (),
            last_label_at=EPOCH + hour * HOUR,
            starts=tuple(
                Start(
                    self._window(at, end),
                    reference if at >= first else self._window(max(at - self.reference, 0), at),
                    weight,
                )
                for at, weight in followed(end)
            ),
            older=self._older(first, end),
            corrected=self._corrected(first, end, hour),
        )

    def _corrected(self, first: int, end: int, hour: float) -> float:
        """Share of the labels before the current window that are known to have been others at first."""
        stream, before = self._stream, slice(*np.searchsorted(self._stream.hour, (end - LOOKBACK, first)))
        changed = (stream.corrected[before] <= hour) & (stream.first[before] != stream.true[before])
        return float(changed.sum()) / max(float((stream.arrives[before] <= hour).sum()), 1.0)

    def _older(self, first: int, end: int) -> Window | None:
        start, stop = max(end - LOOKBACK, 0), first - self.reference
        return self._window(start, stop) if start < stop else None

    def _window(self, start: int, end: int) -> Window:
        known, predicted = self.known[start:end].sum(axis=0), self.predicted[start:end].sum(axis=0)
        slow = () if self._latency is None else self._latency.cells(start, end)
        return Window(EPOCH + start * HOUR, EPOCH + end * HOUR, _outcomes(known, predicted), slow)

    def _totals(self, start: int, end: int) -> tuple[BucketTotal, ...]:
        spans = range(start, end, COARSE)
        return tuple(
            BucketTotal(
                EPOCH + at * HOUR,
                int(self.predicted[at : at + COARSE].sum()),
                int(self.known[at : at + COARSE].sum()),
            )
            for at in spans
        )


def followed(end: int) -> list[Begin]:
    """The starts, in hours, that have as much as the usual reference before them."""
    return [start for start in starts(end, WINDOW) if start.at >= REFERENCE]


def _outcomes(known: Floats, predicted: Floats) -> Outcomes:
    """Cells of labelled predictions (K x K, by predicted and true class), and of those without a label."""
    waiting = predicted - known.sum(axis=1)
    (guess, truth), (silent,) = np.nonzero(known), np.nonzero(waiting)
    n = np.concatenate([known[guess, truth], waiting[silent]])
    label = np.concatenate([truth, np.full(silent.size, UNLABELLED)])
    weight, nothing = np.where(label == UNLABELLED, 0.0, n), np.zeros(n.size)
    version, band = np.zeros(n.size, dtype=np.intp), np.full(n.size, NO_BAND)
    guess = np.concatenate([guess, silent])
    return Outcomes(CLASSES, (("", ""),), guess, label, version, band, n, weight, weight, nothing, nothing)


class _Arrivals:
    """Labels in the order in which they come: a corrected one comes, goes, and comes again."""

    def __init__(self, stream: Stream) -> None:
        one, rows = np.ones(stream.hour.size, dtype=int), (stream.hour, stream.predicted)
        steps = (
            (stream.arrives, *rows, stream.first, one),
            (stream.corrected, *rows, stream.first, -one),
            (stream.corrected, *rows, stream.true, one),
        )
        arrives, *columns = (np.concatenate(column) for column in zip(*steps, strict=True))
        order = np.argsort(arrives, kind="stable")
        order = order[np.isfinite(arrives[order])]
        self._arrives, self._columns = arrives[order], [column[order] for column in columns]
        self._next = 0

    def until(self, hour: float) -> Iterator[tuple[Ints, ...]]:
        """Hours, predicted classes, labels and changes of their counts that have come since the last call."""
        end = int(np.searchsorted(self._arrives, hour, side="right"))
        if end > self._next:
            yield tuple(column[self._next : end] for column in self._columns)
        self._next = end


class _Latencies:
    """Histograms of each hour, and sums of them."""

    def __init__(self, stream: Stream) -> None:
        bins = np.floor(np.log(stream.latency) / LN_BASE).astype(int)
        self._low, width = int(bins.min()), int(np.ptp(bins)) + 1
        places = stream.hour * width + bins - self._low
        counts = np.bincount(places, minlength=stream.hours * width).reshape(-1, width)
        self._sums = np.concatenate([np.zeros((1, width), dtype=int), counts.cumsum(axis=0)])
        self.buckets = tuple(BucketLatency(EPOCH + hour * HOUR, self._cells(row)) for hour, row in enumerate(counts))

    def cells(self, start: int, end: int) -> tuple[LatencyCell, ...]:
        """The sum of some hours."""
        return self._cells(self._sums[end] - self._sums[start])

    def _cells(self, row: Ints) -> tuple[LatencyCell, ...]:
        return tuple(LatencyCell(int(at) + self._low, int(row[at])) for at in np.flatnonzero(row))
