"""Add grouped cells up to windows: from integer keys and pieces of time to what checks look at."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checks.counts import DelayCell, LatencyCell, OutcomeCell
from checks.windows import BucketLatency, Start, VersionRun, Window
from monitor.history.delays import Delays, joined
from monitor.history.schema.keys import NO_LABEL
from monitor.history.spans import Layout, Span
from monitor.history.types import from_epoch
from monitor.log.counts import MILLION

OutcomeKey = tuple[int, int, int, int]  # version, predicted class, label, confidence band
LatencyKey = tuple[int, int]  # version, bin
Rows = Iterable[Sequence[Any]]
"""Rows of a statement: the number of the piece of time, then the key, then the sums."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the integer keys stand for."""

    classes: Mapping[int, str]
    versions: Mapping[int, tuple[str, str]]

    def outcome(self, key: OutcomeKey, numbers: Sequence[float]) -> OutcomeCell:
        """One cell by its names."""
        version, predicted, label, band = key
        n, weight, squared, millionths, designed = numbers
        label_name = None if label == NO_LABEL else self.classes[label]
        return OutcomeCell(
            self.classes[predicted],
            label_name,
            int(n),
            weight,
            squared,
            *self.versions[version],
            band,
            int(millionths) / MILLION,
            int(designed),
        )

    def latency(self, key: LatencyKey, n: int) -> LatencyCell:
        """One cell by its names."""
        version, bin_ = key
        return LatencyCell(bin_, n, *self.versions[version])


