"""Simulated samples of rows: a bot with twelve topics, whose days may differ, and a thirteenth that may come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from checks.counts.study import StudySpan
from monitor.log.sampled import Samples, StudyRow

DAY: Final = timedelta(days=1)
END: Final = datetime(2026, 4, 6, tzinfo=UTC)
WINDOW, REFERENCE = 7, 28  # days
WEEKEND: Final = (0, 1)  # days before the end, which is a Monday
TOPICS: Final = 12
OWN_WORDS, COMMON_WORDS = 30, 400


@dataclass(frozen=True)
class World:
    """How days differ: `spread` is that of the log odds of a topic from day to day; `weekend` of its own mix."""

    name: str
    spread: float
    weekend: float


@dataclass(frozen=True)
class Story:
    """What happens: a `share` of the messages of the last `days` are of a new topic."""

    name: str
    world: World
    share: float = 0.0
    days: int = 0


CALM, BUSY = World("calm", 0.0, 0.0), World("busy", 0.3, 0.5)


def samples_of(story: Story, size: int, random: np.random.Generator) -> Samples:
    """`size` rows of the window, and as many of the reference."""
    base = random.normal(0, 0.5, TOPICS)
    weekend = random.normal(0, story.world.weekend, TOPICS)
    rows: list[StudyRow] = []
    for day, many in _rows_by_day(size):
        odds = base + weekend * (day % WINDOW in WEEKEND) + random.normal(0, story.world.spread, TOPICS)
        rows += [_row(story, odds, day, part, random) for part in np.sort(random.random(many))]
    window = StudySpan(END - WINDOW * DAY, END)
    reference = StudySpan(window.start - REFERENCE * DAY, window.start)
    now = tuple(row for row in rows if row.at >= window.start)
    return Samples(END, window, (reference,), now, tuple(row for row in rows if row.at < window.start))


def _rows_by_day(size: int) -> Iterator[tuple[int, int]]:
    """Days before the end (0 is the newest), and the rows of each."""
    for day in range(WINDOW):
        yield day, size // WINDOW
    for day in range(WINDOW, WINDOW + REFERENCE):
        yield day, size // REFERENCE


def _row(story: Story, odds: np.ndarray, day: int, part: float, random: np.random.Generator) -> StudyRow:
    shares = np.exp(odds)
    topic = int(random.choice(TOPICS, p=shares / shares.sum()))
    is_new = day < story.days and random.random() < story.share
    text = _message(TOPICS if is_new else topic, random)
    predicted = f"topic {int(random.integers(TOPICS)) if is_new else topic}"
    at = END - (day + 1 - part) * DAY
    return StudyRow(f"{day}-{part:.9f}", at, predicted, text=text, text_length=len(text))


def _message(topic: int, random: np.random.Generator) -> str:
    """Words of the topic among common ones, which follow Zipf's law."""
    own = [f"t{topic}w{int(word)}" for word in random.zipf(1.5, 4) % OWN_WORDS]
    common = [f"c{int(word)}" for word in random.zipf(1.2, 1 + random.poisson(7)) % COMMON_WORDS]
    return " ".join([*own, *common])
