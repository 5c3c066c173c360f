"""Where the windows of a cycle begin and end: pure arithmetic on bucket starts in epoch seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from checks.statistics.start_grid import starts
from monitor.history.types import to_epoch


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """Lengths of the windows that a cycle needs.

    `window` is the length of the current window and `scales` those of shorter ones that end with it. `reference` is the
    length of the healthy span before it, or a pinned (start, end). `lookback` is how far back versions are followed.
    All lengths are at least one `bucket`; those that are no multiple of it are rounded up to whole buckets. Relevance
    under `low_score`, whole tenths, is low. `studied` is how often a study of sampled rows is made, None for never.
    """

    window: timedelta
    scales: tuple[timedelta, ...]
    reference: timedelta | tuple[datetime, datetime]
    bucket: timedelta
    lookback: timedelta
    low_score: float = 0.5
    studied: timedelta | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open, both ends bucket starts; empty when `end <= start`."""

    start: int
    end: int

    def holds(self, other: "Span") -> bool:
        """Whether the other lies within this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class StartSpans:
    """All `since` a start of evidence, and the healthy parts `before` it, in order; `weight` as in `start_grid`."""

    since: Span
    before: tuple[Span, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The spans of one cycle; all that are many are in order.

    `healthy` are the parts of `reference` that count, and `older` is healthy time before it.
    """

    bucket: int
    lookback: Span
    current: Span
    recent: tuple[Span, ...]
    reference: Span
    healthy: tuple[Span, ...]
    starts: tuple[StartSpans, ...] = ()
    older: tuple[Span, ...] = ()

    @property
    def ranges(self) -> tuple[Span, ...]:
        """What has to be read, in order: one range, or two where a pinned reference lies far back."""
        if self.reference.end < self.lookback.start:
            return (self.reference, self.lookback)
        return (Span(min(self.lookback.start, self.reference.start), self.lookback.end),)

    def pieces(self, range_: Span, *, for_starts: bool = False) -> tuple[Span, ...]:
        """A range, cut so that each window is a union of pieces, and `for_starts` each of their spans too."""
        windows = (range_, self.lookback, self.current, *self.recent, *self.healthy)
        windows += self.start_spans if for_starts else ()
        cuts = {cut for span in windows for cut in (span.start, span.end) if range_.start <= cut <= range_.end}
        return tuple(Span(start, end) for start, end in pairwise(sorted(cuts)))

    @property
    def start_spans(self) -> tuple[Span, ...]:
        """Every span that a start needs."""
        return (*(span for start in self.starts for span in (start.since, *start.before)), *self.older)


def lay_out(spec: WindowSpec, now: datetime, unhealthy: Sequence[Span], frozen_at: int | None) -> Layout:
    """Place the windows of a cycle in time.

    All end with the bucket that `now` is in (at `now` where that is the start of one). The reference ends where the
    current window begins, or at `frozen_at`, the onset of an open incident; it leaves `unhealthy` spans out and reaches
    back for as much healthy time as it is long, but not farther than `lookback` before its end.
    """
    bucket = to_whole_seconds(spec.bucket)
    end = _ceil(now, bucket)
    current = _before(end, spec.window, bucket)
    scales = {_before(end, scale, bucket) for scale in spec.scales}
    recent = sorted(span for span in scales if span.start > current.start)
    healthy = _healthy(spec, current.start if frozen_at is None else min(frozen_at, current.start), unhealthy, bucket)
    reference = Span(healthy[0].start, healthy[-1].end)
    lookback = Span(min(_before(end, spec.lookback, bucket).start, current.start), end)
    layout = Layout(bucket, lookback, current, tuple(recent), reference, healthy)
    told = max((span.end for span in unhealthy), default=lookback.start)
    return replace(layout, starts=_starts(layout, spec, unhealthy, told), older=_older(layout, spec, told))