@dataclass(slots=True)
class _Sums:
    """Counts of one span while they are added up."""

    outcomes: dict[OutcomeKey, list[float]] = field(default_factory=dict)
    latency: dict[LatencyKey, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """The different keys of rows, and for each row which one it has: cells are added up by the ten thousand."""

    keys: list[OutcomeKey]
    place: NDArray[np.intp]

    @classmethod
    def of(cls, keys: NDArray[np.int64]) -> "_Numbered":
        """Number the keys (one row each)."""
        low, size = keys.min(axis=0), np.ptp(keys, axis=0) + 1
        codes, place = np.unique(np.ravel_multi_index(tuple((keys - low).T), tuple(size)), return_inverse=True)
        version, predicted, label, band = (
            digit.tolist() for digit in np.add(np.unravel_index(codes, size), low[:, None])
        )
        return cls(list(zip(version, predicted, label, band, strict=True)), place)

    def added(
        self, inside: NDArray[np.bool_], numbers: NDArray[np.float64]
    ) -> Iterator[tuple[OutcomeKey, list[float]]]:
        """The sums of `numbers` (a row each) over the rows `inside`, by key."""
        place = self.place[inside]
        sums = np.stack([np.bincount(place, column[inside], len(self.keys)) for column in numbers.T], axis=1)
        present = np.flatnonzero(np.bincount(place, minlength=len(self.keys)))
        return zip((self.keys[i] for i in present), sums[present].tolist(), strict=True)


class Assembly:
    """The sums of all spans of a layout, filled row by row."""

    def __init__(self, layout: Layout, names: Names) -> None:
        self._layout = layout
        self._names = names
        self._spans = {layout.current, layout.lookback, *layout.recent, *layout.healthy}
        self._sums = {span: _Sums() for span in {*self._spans, *layout.start_spans}}
        self._delays = Delays.of(())

    def add_outcomes(self, pieces: Sequence[Span], rows: Rows) -> None:
        """Add rows (piece, version, predicted class, label, band, n, weight, weight squared, millionths)."""
        table = np.array(list(rows), dtype=float)
        if not table.size:
            return
        piece, number = table[:, 0].astype(np.intp), _Numbered.of(table[:, 1:5].astype(np.int64))
        for span, sums in self._sums.items():
            inside = np.array([span.holds(each) for each in pieces])[piece]
            for key, numbers in number.added(inside, table[:, 5:]):
                _add(sums.outcomes, key, numbers)

    def add_latency(self, pieces: Sequence[Span], rows: Rows) -> None:
        """Add rows (piece, version, bin, n)."""
        targets = [[self._sums[span].latency for span in self._spans if span.holds(piece)] for piece in pieces]
        for piece, version, bin_, n in rows:
            for target in targets[piece]:
                target[version, bin_] = target.get((version, bin_), 0) + int(n)

    def add_delays(self, rows: Rows) -> None:
        """Add rows (bucket, predicted class, packed counts)."""
        self._delays = joined((self._delays, Delays.of(rows)))

    def window(self, span: Span) -> Window:
        """The counts of one span."""
        return self._window(span, [self._sums[span]], self._delays.by_bin([span]))

    def reference(self) -> Window:
        """The counts of the healthy parts of the reference, under its outer bounds."""
        healthy = self._layout.healthy
        return self._window(
            self._layout.reference, [self._sums[part] for part in healthy], self._delays.by_bin(healthy)
        )

    def starts(self, reference: Window) -> tuple[Start, ...]:
        """What came since each start of evidence, and before; only outcomes are followed."""
        layout = self._layout
        return tuple(
            Start(
                self._window(start.since, [self._sums[start.since]]),
                reference if start.before == layout.healthy else self._before(start.before),
            )
            for start in layout.starts
        )

    def _before(self, parts: Sequence[Span]) -> Window:
        return self._window(Span(parts[0].start, parts[-1].end), [self._sums[part] for part in parts])

    def delays(self, now: datetime) -> tuple[DelayCell, ...]:
        """The label delays of the lookback by predicted class and age at `now`."""
        return self._delays.by_class_and_age(self._layout.lookback, now, self._names.classes)

    def versions(self, seen: Mapping[int, Span], now: datetime) -> tuple[VersionRun, ...]:
        """All versions of the lookback by first appearance; `seen` are the buckets that each was seen in."""
        everything = self._sums[self._layout.lookback]
        outcomes: dict[int, list[OutcomeCell]] = defaultdict(list)
        latency: dict[int, list[LatencyCell]] = defaultdict(list)
        for key, numbers in sorted(everything.outcomes.items()):
            outcomes[key[0]].append(self._names.outcome(key, numbers))
        for bin_key, n in sorted(everything.latency.items()):
            latency[bin_key[0]].append(self._names.latency(bin_key, n))
        return tuple(
            VersionRun(
                *self._names.versions[version],
                first_seen=from_epoch(span.start),
                last_seen=min(from_epoch(span.end), now),
                outcomes=tuple(outcomes[version]),
                latency=tuple(latency[version]),
            )
            for version, span in sorted(seen.items(), key=lambda item: (item[1].start, self._names.versions[item[0]]))
        )

    def segments(self, slices: Mapping[int, tuple[str, str]], rows: Rows) -> tuple[tuple[str, str, Window], ...]:
        """The current window of each slice, from rows like those of `add_outcomes` with the slice in front."""
        sums: dict[int, _Sums] = defaultdict(_Sums)
        for slice_, version, predicted, label, band, *numbers in rows:
            _add(sums[slice_].outcomes, (version, predicted, label, band), numbers)
        named = sorted((slices[slice_], part) for slice_, part in sums.items())
        return tuple((segment, value, self._window(self._layout.current, [part])) for (segment, value), part in named)

    def latency_buckets(self, rows: Rows) -> tuple[BucketLatency, ...]:
        """The histogram of each bucket, from rows (bucket, version, bin, n) in the order of the buckets."""
        buckets: dict[int, list[LatencyCell]] = {}
        equal: dict[tuple[int, int, int], LatencyCell] = {}  # most of a week's 25,000 cells equal another one
        for bucket, version, bin_, n in rows:
            key = (version, bin_, n)
            if key not in equal:
                equal[key] = self._names.latency((version, bin_), n)
            buckets.setdefault(bucket, []).append(equal[key])
        return tuple(BucketLatency(from_epoch(bucket), tuple(cells)) for bucket, cells in buckets.items())

    def _window(self, span: Span, parts: Sequence[_Sums], delays: tuple[DelayCell, ...] = ()) -> Window:
        total = parts[0] if len(parts) == 1 else _merged(parts)
        return Window(
            from_epoch(span.start),
            from_epoch(span.end),
            tuple(self._names.outcome(key, numbers) for key, numbers in sorted(total.outcomes.items())),
            tuple(self._names.latency(key, n) for key, n in sorted(total.latency.items())),
            delays,
        )


def _add(target: dict[OutcomeKey, list[float]], key: OutcomeKey, numbers: Sequence[float]) -> None:
    total = target.get(key)
    if total is None:
        target[key] = list(numbers)
        return
    for i, number in enumerate(numbers):
        total[i] += number


def _merged(parts: Sequence[_Sums]) -> _Sums:
    total = _Sums()
    for part in parts:
        for key, numbers in part.outcomes.items():
            _add(total.outcomes, key, numbers)
        for bin_key, n in part.latency.items():
            total.latency[bin_key] = total.latency.get(bin_key, 0) + n
    return total
