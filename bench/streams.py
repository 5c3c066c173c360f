"""Simulated chatbots for benchmarks of alarms: predictions by the hour, labels that come hours to days later.

A stream is what tunewatch and its peers are both played: for each prediction the hour it was made in, the predicted and
the true class, the time its label arrives (never, for 40% of them) and its latency.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = ("urgent", "billing", "account", "cards", "other")
URGENT = 0
MIX = np.array([0.03, 0.32, 0.28, 0.22, 0.15])  # share of each true class

PREDICTIONS_A_DAY = 600
LABELLED = 0.6
MEDIAN_DELAY, DELAY_SIGMA = 18.0, 0.8  # hours; of the logarithm: 90% of the labels come within 50 h

MEDIAN_LATENCY, LATENCY_SIGMA, HOUR_SIGMA = (
    900.0,
    0.35,
    0.05,
)  # ms; of the logarithm, within an hour and from hour to hour


@dataclass(frozen=True)
class Bot:
    """How well a bot does: the recall of urgent and of all other classes, false alarms of urgent, and its latency.

    `false_urgent` is the share of other messages that are taken for urgent; `slower` multiplies latencies.
    """

    urgent: float = 0.92
    others: float = 0.92
    false_urgent: float = 0.004
    slower: float = 1.0

    def towards(self, other: "Bot", part: float) -> "Bot":
        """A bot that is a part in [0, 1] of the way to another one."""
        names = ("urgent", "others", "false_urgent", "slower")
        return replace(self, **{n: getattr(self, n) + part * (getattr(other, n) - getattr(self, n)) for n in names})

    def confusion(self) -> Floats:
        """Share of each prediction (columns) for each true class (rows); rows sum to 1."""
        size = len(CLASSES)
        table = np.zeros((size, size))
        for true in range(size):
            right = self.urgent if true == URGENT else self.others
            table[true] = (1 - right) / (size - 1)
            table[true, true] = right
            if true != URGENT:
                wrong = [k for k in range(size) if k not in (true, URGENT)]
                table[true, URGENT] = self.false_urgent
                table[true, wrong] = (1 - right - self.false_urgent) / len(wrong)
        return table


@dataclass(frozen=True)
class Spell:
    """Hours in which a bot goes from `bot` to `until` (stays as it is where that is None)."""

    hours: int
    bot: Bot
    until: Bot | None = None


@dataclass(frozen=True)
class Stream:
    """Predictions in the order of time. `hour` counts from 0; `arrives` is in hours, infinite without a label."""

    hours: int
    hour: Ints
    predicted: Ints
    true: Ints
    arrives: Floats
    latency: Floats = field(repr=False)  # ms


def simulate(spells: Sequence[Spell], rng: np.random.Generator) -> Stream:
    """One bot's log over spells that follow each other."""
    parts: list[tuple[Ints, Ints, Ints, Floats]] = []
    began = 0
    for spell in spells:
        steps = spell.hours if spell.until is not None else 1
        for step in range(steps):
            bot = spell.bot if spell.until is None else spell.bot.towards(spell.until, (step + 0.5) / steps)
            length = spell.hours // steps
            parts.append(_play(bot, began, length, rng))
            began += length
    hour, predicted, true, latency = (np.concatenate(column) for column in zip(*parts, strict=True))
    at = hour + rng.random(hour.size)
    delay = MEDIAN_DELAY * np.exp(DELAY_SIGMA * rng.standard_normal(hour.size))
    arrives = np.where(rng.random(hour.size) < LABELLED, at + delay, np.inf)
    return Stream(began, hour, predicted, true, arrives, latency)


def _play(bot: Bot, began: int, hours: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Floats]:
    counts = rng.poisson(PREDICTIONS_A_DAY / 24, hours)
    hour = np.repeat(np.arange(began, began + hours), counts)
    true = rng.choice(MIX.size, hour.size, p=MIX)
    edges = np.cumsum(bot.confusion(), axis=1)[true]
    predicted = np.minimum((rng.random(hour.size)[:, None] > edges).sum(axis=1), MIX.size - 1)
    shared = np.repeat(HOUR_SIGMA * rng.standard_normal(hours), counts)  # answers of one hour are slow together
    latency = MEDIAN_LATENCY * bot.slower * np.exp(shared + LATENCY_SIGMA * rng.standard_normal(hour.size))
    return hour, predicted, true, latency
