"""A sample to try candidates on: its messages, and what each of them stands for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from checks.candidates.differences import Measure
from checks.candidates.sampling import Drawn

SAMPLE: Final = "sample.jsonl"
MANIFEST: Final = "manifest.json"
CSV: Final = "sample.csv"
BATCH: Final = "batch.jsonl"


class Role(StrEnum):
    """Why a message is in the sample; it may be there for several reasons."""

    SAMPLE = "sample"  # drawn by chance: it stands for a known part of production
    FAILURE = "failure"  # answered wrong, and chosen for that
    GUARD = "guard"  # answered right, and like a failure


@dataclass(frozen=True, slots=True)
class Item:
    """A message; `weight` is how many predictions it stands for, None where it was chosen and not drawn.

    `part` is the number of its part among `Sample.parts`, `probability` that with which it was drawn, in (0, 1].
    `now` is what answered it in production, with latency in milliseconds and tokens as far as they are logged.
    """

    id: str
    at: datetime
    text: str
    label: str
    now: str
    roles: tuple[Role, ...]
    part: int | None
    weight: float | None
    probability: float | None
    confidence: float | None = None
    latency_ms: float | None = None
    prompt_tokens: float | None = None
    completion_tokens: float | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What the sample speaks for: answers of one pair of versions from `start` until `end` (UTC).

    Of `predictions` labels speak for all but `unseen`, whose predicted class has none. `eligible` is the share of the
    others, in (0, 1], that is like the sample: new messages, which nobody could have learned from.
    """

    model_version: str
    prompt_version: str
    start: datetime
    end: datetime
    held_out_since: datetime
    predictions: int
    unseen: int
    eligible: float
    ripe: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """All of it. `aims` and `critical` are what a candidate is judged by, as it was when the sample was drawn.

    A forced move has no aim.

    `labels_a_day` come for messages of each class (key "" for all), `delay_days` after their prediction. `candidates`
    are to be tried on it, as planned.
    """

    monitor: str
    incident: str | None
    as_of: datetime
    seed: int
    scope: Scope
    classes: tuple[str, ...]
    critical: tuple[str, ...]
    precise: tuple[str, ...]
    aims: tuple[tuple[Measure, str], ...]
    candidates: int
    parts: tuple[Drawn, ...]
    items: tuple[Item, ...]
    labels_a_day: dict[str, float]
    delay_days: float
    scrubbed: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What an answer may be: a class of the labels, or what answers now said, which no label may be of."""
        return tuple(dict.fromkeys((*self.classes, *(item.now for item in self.items if item.now.strip()))))

    def count(self, role: Role) -> int:
        """Messages that are there for this reason."""
        return sum(role in item.roles for item in self.items)
