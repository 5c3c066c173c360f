"""Makes the log of a chatbot: predictions, and labels that come late, to some of them, and are sometimes corrected."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.demo.bots import DAYS, END, MODEL, START, Bot, Prompt
from monitor.demo.texts import SLOTS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Times = NDArray[np.datetime64]
Words = NDArray[np.object_]
Columns = Mapping[str, NDArray[Any]]
"""Columns of a table by name, all of one length; times are UTC in microseconds."""

HOUR = 3_600_000_000  # microseconds
MEDIAN_DELAY = 18.0  # hours from a prediction to its label
DELAY_SPREAD = 0.8  # sigma of ln(delay): nine of ten labels come within 5 to 67 hours
CORRECTED = 0.01  # share of labels that a later row corrects
LATENCY_SPREAD = 0.35  # sigma of ln(latency): p95 is 1.8 times the median

# Relative traffic by hour of the day and day of the week (Monday first).
BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 10, 10, 11, 11, 10, 9, 9, 8, 7, 6, 4, 3)
BY_WEEKDAY = (1.15, 1.1, 1.05, 1.05, 1.1, 0.8, 0.75)


@dataclass(frozen=True, slots=True)
class BotLog:
    """The columns of both logs, in the order in which rows were written.

    `truth` is the true class of every prediction, which no log knows.
    """

    bot: Bot
    predictions: Columns
    labels: Columns
    truth: Words


def simulate(bot: Bot) -> BotLog:
    """Make the whole log of `bot`. The same bot gives the same log, row by row."""
    rng = np.random.default_rng(bot.seed)
    at = _arrivals(bot.per_day, rng)
    truth = rng.choice(len(bot.classes), size=len(at), p=list(bot.shares.values()))
    predicted = _answers(bot, at, truth, rng)
    names = np.array(bot.classes, dtype=object)
    ids = np.array([f"{bot.name}-{number:06d}" for number in range(len(at))], dtype=object)
    text = _messages(bot, truth, rng)
    predictions = {
        "prediction_id": ids,
        "ts": at,
        "model_version": np.full(len(at), MODEL, dtype=object),
        "prompt_version": np.array([bot.prompts[index].version for index in _prompt_at(bot, at)], dtype=object),
        "text": text,
        "predicted": names[predicted],
        "confidence": _confidence(predicted == truth, rng),
        "latency_ms": np.round(bot.slowness * rng.lognormal(0.0, LATENCY_SPREAD, len(at)), 1),
        "prompt_tokens": 320 + np.array([len(message) // 4 for message in text], dtype=np.int64),
        "completion_tokens": rng.integers(9, 40, len(at)),
    }
    return BotLog(bot, predictions, _labels(bot, ids, at, truth, predicted, rng), names[truth])


def _arrivals(per_day: int, rng: np.random.Generator) -> Times:
    """Times in order: a Poisson number for each hour, even within the hour."""
    hours = np.arange(DAYS * 24)
    rate = np.array(BY_HOUR)[hours % 24] * np.array(BY_WEEKDAY)[hours // 24 % 7]
    count = rng.poisson(rate / rate.mean() * per_day / 24)
    offsets = np.repeat(hours, count) * HOUR + rng.integers(0, HOUR, count.sum())
    return np.sort(offsets) + _microseconds(START)


def _microseconds(moment: datetime) -> np.datetime64:
    """Numpy keeps times without a zone; here they are all UTC."""
    return np.datetime64(moment.replace(tzinfo=None), "us")


def _prompt_at(bot: Bot, at: Times) -> Ints:
    """For each time, which of the bot's prompts was in use."""
    changes = np.array([_microseconds(prompt.since) for prompt in bot.prompts[1:]], dtype="datetime64[us]")
    return np.searchsorted(changes, at, side="right")


def _answers(bot: Bot, at: Times, truth: Ints, rng: np.random.Generator) -> Ints:
    """Draw the predicted class of each message from the confusion of the prompt that was in use."""
    confusion = np.stack([_confusion(bot.classes, prompt) for prompt in bot.prompts])
    # The bounds between classes; the last class needs none, and its own could be a rounding error below 1.
    bounds = np.cumsum(confusion, axis=2)[_prompt_at(bot, at), truth, :-1]
    drawn: Ints = (rng.random((len(at), 1)) >= bounds).sum(axis=1)
    return drawn


def _confusion(classes: Sequence[str], prompt: Prompt) -> Floats:
    """P(predicted | true), one row for each true class."""
    rows = np.zeros((len(classes), len(classes)))
    for row, true in enumerate(classes):
        recall = prompt.recall.get(true, prompt.usual_recall)
        others = prompt.mistaken_for.get(true, {name: 1.0 for name in classes if name != true})
        weights = np.array([others.get(name, 0.0) for name in classes])
        rows[row] = (1 - recall) * weights / weights.sum()
        rows[row, row] = recall
    return rows


def _confidence(right: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """What the bot says of itself, in [0, 1]: hardly lower where it is wrong, as such scores are."""
    drawn: Floats = np.where(right, rng.beta(14, 1.2, len(right)), rng.beta(9, 1.8, len(right)))
    return drawn.round(4)


def _messages(bot: Bot, truth: Ints, rng: np.random.Generator) -> Words:
    """A message for each true class, from its templates."""
    templates = [bot.messages[name] for name in bot.classes]
    draws = rng.random((len(truth), 4))
    return np.array(
        [_message(templates[true], row) for true, row in zip(truth.tolist(), draws.tolist(), strict=True)], dtype=object
    )


def _message(templates: Sequence[str], draws: Sequence[float]) -> str:
    """Fill one template; `draws` in [0, 1) pick the template and the word of each of its at most three slots."""
    template = templates[int(draws[0] * len(templates))]
    for slot, draw in zip(re.findall(r"{(\w+)}", template), draws[1:], strict=False):
        template = template.replace(f"{{{slot}}}", SLOTS[slot][int(draw * len(SLOTS[slot]))])
    return template[0].upper() + template[1:]


def _labels(bot: Bot, ids: Words, at: Times, truth: Ints, predicted: Ints, rng: np.random.Generator) -> Columns:
    """Label rows in order of their own time; what would come after the end of the log is not there yet."""
    share = np.array([bot.labelled.get(name, bot.usually_labelled) for name in bot.classes])
    chosen = np.flatnonzero(rng.random(len(at)) < share[predicted])
    first_at = at[chosen] + _delays(len(chosen), rng)
    corrected = rng.random(len(chosen)) < CORRECTED
    # A slip of the labeller: the next class in the list, until somebody notices.
    first = np.where(corrected, (truth[chosen] + 1) % len(bot.classes), truth[chosen])
    again_at = first_at[corrected] + _delays(int(corrected.sum()), rng)

    row_at = np.concatenate([first_at, again_at])
    order = np.argsort(row_at, kind="stable")
    order = order[row_at[order] < _microseconds(END)]
    names = np.array(bot.classes, dtype=object)
    return {
        "prediction_id": np.concatenate([ids[chosen], ids[chosen[corrected]]])[order],
        "label": names[np.concatenate([first, truth[chosen[corrected]]])[order]],
        "labelled_at": row_at[order],
    }


def _delays(n: int, rng: np.random.Generator) -> NDArray[np.timedelta64]:
    """How long people take to label a message."""
    hours = MEDIAN_DELAY * rng.lognormal(0.0, DELAY_SPREAD, n)
    return (hours * HOUR).astype("timedelta64[us]")
