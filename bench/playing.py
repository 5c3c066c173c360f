"""Plays a simulated stream through the checks: the windows that the history would make, built by numpy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from bench.streams import CLASSES, Ints, Stream
from checks.check import Check
from checks.counts import LatencyCell, OutcomeCell
from checks.evidence import REACH, STARTS, THINNED
from checks.measured import Measured
from checks.windows import BucketLatency, BucketTotal, Start, Window, Windows

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)

WINDOW, REFERENCE = 168, 672  # hours: 7 days, and the 28 before them
SCALES = (168, 84, 42, 21)
WARM_UP = WINDOW + REFERENCE
SPACING = WINDOW // STARTS  # hours between the starts of e-processes
SPARSE = SPACING * THINNED
COARSE = 6  # hours in a bucket of totals, which maturity is read from

LN_GAMMA = np.log(1.02)


@dataclass(frozen=True)
class Alarm:
    """An alarming look: `hour` of the stream, and what alarmed."""

    hour: int
    check: str
    subject: str


def alarms(
    stream: Stream, checks: Sequence[Check], *, start: int = WARM_UP, step: int = 1, latency: bool = False
) -> Iterator[Alarm]:
    """Look every `step` hours from `start` on, and say which findings alarm; `latency` builds the histograms too."""
    player = _Player(stream, with_latency=latency)
    for hour in range(start, stream.hours + 1, step):
        measured = Measured(player.windows(hour))
        for check in checks:
            for finding in check.run(measured):
                if finding.verdict.is_alarm:
                    yield Alarm(hour, check.name, finding.subject)


class _Player:
    """Keeps the known counts of each hour, and adds the labels that arrive as time goes by."""

    def __init__(self, stream: Stream, *, with_latency: bool) -> None:
        size = len(CLASSES)
        self._predicted = np.zeros((stream.hours, size))
        np.add.at(self._predicted, (stream.hour, stream.predicted), 1)
        self._known = np.zeros((stream.hours, size, size))
        self._labels = _Arrivals(stream)
        self._latency = _latency(stream) if with_latency else None
        self._equal: dict[tuple[int, int | None, int], OutcomeCell] = {}

    def windows(self, hour: int) -> Windows:
        """What the history would hold at the end of the hour before `hour`."""
        for rows in self._labels.until(hour):
            np.add.at(self._known, rows, 1)
        first = hour - WINDOW
        reference = self._window(first - REFERENCE, first)
        return Windows(
            now=EPOCH + hour * HOUR,
            bucket=HOUR,
            current=self._window(first, hour),
            recent=tuple(self._window(hour - scale, hour) for scale in SCALES[1:]),
            reference=reference,
            buckets=self._totals(first, hour),
            latency_buckets=tuple(self._latency[first:hour]) if self._latency else (),
            last_prediction_at=EPOCH + hour * HOUR,
            last_label_at=EPOCH + hour * HOUR,
            starts=tuple(
                Start(self._window(at, hour), reference if at >= first else self._window(at - REFERENCE, at))
                for at in _starts(hour)
            ),
        )

    def _window(self, start: int, end: int) -> Window:
        known, predicted = self._known[start:end].sum(axis=0), self._predicted[start:end].sum(axis=0)
        cells = [self._cell(int(p), int(t), int(known[p, t])) for p, t in np.argwhere(known)]
        cells += [self._cell(p, None, int(n)) for p, n in enumerate(predicted - known.sum(axis=1)) if n]
        slow = () if self._latency is None else _summed(self._latency[start:end])
        return Window(EPOCH + start * HOUR, EPOCH + end * HOUR, tuple(cells), slow)

    def _cell(self, predicted: int, true: int | None, n: int) -> OutcomeCell:
        key = predicted, true, n
        if key not in self._equal:
            label = None if true is None else CLASSES[true]
            weight = 0.0 if true is None else float(n)
            self._equal[key] = OutcomeCell(CLASSES[predicted], label, n, weight, weight)
        return self._equal[key]

    def _totals(self, start: int, end: int) -> tuple[BucketTotal, ...]:
        spans = range(start, end, COARSE)
        return tuple(
            BucketTotal(
                EPOCH + at * HOUR,
                int(self._predicted[at : at + COARSE].sum()),
                int(self._known[at : at + COARSE].sum()),
            )
            for at in spans
        )


def _starts(hour: int) -> list[int]:
    """Hours at which e-processes started: often in the current window, less so before it."""
    near = range(-(-(hour - WINDOW) // SPACING) * SPACING, hour, SPACING)
    far = range(-(-max(hour - WINDOW * REACH, REFERENCE) // SPARSE) * SPARSE, hour - WINDOW, SPARSE)
    return [*far, *near]


class _Arrivals:
    """The labelled rows in the order in which their labels come."""

    def __init__(self, stream: Stream) -> None:
        order = np.argsort(stream.arrives, kind="stable")
        order = order[np.isfinite(stream.arrives[order])]
        self._arrives = stream.arrives[order]
        self._rows: tuple[Ints, Ints, Ints] = (stream.hour[order], stream.predicted[order], stream.true[order])
        self._next = 0

    def until(self, hour: int) -> Iterator[tuple[Ints, ...]]:
        """Indices of the rows whose label has come since the last call."""
        end = int(np.searchsorted(self._arrives, hour, side="right"))
        if end > self._next:
            yield tuple(column[self._next : end] for column in self._rows)
        self._next = end


def _latency(stream: Stream) -> list[BucketLatency]:
    bins = np.floor(np.log(stream.latency) / LN_GAMMA).astype(int)
    low, width = int(bins.min()), int(bins.max() - bins.min()) + 1
    counts = np.bincount(stream.hour * width + bins - low, minlength=stream.hours * width).reshape(-1, width)
    return [
        BucketLatency(EPOCH + hour * HOUR, tuple(LatencyCell(int(b) + low, int(row[b])) for b in np.flatnonzero(row)))
        for hour, row in enumerate(counts)
    ]


def _summed(buckets: Sequence[BucketLatency]) -> tuple[LatencyCell, ...]:
    sums: dict[int, int] = {}
    for bucket in buckets:
        for cell in bucket.cells:
            sums[cell.bin] = sums.get(cell.bin, 0) + cell.n
    return tuple(LatencyCell(bin_, n) for bin_, n in sorted(sums.items()))
