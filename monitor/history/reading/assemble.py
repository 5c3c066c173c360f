"""Add grouped cells up to windows: from integer keys and pieces of time to what checks look at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from checks.counts.cells import DelayCell, LatencyCell
from checks.counts.windows import BucketLatency, Start, VersionRun, Window
from checks.label_delay.delays import SeenDelays
from monitor.history.reading.delays import Delays, joined
from monitor.history.reading.tally import Tally
from monitor.history.spans import Layout, Span
from monitor.history.types import from_epoch

LatencyKey = tuple[int, int]  # version, bin
Segment = tuple[str, str, Window]
"""A segment column, a value of it, and a window."""
Segments = tuple[Segment, ...]
Rows = Iterable[Sequence[Any]]
"""Rows of a statement: the number of the piece of time, then the key, then the sums."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the integer keys stand for."""

    classes: Mapping[int, str]
    versions: Mapping[int, tuple[str, str]]

    def latency(self, key: LatencyKey, n: int) -> LatencyCell:
        """One cell by its names."""
        version, bin_ = key
        return LatencyCell(bin_, n, *self.versions[version])


class Assembly:
    """The sums of all spans of a layout, filled row by row."""

    def __init__(self, layout: Layout, names: Names, outcomes: Tally) -> None:
        self._layout = layout
        self._names = names
        self._outcomes = outcomes
        self._spans = {layout.current, layout.lookback, *layout.recent, *layout.healthy}
        self._latency: dict[Span, dict[LatencyKey, int]] = {span: {} for span in self._spans}
        self._delays = Delays.of(())

    def add_latency(self, pieces: Sequence[Span], rows: Rows) -> None:
        """Add rows (piece, version, bin, n)."""
        targets = [[self._latency[span] for span in self._spans if span.holds(piece)] for piece in pieces]
        for piece, version, bin_, n in rows:
            for target in targets[piece]:
                target[version, bin_] = target.get((version, bin_), 0) + int(n)

    def add_delays(self, delays: Delays) -> None:
        """Add the delays of one range."""
        self._delays = joined((self._delays, delays)) if self._delays.n.size else delays

    def window(self, span: Span) -> Window:
        """The counts of one span."""
        return self._window(span, [span], self._delays.by_bin([span]))

    def reference(self) -> Window:
        """The counts of the healthy parts of the reference, under its outer bounds."""
        healthy = self._layout.healthy
        return self._window(self._layout.reference, healthy, self._delays.by_bin(healthy))

    def starts(self, reference: Window) -> tuple[Start, ...]:
        """What came since each start of evidence, and before; only outcomes are followed."""
        healthy = self._layout.healthy
        return tuple(
            Start(
                self._followed([start.since]),
                reference if start.before == healthy else self._followed(start.before),
                start.weight,
            )
            for start in self._layout.starts
        )

    def older(self) -> Window | None:
        """The healthy time before the reference, where the lookback has any."""
        return self._followed(self._layout.older) if self._layout.older else None

    def _followed(self, parts: Sequence[Span]) -> Window:
        return Window(from_epoch(parts[0].start), from_epoch(parts[-1].end), self._outcomes.within(parts))

    def delays(self, now: datetime) -> SeenDelays:
        """The label delays of the lookback by predicted class and age at `now`."""
        return self._delays.by_class_and_age(self._layout.lookback, now, self._names.classes)

    def versions(self, seen: Mapping[int, Span], now: datetime) -> tuple[VersionRun, ...]:
        """All versions of the lookback by first appearance; `seen` are the buckets that each was seen in."""
        everything = self._outcomes.within([self._layout.lookback])
        latency: dict[int, list[LatencyCell]] = defaultdict(list)
        for key, n in sorted(self._latency[self._layout.lookback].items()):
            latency[key[0]].append(self._names.latency(key, n))
        return tuple(
            VersionRun(
                *self._names.versions[version],
                first_seen=from_epoch(span.start),
                last_seen=min(from_epoch(span.end), now),
                outcomes=everything.of_version(*self._names.versions[version]),
                latency=tuple(latency[version]),
            )
            for version, span in sorted(seen.items(), key=lambda item: (item[1].start, self._names.versions[item[0]]))
        )

    def segments(self, tallies: Iterable[tuple[tuple[str, str], Tally]]) -> tuple[Segments, Segments]:
        """The current window of each slice, and the lookback; each tally is let go of when it is read."""
        found: tuple[list[Segment], list[Segment]] = ([], [])
        for name, tally in tallies:
            for windows, span in zip(found, (self._layout.current, self._layout.lookback), strict=True):
                if len(outcomes := tally.within([span])):
                    windows.append((*name, Window(from_epoch(span.start), from_epoch(span.end), outcomes)))
        current, lookback = (tuple(sorted(windows, key=itemgetter(0, 1))) for windows in found)
        return current, lookback

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

    def _window(self, span: Span, parts: Sequence[Span], delays: tuple[DelayCell, ...]) -> Window:
        latency: Counter[LatencyKey] = Counter()
        for part in parts:
            latency.update(self._latency[part])
        return Window(
            from_epoch(span.start),
            from_epoch(span.end),
            self._outcomes.within(parts),
            tuple(self._names.latency(key, n) for key, n in sorted(latency.items())),
            delays,
        )
