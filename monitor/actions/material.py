"""The labelled messages that all exports are made of: ripe, without personal data, in groups of near duplicates."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from checks.counts.cells import DelayCell
from checks.label_delay.delays import LN_BASE, Delays, SeenDelays
from config.monitor import MonitorSettings
from monitor.common.near_duplicates import evened, groups
from monitor.common.personal import Scrub, Scrubber, as_it_is
from monitor.log.prediction_log import PredictionLog
from monitor.log.reading.labelled import LabelledDraw, LabelledMessage

PER_LABEL: Final = 5_000
"""Messages that are read of each label at most: as many as a small classifier profits from, and they fit in memory."""

MOST: Final = 20_000
"""Messages that are compared in all: with so many it takes some 20 seconds, and grows with their square."""

RIPE: Final = 0.95
"""A prediction is old enough once this share of labels comes within its age: the first to come are no fair sample."""

HELD_OUT: Final = 0.20
"""Share of the different messages, the newest, that is kept for testing."""

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NothingToExportError(Exception):
    """There is not enough to make the export of; the message says what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Message:
    """A labelled message: `text` without personal data, `key` its text evened out, `group` that of its duplicates.

    `is_ripe` where its prediction is old enough for its label to be a fair one of its time.
    """

    row: LabelledMessage
    text: str
    key: str
    group: int
    is_ripe: bool

    @property
    def is_right(self) -> bool:
        """Whether the chatbot chose its label."""
        return self.row.predicted == self.row.label


@dataclass(frozen=True)
class Material:
    """Messages in the order of time, and how they came to be these.

    Ripe are those that are older than `ripe_after` (None where the delay of labels is not known: then all are).
    `personal` counts what was taken out of them.
    """

    messages: tuple[Message, ...]
    ripe_after: timedelta | None
    personal: Counter[str]
    scrubbed: bool

    def first_seen(self) -> Mapping[int, datetime]:
        """When the first message of each group came."""
        seen: dict[int, datetime] = {}
        for message in self.messages:
            seen.setdefault(message.group, message.row.at)
        return seen


@dataclass(frozen=True, slots=True)
class Holdout:
    """Messages that came first, with all their near duplicates, at or after `since` are kept for testing.

    `is_new` where this export has chosen it.
    """

    since: datetime
    groups: frozenset[int]
    is_new: bool

    def has(self, message: Message) -> bool:
        """Whether the message is kept for testing."""
        return message.group in self.groups


def read_material(log: PredictionLog, settings: MonitorSettings, as_of: datetime, *, scrub: bool) -> Material:
    """Read the labelled messages of the whole log as known at `as_of`. Raises NothingToExportError."""
    source = settings.source
    if source.labels is None or source.predictions.columns.text is None:
        raise NothingToExportError("there are no labelled messages: map source.labels and predictions.columns.text")
    rows = bounded(log.labelled(LabelledDraw(BEGINNING, as_of, as_of, PER_LABEL)), MOST)
    if not rows:
        raise NothingToExportError("no labelled prediction of the log has a message")
    personal = settings.personal_data
    return gather(rows, as_of, Scrubber(personal.patterns, personal.phone_region) if scrub else as_it_is)


def bounded(rows: Sequence[LabelledMessage], most: int) -> list[LabelledMessage]:
    """At most so many rows, of each label the same number where there are more: those whose MD5 of the id is least."""
    if len(rows) <= most:
        return list(rows)
    sizes = Counter(row.label for row in rows)
    cap = max((c for c in range(max(sizes.values())) if sum(min(n, c) for n in sizes.values()) <= most), default=0)
    taken: Counter[str] = Counter()
    kept: set[str] = set()
    for row in sorted(rows, key=lambda row: hashlib.md5(row.id.encode(), usedforsecurity=False).hexdigest()):
        taken[row.label] += 1
        if taken[row.label] <= cap:
            kept.add(row.id)
    return [row for row in rows if row.id in kept]


def gather(rows: Sequence[LabelledMessage], as_of: datetime, scrub: Scrub) -> Material:
    """Take personal data out of the rows, which are in the order of time, and group what says the same."""
    ripe_after = _ripe_after(rows, as_of)
    cleaned = [scrub(row.text) for row in rows]
    keys = [evened(each.text) for each in cleaned]
    distinct = list(dict.fromkeys(keys))
    group_of = dict(zip(distinct, groups(distinct), strict=True))
    messages = (
        Message(row, each.text, key, group_of[key], ripe_after is None or as_of - row.at >= ripe_after)
        for row, each, key in zip(rows, cleaned, keys, strict=True)
    )
    found = sum((each.found for each in cleaned), Counter())
    return Material(tuple(messages), ripe_after, found, scrub is not as_it_is)


def disputed(messages: Iterable[Message]) -> frozenset[str]:
    """Keys of texts that have been given different labels: nobody can learn from them, or be tested by them."""
    labels: dict[str, set[str]] = {}
    for message in messages:
        labels.setdefault(message.key, set()).add(message.row.label)
    return frozenset(key for key, given in labels.items() if len(given) > 1)


def hold_out(material: Material, since: datetime | None) -> Holdout:
    """Keep messages for testing from `since` on, or (None) the newest 20% of the different ones."""
    first = material.first_seen()
    cut = _cut(_ripe_or_all(material), first) if since is None else since
    return Holdout(cut, frozenset(group for group, seen in first.items() if seen >= cut), since is None)


def _ripe_or_all(material: Material) -> Sequence[Message]:
    return [message for message in material.messages if message.is_ripe] or material.messages


def _cut(messages: Iterable[Message], first: Mapping[int, datetime]) -> datetime:
    different = {message.key: message.group for message in messages}
    times = sorted(first[group] for group in different.values())
    return times[min(math.ceil((1 - HELD_OUT) * len(times)), len(times) - 1)]


def _ripe_after(rows: Iterable[LabelledMessage], as_of: datetime) -> timedelta | None:
    counts = Counter((_bin(row.labelled_at - row.at), _bin(as_of - row.at)) for row in rows)
    cells = (DelayCell(delay, n, age=age) for (delay, age), n in counts.items())
    curve = Delays.of(SeenDelays.of(cells), timedelta(0)).pooled
    return curve.quantile(RIPE) if curve.n else None


def _bin(span: timedelta) -> int:
    return math.floor(math.log(max(span.total_seconds(), 1.0)) / LN_BASE)
