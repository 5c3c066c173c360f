"""Mechanisms that a look at labels does not have: latency, traffic, scores, estimates before labels, and the queue.

Each trial is played with its mechanism and without it; the worlds and their sizes are in `bench.ablation.worlds`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench.ablation.outcome import Outcome


@dataclass(frozen=True)
class Trial:
    """A mechanism with a play of its own: `play` says what came out with it (True) and without it."""

    name: str
    page: str
    off: str
    world: str
    play: Callable[[bool], Outcome]


PLANNED: Final = (
    ("hours count as clusters of latency", "latency", "answers are independent", "slow hours in rows; p95 x1.3, x2"),
    ("spells of the last hours", "latency", "windows of a day and more alone", "slow hours in rows; p95 x1.3, x2"),
    (
        "what earlier spells say of a spell's worth",
        "latency",
        "answers of a spell are independent",
        "slow hours in rows; p95 x1.3, x2",
    ),
    ("the slowest hour does not count", "latency", "it counts", "slow hours in rows, one hour in 200 four times as slow"),
    ("traffic against the same hours of earlier weeks", "false_alarms", "of earlier days", "weekends half as busy"),
    ("traffic's own spread", "false_alarms", "counts are Poisson", "days that differ by a fifth"),
    ("design effect of days on scores", "relevance", "days agree", "200 scores a day, days differ"),
    ("refusal of estimates before labels", "before_labels", "they are always given", "confidences hold, and break"),
    ("calibration that is learned", "before_labels", "confidences mean what they say", "over-confident bot"),
    ("Neyman's allocation of a queue", "label_queue", "labels at random", "week with 200 labels to ask for"),
    ("Jeffreys' interval", "intervals", "value ± 1.96 standard errors", "fair samples of 5 to 100 labels"),
    ("difference in differences of prompts", "advice", "the segment's own fall", "harder messages for all"),
)
"""Name, page, how it is switched off, world."""
