"""Windows: sums of buckets, which is all that a check sees of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.counts.cells import DelayCell, LatencyCell, OutcomeCell
from checks.counts.scores import NO_SCORES, Scores
from checks.counts.study import Study


@dataclass(frozen=True, slots=True)
class BucketTotal:
    """One bucket's volume: `start` is UTC; `labelled` <= `predictions`."""

    start: datetime
    predictions: int
    labelled: int


@dataclass(frozen=True, slots=True)
class BucketLatency:
    """One bucket's latency histogram, kept apart so that one slow hour can be told from a slow bot."""

    start: datetime
    cells: tuple[LatencyCell, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The counts of a half-open span [start, end) of prediction time, UTC.

    The history gives `outcomes` as `checks.counts.outcomes.Outcomes`; any cells will do.
    """

    start: datetime
    end: datetime
    outcomes: Sequence[OutcomeCell] = ()
    latency: tuple[LatencyCell, ...] = ()
    delays: tuple[DelayCell, ...] = ()
    scores: Scores = NO_SCORES

    @property
    def length(self) -> timedelta:
        """Nominal length; a log may have begun later than `start`."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Start:
    """A start of evidence: the window `since` it, and the healthy span `before` it.

    `weight` is what it counts beside the other starts (see `checks.statistics.start_grid`).
    """

    since: Window
    before: Window
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class VersionRun:
    """All that the history holds of one pair of versions: its own data, whichever other versions ran beside it."""

    model_version: str
    prompt_version: str
    first_seen: datetime
    last_seen: datetime
    outcomes: Sequence[OutcomeCell]
    latency: tuple[LatencyCell, ...]
    scores: Scores = NO_SCORES


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows of the log that could not be used as they are: what is wrong with them, and how many."""

    kind: str
    n: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the log as a whole, as `monitor.log.counts.LogNotice` has it: `n` of `of` (0: not known)."""

    kind: str
    n: int
    of: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LostBefore:
    """How many rows of the predictions (or label rows) were lost in the look that was newest at `since` (UTC)."""

    metric: str
    since: datetime
    n: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows that were counted and that the log has lost, but for its old end, which rotates away.

    `predictions` and `labels` are all of them, the new ones those found to be missing in the current window's time,
    `since` the look that found the first of these (UTC). All of them are of [start, end); `hours` are up to three
    buckets that miss the most.
    """

    predictions: int = 0
    labels: int = 0
    new_predictions: int = 0
    new_labels: int = 0
    since: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    hours: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the log could be read: all `predictions` and `labels` that were ever counted.

    `label_rows` are those dated in the current window, and `to_come` predictions dated after it, not counted yet.
    `lost_before` says what was lost when the current and the shortest window began, where looks were made then.
    `missing` is what was counted and is no longer in the log.
    """

    predictions: int = 0
    labels: int = 0
    label_rows: int = 0
    to_come: int = 0
    lost_before: tuple[LostBefore, ...] = ()
    missing: Missing = Missing()


@dataclass(frozen=True, slots=True)
class Windows:
    """What the history knows at `now` (UTC), cut into the spans that checks and advice need.

    `recent` holds shorter windows that end now, longest first; with `current` they are the scales at which a drop is
    looked for. `reference` is the healthy span that `current` is compared with; it may be empty. `versions` is ordered
    by `first_seen`. `buckets` covers reference and current, in order, gaps left out (a missing bucket had no
    predictions). `latency_buckets` covers `current`. `delays` are of all labels of the lookback, by predicted class and
    age. `starts` are those of evidence, oldest first; `older` is healthy time before the reference, None without any.
    `corrected` is the share of the labels from before `current`, in [0, 1], that named another class at first.
    `last_label_at` is the end (at most `now`) of the newest bucket with label rows by their own time; None when there
    never was one. `extent` and `notices` are of the whole log.
    """

    now: datetime
    bucket: timedelta
    current: Window
    recent: tuple[Window, ...]
    reference: Window
    versions: tuple[VersionRun, ...] = ()
    segments: tuple[tuple[str, str, Window], ...] = ()  # (segment column, value, current counts of it)
    segment_lookback: tuple[tuple[str, str, Window], ...] = ()  # the same, of all that the lookback holds
    buckets: tuple[BucketTotal, ...] = ()
    latency_buckets: tuple[BucketLatency, ...] = ()
    problems: tuple[Problem, ...] = ()
    last_label_at: datetime | None = None
    delays: Sequence[DelayCell] = ()
    starts: tuple[Start, ...] = ()
    older: Window | None = None
    corrected: float = 0.0
    study: Study | None = None
    extent: Extent = Extent()
    notices: tuple[Notice, ...] = ()
