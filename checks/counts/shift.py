"""How one column of the sampled rows moved between the reference and now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checks.statistics.day_test import DayContrast


class ColumnKind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    CATEGORY = "category"
    NUMBER = "number"


class Unjudged(StrEnum):
    """Why a column was not compared."""

    NOT_LOGGED = "not_logged"  # no row of the sample has a value
    FEW_ROWS = "few_rows"
    FEW_DAYS = "few_days"  # too few for weekdays to be compared with weekdays
    NEW_VERSION = "new_version"  # the bot's own output, by a version that did not answer in the reference


@dataclass(frozen=True, slots=True)
class Moved:
    """A value, a word or a quantile, now and then: a share in [0, 1], or a number in the unit of the column."""

    name: str
    now: float
    then: float


@dataclass(frozen=True, slots=True)
class NewText:
    """What is new about a text: its most telling words (with the share of messages that have them), most telling first.

    `classes` are what the bot made of the messages that are unlike before, against its answers to all others.
    `examples` are such messages, with what looks like a secret taken out; empty unless they are allowed.
    """

    words: tuple[Moved, ...] = ()
    classes: tuple[Moved, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScaleShift:
    """A column over the days from `start` to `end` (UTC), which has `n` rows of the sample.

    `effect` is the share of traffic, in [0, 1], that is at least different: half the sum of differences of shares for
    categories (total variation), the greatest difference of the distribution functions for numbers, and for text that
    of a domain classifier's held-out scores. What chance adds to such a distance is taken off.
    """

    start: datetime
    end: datetime
    n: int
    effect: float
    contrast: DayContrast
    moved: tuple[Moved, ...] = ()
    text: NewText | None = None


@dataclass(frozen=True, slots=True)
class PeerScore:
    """What Evidently says of the same rows: its distance, and the limit that it would use."""

    method: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class ColumnShift:
    """One column, such as `text` or `confidence`: `scales`, longest first, are empty where it is `unjudged`."""

    column: str
    kind: ColumnKind
    n_current: int
    n_reference: int
    scales: tuple[ScaleShift, ...] = ()
    unjudged: Unjudged | None = None
    peer: PeerScore | None = None
