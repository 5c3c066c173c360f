"""What the history would hold of a drawn log at one moment: windows made by counting its rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bench.advice.stories.world import NAMES, STEPS_A_DAY, World
from checks.counts.cells import BAND_EDGES, LATENCY_BASE, LatencyCell, OutcomeCell
from checks.counts.windows import BucketLatency, BucketTotal, Problem, Start, VersionRun, Window, Windows
from checks.statistics.start_grid import starts

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
STEP = timedelta(days=1) / STEPS_A_DAY
WINDOW, REFERENCE, LOOKBACK = 7 * STEPS_A_DAY, 28 * STEPS_A_DAY, 60 * STEPS_A_DAY
SCALES = (WINDOW // 2, WINDOW // 4, WINDOW // 8)
LN_BASE = np.log(LATENCY_BASE)
NO_LABEL = len(NAMES)
BANDS = len(BAND_EDGES) + 1
MIDDLES = np.diff((0.0, *BAND_EDGES, 1.0)) / 2 + np.array((0.0, *BAND_EDGES))

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Looker:
    """Looks at one log at any step; `problems` are those of its label rows."""

    world: World
    problems: Mapping[str, int] = field(default_factory=dict)

    def windows(self, step: int) -> Windows:
        """The windows that end with a step."""
        counted = _Counted.of(self.world, step)
        first = step - WINDOW
        reference = counted.window(first - REFERENCE, first)
        return Windows(
            now=at(step),
            bucket=STEP,
            current=counted.window(first, step),
            recent=tuple(counted.window(step - scale, step) for scale in SCALES),
            reference=reference,
            versions=tuple(counted.runs(step)),
            segments=tuple(counted.segments(first, step)),
            segment_lookback=tuple(counted.segments(step - LOOKBACK, step)),
            buckets=tuple(counted.totals(first - REFERENCE, step)),
            latency_buckets=tuple(
                BucketLatency(at(one), counted.window(one, one + 1).latency) for one in range(first, step)
            ),
            problems=tuple(Problem(kind, n) for kind, n in self.problems.items()),
            last_label_at=at(step),
            starts=tuple(self._starts(counted, reference, step)),
            older=counted.outcomes_only(max(step - LOOKBACK, 0), first - REFERENCE) if first > REFERENCE else None,
        )

    def _starts(self, counted: "_Counted", reference: Window, step: int) -> Iterable[Start]:
        for begin, weight in starts(step, WINDOW):
            since = counted.outcomes_only(begin, step)
            if begin >= step - WINDOW:
                yield Start(since, reference, weight)
            elif begin - max(step - LOOKBACK, 0) >= step - begin:
                yield Start(since, counted.outcomes_only(begin - REFERENCE, begin), weight)


def at(step: int) -> datetime:
    """The moment a step begins."""
    return EPOCH + step * STEP


@dataclass(frozen=True)
class _Counted:
    """The rows as known at a step, each with the number of its cell."""

    world: World
    step: NDArray[np.int64]
    cell: NDArray[np.int64]
    bin: NDArray[np.int64]
    labelled: Mask

    @classmethod
    def of(cls, world: World, now: int) -> "_Counted":
        rows = world.rows
        labelled = rows.arrives < now
        label = np.where(labelled, rows.label, NO_LABEL)
        band = np.searchsorted(BAND_EDGES, rows.confidence, side="right")
        cell = ((rows.version * len(NAMES) + rows.predicted) * (NO_LABEL + 1) + label) * BANDS + band
        bins = np.floor(np.log(rows.ms) / LN_BASE).astype(np.int64)
        return cls(world, rows.step, cell, bins, labelled)

    def window(self, start: int, end: int) -> Window:
        mask = self._between(start, end)
        return Window(at(start), at(end), self._outcomes(mask), self._latency(mask))

    def outcomes_only(self, start: int, end: int) -> Window:
        return Window(at(start), at(end), self._outcomes(self._between(start, end)))

    def runs(self, now: int) -> Iterable[VersionRun]:
        kept = self._between(now - LOOKBACK, now)
        for number, (model, prompt) in enumerate(self.world.versions):
            mask = kept & (self.world.rows.version == number)
            if mask.any():
                first, last = int(self.step[mask].min()), int(self.step[mask].max()) + 1
                yield VersionRun(model, prompt, at(first), at(last), self._outcomes(mask), self._latency(mask))

    def segments(self, start: int, end: int) -> Iterable[tuple[str, str, Window]]:
        mask = self._between(start, end)
        for number, name in enumerate(self.world.segments):
            yield "language", name, Window(at(start), at(end), self._outcomes(mask & self._of(number)))

    def totals(self, start: int, end: int) -> Iterable[BucketTotal]:
        for one in range(max(start, 0), end):
            mask = self._between(one, one + 1)
            yield BucketTotal(at(one), int(mask.sum()), int((mask & self.labelled).sum()))

    def _of(self, segment: int) -> Mask:
        return np.asarray(self.world.rows.segment == segment)

    def _between(self, start: int, end: int) -> Mask:
        low, high = np.searchsorted(self.step, (start, end))
        mask = np.zeros(self.step.size, dtype=bool)
        mask[low:high] = True
        return mask

    def _outcomes(self, mask: Mask) -> tuple[OutcomeCell, ...]:
        codes, counts = np.unique(self.cell[mask], return_counts=True)
        return tuple(self._cell(int(code), int(n)) for code, n in zip(codes, counts, strict=True))

    def _cell(self, code: int, n: int) -> OutcomeCell:
        rest, band = divmod(code, BANDS)
        rest, label = divmod(rest, NO_LABEL + 1)
        version, predicted = divmod(rest, len(NAMES))
        weight = 0.0 if label == NO_LABEL else float(n)
        name = None if label == NO_LABEL else NAMES[label]
        sure = n * float(MIDDLES[band])
        return OutcomeCell(NAMES[predicted], name, n, weight, weight, *self.world.versions[version], band, sure)

    def _latency(self, mask: Mask) -> tuple[LatencyCell, ...]:
        low = int(self.bin.min())
        codes, counts = np.unique(self.world.rows.version[mask] * 10_000 + self.bin[mask] - low, return_counts=True)
        return tuple(
            LatencyCell(int(code) % 10_000 + low, int(n), *self.world.versions[int(code) // 10_000])
            for code, n in zip(codes, counts, strict=True)
        )
