"""Simulated chatbots for benchmarks of alarms: predictions by the hour, labels that come hours to days later.

A stream is what tunewatch and its peers are both played: for each prediction the hour it was made in, the predicted and
the true class, the time its label arrives (never, for 40% of them) and its latency. It is restless as real ones are:
seven times as busy in the afternoon as at night, half as busy at weekends, slower when busy, and slow for hours on end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = ("urgent", "billing", "account", "cards", "other")
URGENT = 0
MIX = np.array([0.03, 0.32, 0.28, 0.22, 0.15])  # share of each true class
HARD_WEEKEND = np.array([0.03, 0.20, 0.17, 0.15, 0.45])  # where weekends bring more of the last class

PREDICTIONS_A_DAY = 600
LABELLED = 0.6
CORRECTED_AFTER = 72.0  # hours
MEDIAN_DELAY, DELAY_SIGMA = 18.0, 0.8  # hours; of the logarithm: 90% of the labels come within 50 h

BUSY, WEEKEND = 0.75, 0.5  # swing of the traffic about its mean over a day; traffic of Saturday and Sunday

MEDIAN_LATENCY, LATENCY_SIGMA = 900.0, 0.35  # ms; of the logarithm, within an hour
HOUR_SIGMA, SPELL_SIGMA, SPELL_MEMORY = 0.05, 0.06, 0.9  # of the logarithm: each hour's own, and that of slow spells
RUSH = 0.08  # of the logarithm, how much slower answers are in the busiest hour


@dataclass(frozen=True)
class Bot:
    """How well a bot does: the recall of urgent and of all other classes, false alarms of urgent, and its latency.

    `false_urgent` is the share of other messages that are taken for urgent; `slower` multiplies latencies. `last` is
    the recall of the last class, where it is not that of the others.
    """

    urgent: float = 0.92
    others: float = 0.92
    false_urgent: float = 0.004
    slower: float = 1.0
    last: float | None = None

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
            if true == size - 1 and self.last is not None:
                right = self.last
            table[true] = (1 - right) / (size - 1)
            table[true, true] = right
            if true != URGENT:
                wrong = [k for k in range(size) if k not in (true, URGENT)]
                table[true, URGENT] = self.false_urgent
                table[true, wrong] = (1 - right - self.false_urgent) / len(wrong)
        return table


@dataclass(frozen=True)
class Labelling:
    """Share of the predictions as urgent, and of all others, that get a label; and of the labels that are wrong.

    A wrong one names any class, as often as messages are of it, and is corrected CORRECTED_AFTER hours later.
    """

    urgent: float = LABELLED
    others: float = LABELLED
    wrong: float = 0.0


FAIR = Labelling()


@dataclass(frozen=True)
class Spell:
    """Hours in which a bot goes from `bot` to `until` (stays as it is where that is None)."""

    hours: int
    bot: Bot
    until: Bot | None = None


@dataclass(frozen=True)
class Stream:
    """Predictions in the order of time. `hour` counts from 0; `arrives` is in hours, infinite without a label.

    `first` is the class that the label names until it is `corrected` (in hours; infinite where it is right at once).
    """

    hours: int
    hour: Ints
    predicted: Ints
    true: Ints
    arrives: Floats
    first: Ints
    corrected: Floats
    latency: Floats = field(repr=False)  # ms


def simulate(
    spells: Sequence[Spell], rng: np.random.Generator, labelling: Labelling = FAIR, *, hard_weekends: bool = False
) -> Stream:
    """One bot's log over spells that follow each other; the mix at weekends is another one if they are hard."""
    parts: list[tuple[Ints, Ints, Ints, Floats]] = []
    pace = _Pace(sum(spell.hours for spell in spells), rng)
    began = 0
    for spell in spells:
        steps = spell.hours if spell.until is not None else 1
        for step in range(steps):
            bot = spell.bot if spell.until is None else spell.bot.towards(spell.until, (step + 0.5) / steps)
            length = spell.hours // steps
            parts.append(_play(bot, pace, slice(began, began + length), rng, hard_weekends=hard_weekends))
            began += length
    hour, predicted, true, latency = (np.concatenate(column) for column in zip(*parts, strict=True))
    at = hour + rng.random(hour.size)
    delay = MEDIAN_DELAY * np.exp(DELAY_SIGMA * rng.standard_normal(hour.size))
    chance = np.where(predicted == URGENT, labelling.urgent, labelling.others)
    arrives = np.where(rng.random(hour.size) < chance, at + delay, np.inf)
    wrong = rng.random(hour.size) < labelling.wrong
    first = np.where(wrong, rng.choice(MIX.size, hour.size, p=MIX), true)
    corrected = np.where(wrong, arrives + CORRECTED_AFTER, np.inf)
    return Stream(began, hour, predicted, true, arrives, first, corrected, latency)


class _Pace:
    """Traffic and slowness of each hour: `expected` predictions, and `slow`, which is added to the log of latencies."""

    def __init__(self, hours: int, rng: np.random.Generator) -> None:
        hour = np.arange(hours)
        swing = -np.cos(2 * np.pi * (hour - 3) / 24)  # least at 3 at night
        day = np.where(_at_weekend(hour), WEEKEND, 1.0)
        self.expected: Floats = PREDICTIONS_A_DAY / 24 * day * 7 / (5 + 2 * WEEKEND) * (1 + BUSY * swing)
        self.slow: Floats = RUSH * swing + HOUR_SIGMA * rng.standard_normal(hours) + _spells(hours, rng)


def _spells(hours: int, rng: np.random.Generator) -> Floats:
    """An autoregressive process of order one with standard deviation SPELL_SIGMA."""
    steps = SPELL_SIGMA * np.sqrt(1 - SPELL_MEMORY**2) * rng.standard_normal(hours)
    return np.fromiter(accumulate(steps, lambda last, step: SPELL_MEMORY * last + step), float)


def _at_weekend(hour: Ints) -> np.ndarray:
    return np.asarray(hour // 24 % 7 >= 5)  # noqa: PLR2004 - hour 0 is on a Monday


def _play(
    bot: Bot, pace: _Pace, span: slice, rng: np.random.Generator, *, hard_weekends: bool
) -> tuple[Ints, Ints, Ints, Floats]:
    counts = rng.poisson(pace.expected[span])
    hour = np.repeat(np.arange(span.start, span.stop), counts)
    true = rng.choice(MIX.size, hour.size, p=MIX)
    if hard_weekends:
        true = np.where(_at_weekend(hour), rng.choice(MIX.size, hour.size, p=HARD_WEEKEND), true)
    edges = np.cumsum(bot.confusion(), axis=1)[true]
    predicted = np.minimum((rng.random(hour.size)[:, None] > edges).sum(axis=1), MIX.size - 1)
    slow = np.repeat(pace.slow[span], counts)
    latency = MEDIAN_LATENCY * bot.slower * np.exp(slow + LATENCY_SIGMA * rng.standard_normal(hour.size))
    return hour, predicted, true, latency
