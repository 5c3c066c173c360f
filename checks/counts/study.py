"""A study: the slow look at sampled rows, made beside the cycles; checks and advice read the newest one.

A child process makes it (`monitor.study`), because it takes libraries that a daemon should not carry. Each part is
optional: it is None, or empty, where the log lacks the columns that it needs.
"""

from dataclasses import dataclass
from datetime import datetime

from checks.counts.shift import ColumnShift
from checks.counts.studied.duplicates import Duplicates
from checks.counts.studied.estimated_relevance import EstimatedRelevance
from checks.counts.studied.label_noise import LabelNoise
from checks.counts.studied.new_topic import NewTopic
from checks.counts.studied.overlap import Overlap
from checks.counts.studied.tokens import TokenUse


@dataclass(frozen=True, slots=True)
class StudySpan:
    """A half-open span [start, end) of prediction time, UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PartFault:
    """A part of a study that crashed: a fault of tunewatch, told as such, never a verdict."""

    part: str
    error: str


@dataclass(frozen=True, slots=True)
class Study:
    """What a bounded, repeatable sample of rows shows, as known at `as_of` (UTC).

    `n_current` rows were drawn from the `window` and `n_reference` from the healthy spans of the `reference`. `columns`
    are those that could be compared between the two. `report` is the file of Evidently's report of the rows, or "".
    """

    as_of: datetime
    window: StudySpan
    reference: tuple[StudySpan, ...]
    n_current: int
    n_reference: int
    columns: tuple[ColumnShift, ...] = ()
    new_topic: NewTopic | None = None
    label_noise: LabelNoise | None = None
    duplicates: Duplicates | None = None
    tokens: tuple[TokenUse, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    estimated_relevance: EstimatedRelevance | None = None
    faults: tuple[PartFault, ...] = ()
    report: str = ""