def with_version(layout: Layout, starts: Sequence[int]) -> Layout:
    """Add the newest version's own time to the recent windows, where it began within the current one.

    `starts` are the first buckets of all pairs of versions.
    """
    newest = max(starts, default=0)
    own = Span(newest, layout.current.end)
    if len(starts) < 2 or newest <= layout.current.start or own in layout.recent:  # noqa: PLR2004 - new beside an old one
        return layout
    recent = tuple(sorted((*layout.recent, own)))
    return replace(layout, recent=recent)


def floor(at: datetime, bucket: int) -> int:
    """Start of the bucket that a time is in."""
    return to_epoch(at) // bucket * bucket


def to_whole_seconds(length: timedelta) -> int:
    """Whole seconds of a length."""
    return length // timedelta(seconds=1)


def _ceil(at: datetime, bucket: int) -> int:
    start = floor(at, bucket)
    return start if to_epoch(at) == start and not at.microsecond else start + bucket


def _before(end: int, length: timedelta, bucket: int) -> Span:
    return Span(end - _whole(length, bucket), end)


def _whole(length: timedelta, bucket: int) -> int:
    return -(-to_whole_seconds(length) // bucket) * bucket


def _healthy(spec: WindowSpec, end: int, unhealthy: Sequence[Span], bucket: int) -> tuple[Span, ...]:
    if not isinstance(spec.reference, timedelta):
        start, pinned_end = spec.reference
        return (Span(floor(start, bucket), _ceil(pinned_end, bucket)),)
    limit = end - _whole(spec.lookback, bucket)
    parts = _reach_back(end, _whole(spec.reference, bucket), limit, unhealthy)
    return tuple(reversed(parts)) or (Span(end, end),)


def _reach_back(end: int, wanted: int, limit: int, unhealthy: Sequence[Span]) -> list[Span]:
    """Collect healthy spans before `end`, newest first, until they are as long as wanted or the limit is met."""
    parts: list[Span] = []
    for bad in [*sorted(unhealthy, key=lambda span: span.end, reverse=True), Span(limit, limit)]:
        start = max(bad.end, end - wanted, limit)
        if start < end:
            parts.append(Span(start, end))
            wanted -= end - start
        end = min(end, bad.start)
        if wanted <= 0 or end <= limit:
            break
    return parts


def _older(layout: Layout, spec: WindowSpec, told: int) -> tuple[Span, ...]:
    """What the lookback holds before a rolling reference, since the end of the last incident."""
    span = Span(max(layout.lookback.start, told), layout.reference.start)
    return (span,) if isinstance(spec.reference, timedelta) and span.start < span.end else ()


def _starts(layout: Layout, spec: WindowSpec, unhealthy: Sequence[Span], told: int) -> tuple[StartSpans, ...]:
    """Starts of evidence on a fixed grid, so that each is followed on from look to look; see `start_grid`.

    None lies before the end of the last incident: what it was about is told. Those before the current window are
    compared with what was healthy before them; the lookback must hold at least as much of it as came since.
    """
    current, bucket = layout.current, layout.bucket
    # else it is pinned, or frozen at the onset of an open incident
    rolling = isinstance(spec.reference, timedelta) and layout.reference.end == current.start
    found: list[StartSpans] = []
    for at, weight in starts(current.end, current.end - current.start, bucket):
        since = Span(at, current.end)
        if at < told:
            continue
        if at >= current.start:
            found.append(StartSpans(since, layout.healthy, weight))
        elif rolling and at - layout.lookback.start >= current.end - at:
            before = _known(_healthy(spec, at, unhealthy, bucket), layout.lookback)
            found.append(StartSpans(since, before, weight))
    return tuple(found)


def _known(parts: Sequence[Span], lookback: Span) -> tuple[Span, ...]:
    """Parts of the spans that lie within the lookback."""
    clipped = (Span(max(part.start, lookback.start), part.end) for part in parts if part.end > lookback.start)
    return tuple(clipped) or (Span(lookback.start, lookback.start),)
