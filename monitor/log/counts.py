"""What a push-down query brings back: additive counts by bucket, never the log's own rows.

A bucket is named by its start in epoch seconds (UTC), a multiple of the bucket length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final, NamedTuple

from checks.counts.cells import NO_BAND

ALL = ""
"""Segment name of the counts over all rows; other rows are of one value of one segment column."""


MILLION: Final = 1_000_000
MOST_EXAMPLES: Final = 3


class OutcomeRow(NamedTuple):
    """Predictions of one bucket that agree in versions, predicted class, label and confidence band.

    `label` is None for predictions without a known label. `weight` and `weight_squared` are sums of 1/inclusion
    probability over labelled rows, 0 for unlabelled ones. Confidences are summed in whole millionths, so that they add
    up to the same in any order. `designed` counts the labelled rows whose inclusion probability is known. Rows of a
    segment are not told apart by band: they would be most of all rows.
    """

    bucket: int
    segment: str  # ALL, or a segment column
    value: str  # "" with ALL
    model_version: str
    prompt_version: str
    predicted: str
    label: str | None
    n: int
    weight: float
    weight_squared: float
    band: int = NO_BAND  # as in checks.counts.cells
    confidence_millionths: int = 0
    designed: int = 0


class LatencyRow(NamedTuple):
    """Answers of one bucket in one latency bin: floor(ln(ms) / ln(1.02))."""

    bucket: int
    model_version: str
    prompt_version: str
    bin: int
    n: int


class DelayRow(NamedTuple):
    """Labelled predictions of one bucket, predicted class and label by delay of the first label.

    The bin is floor(ln(max(seconds, 1)) / ln(1.1)).
    """

    bucket: int
    predicted: str
    bin: int
    n: int
    label: str


class RelevanceRow(NamedTuple):
    """Scored answers of one bucket that agree in versions, predicted class, source of the score, and score bin.

    The bin is floor(10 * score): 10 holds the score 1 alone. Scores and their squares are summed in whole millionths.
    """

    bucket: int
    model_version: str
    prompt_version: str
    predicted: str
    source: str  # NOT_LOGGED where the log names none
    bin: int
    n: int
    score_millionths: int
    square_millionths: int


class LabelFate(IntEnum):
    """What became of the label that a labeller gave a prediction last, beside those of other labellers.

    Labels without a labeller are of one labeller of their own, who has no name.
    """

    ALONE = 0  # no other labeller gave this prediction a label
    AGREED = 1  # others did, and all name the same class
    UPHELD = 2  # another named another class later, and yet this one is the class of the label that counts
    CORRECTION = 3  # another had named another class before, and this one is the class of the label that counts
    OVERRULED = 4  # the label that counts is another's and names another class


class LabellerRow(NamedTuple):
    """Labelled predictions of one bucket by who gave them a label: once for each labeller."""

    bucket: int
    labeller: str  # NOT_LOGGED where the label row names none
    fate: int  # a LabelFate
    n: int


class ProblemRow(NamedTuple):
    """Rows of the log that could not be used as they are; `bucket` is None where the row has no usable time."""

    bucket: int | None
    kind: str
    n: int


@dataclass(frozen=True, slots=True)
class LogNotice:
    """Something about the log as it is now that people must be told, because its counts alone would hide it.

    `n` of `of` rows, files or ids (`of` >= `n`; 0 where it is not known) are concerned; `kind` is a `ProblemKind`.
    `examples` are at most three, each short and for people: file names, ids, times or class names, never the text of
    a message.
    """

    kind: str
    n: int
    of: int
    examples: tuple[str, ...] = ()

    def joined_with(self, other: "LogNotice") -> "LogNotice":
        """Return one notice of both, which are of one kind."""
        examples = (*self.examples, *other.examples)[:MOST_EXAMPLES]
        return LogNotice(self.kind, self.n + other.n, self.of + other.of, examples)


@dataclass(frozen=True, slots=True)
class BucketCounts:
    """All counts of the buckets named; a bucket that is named and has no rows became empty.

    The rows of a big log may lie on disk: go through them once, and hold no copy of them all.
    """

    buckets: tuple[int, ...]
    outcomes: Sequence[OutcomeRow]
    latency: Sequence[LatencyRow]
    delays: Sequence[DelayRow]
    problems: tuple[ProblemRow, ...]
    relevance: Sequence[RelevanceRow] = ()
    notices: tuple[LogNotice, ...] = ()
    labellers: Sequence[LabellerRow] = ()


class Mark(NamedTuple):
    """How a bucket of rows looked when it was last read; any difference means that its rows changed."""

    rows: int
    digest: int


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Marks of the predictions by bucket of their time, and of the label rows by bucket of theirs.

    They are of what was known at `as_of`, in buckets of `bucket` seconds; both are empty where nothing says so.
    """

    predictions: dict[int, Mark]
    labels: dict[int, Mark]
    as_of: datetime | None = None
    bucket: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The prediction buckets to recompute, in order, and the fingerprints that hold once they are.

    `shrunk` are those that lost predictions which the log had at the last look; with `labels_lost` any of the buckets
    may have lost labels.
    """

    buckets: tuple[int, ...]
    fingerprints: Fingerprints
    shrunk: frozenset[int] = frozenset()
    labels_lost: bool = False
