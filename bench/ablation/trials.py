"""Mechanisms that a look at labels does not have: latency, traffic, scores, estimates before labels, and the queue.

Each is played with it and without it; the worlds and their sizes are in `bench.ablation.worlds`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bench.ablation.latencies import LATENCIES, TRAFFIC, play_latency, play_traffic
from bench.ablation.outcome import Covered, Outcome
from bench.ablation.worlds import FALSE_ALARMS, QUEUES, SCORED_DAYS, SCORED_WEEKS, UNLABELLED_DAYS, WINDOWS
from bench.alarms.scenarios import incidents
from bench.estimates import label_queue
from bench.estimates.before_labels import CLASSES, Rows, Score, Story, Stream, draw_stream, ours, score, truth_of
from bench.estimates.label_queue import Case
from bench.estimates.relevance import DAY, MEAN, World, scored_windows
from checks.before_labels.learned import Learned
from checks.before_labels.powered import Expected, Powered
from checks.before_labels.strata import Strata
from checks.counts.scores import Scores
from checks.estimates.cycle_data import Measured
from checks.rules.registry import row_of
from checks.rules.relevance import Relevance
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import Proportion
from tests.support.queue_bots import Bot

Outcomes = dict[str, Outcome]


@dataclass(frozen=True)
class Trial:
    """A mechanism with a play of its own, which gives what came out by mechanism, with all on under an empty name."""

    name: str
    page: str
    off: str
    world: str
    play: Callable[[float], Outcomes]


class Agreeing(Scores):
    """Scores whose days are taken to agree."""

    @classmethod
    def like(cls, scores: Scores) -> "Agreeing":
        """The same scores."""
        return cls(scores.groups, scores.group, scores.bucket, scores.n, scores.total, scores.squares, scores.low)

    def rows(self, kept: np.ndarray) -> Scores:
        """Some rows, of the same kind."""
        return self.like(super().rows(kept))

    def _effect(self, total: np.ndarray, squares: np.ndarray) -> float:  # noqa: ARG002 - what it stands in for
        return 1.0


def play_scores(part: float) -> Outcomes:
    """Two hundred scores a day by a judge, whose days differ."""
    world = World("days differ", 200, 4, day_sd=0.2)
    odds = float(np.log(MEAN / (1 - MEAN)))
    many = 1 / (1 + np.exp(-np.random.default_rng(8).normal(odds, world.day_sd, 400_000)))
    return {
        name: _scores(world, odds, float(many.mean()), kind, part)
        for name, kind in (("", Scores), ("design effect of days on scores", Agreeing))
    }


def _scores(world: World, odds: float, truth: float, kind: type[Scores], part: float) -> Outcome:
    def drawn(rng: np.random.Generator, days: int) -> Scores:
        scores = world.draw(rng, np.full(24 * days, odds))
        return Agreeing.like(scores) if kind is Agreeing else scores

    held, rng = [], np.random.default_rng(9)
    for _ in range(max(round(SCORED_WEEKS * part), 2)):
        share = drawn(rng, 7).mean(drawn(rng, 28).day_effect)
        assert share is not None  # noqa: S101 - there are 1,400 scores
        low, high = share.interval()
        held.append((low <= truth <= high, high - low))
    days = max(round(SCORED_DAYS * part), 2)
    scores, check = drawn(rng, days + 35), Relevance(None, None, 0.05, _budget("relevance"))
    alarms = [
        at / DAY * 24
        for at in range(35 * DAY, (35 + days) * DAY, DAY // 2)
        if any(found.verdict.is_alarm for found in check.run(Measured(scored_windows(scores, at))))
    ]
    covered = Covered("mean", *(float(each) for each in np.mean(held, axis=0)))
    return Outcome(len(incidents(alarms)) / (days / 365), len(alarms) / (2 * days), covered=(covered,))


def play_refusal(part: float) -> Outcomes:
    """Days without labels, half of them of a bot whose confidences broke."""
    streams = list(_streams((Story.CALIBRATED, Story.BROKEN), part))
    return {"": _estimates(streams, ours), "refusal of estimates before labels": _estimates(streams, _always)}


def play_learned(part: float) -> Outcomes:
    """Days without labels of a bot that is surer than it should be, and always was."""
    streams = list(_streams((Story.OVERCONFIDENT,), part))
    believed = [replace(stream, past=_believed(stream.past, number)) for number, stream in enumerate(streams)]
    return {"": _estimates(streams, _always), "calibration that is learned": _estimates(believed, _always)}


def _streams(stories: tuple[Story, ...], part: float) -> Iterator[Stream]:
    for story in stories:
        for number in range(max(round(UNLABELLED_DAYS * part), 1)):
            yield draw_stream(story, 0.0, number)


def _always(stream: Stream) -> tuple[tuple[float, float, float] | None, ...]:
    """The estimates of today, whatever labels say of what was learned."""
    powered = Powered(Learned.of(Strata.of(stream.past.cells(), CLASSES)), Strata.of(stream.today.cells(), CLASSES))
    return tuple(map(_guess, (powered.accuracy(), powered.recall("urgent"), powered.precision("urgent"))))


def _guess(share: Expected | None) -> tuple[float, float, float] | None:
    return None if share is None else (share.value, *share.interval())


def _believed(past: Rows, seed: int) -> Rows:
    """A past whose answers were right as often as their confidence says."""
    rng = np.random.default_rng([10, seed])
    right = rng.random(past.truth.size) < past.confidence
    other = (past.predicted + rng.integers(1, len(CLASSES), past.truth.size)) % len(CLASSES)
    return replace(past, truth=np.where(right, past.predicted, other))


def _estimates(
    streams: list[Stream], estimate: Callable[[Stream], tuple[tuple[float, float, float] | None, ...]]
) -> Outcome:
    pairs = [(estimate(stream), truth_of(stream.today)) for stream in streams]
    scores = {
        name: score((guess[k], truth[k]) for guess, truth in pairs) for k, name in enumerate(("accuracy", "recall"))
    }
    return Outcome(covered=tuple(_covered(name, one) for name, one in scores.items()))


def _covered(name: str, one: Score) -> Covered:
    return Covered(f"{name}, given {one.given:.0%}", one.coverage, one.width)


def play_allocation(part: float) -> Outcomes:
    """A week of which 200 predictions are labelled, by the queue or at random."""
    case = Case("as before", Bot(0.80), 0.80, Bot(0.80))
    row = label_queue.simulate(case, max(round(QUEUES * part), 1), figures=("recall", "accuracy"))
    ways = {"": row.queue, "Neyman's allocation of a queue": row.random}
    return {
        name: Outcome(covered=tuple(Covered(figure, one.coverage, one.width) for figure, one in way.items()))
        for name, way in ways.items()
    }


def play_jeffreys(part: float) -> Outcomes:
    """Fair samples of 5 to 100 labels, of shares of 0.80 to 0.99."""
    rng = np.random.default_rng(12)
    draws = [
        (share, n, rng.binomial(n, share) / n)
        for _ in range(max(round(WINDOWS * part), 1))
        for share in (0.80, 0.92, 0.99)
        for n in (5, 10, 30, 100)
    ]
    ways: Mapping[str, Callable[[float, int], tuple[float, float]]] = {
        "": lambda value, n: Proportion(value, n, n).interval(),
        "Jeffreys' interval": _wald,
    }
    return {name: Outcome(covered=(_held(draws, way),)) for name, way in ways.items()}


def _wald(value: float, n: int) -> tuple[float, float]:
    reach = 1.96 * float(np.sqrt(value * (1 - value) / n))
    return value - reach, value + reach


def _held(draws: list[tuple[float, int, float]], way: Callable[[float, int], tuple[float, float]]) -> Covered:
    bounds = [(share, *way(value, n)) for share, n, value in draws]
    return Covered(
        "share",
        float(np.mean([low <= share <= high for share, low, high in bounds])),
        float(np.mean([high - low for _, low, high in bounds])),
    )


def _budget(check: str) -> AlarmBudget:
    return AlarmBudget(FALSE_ALARMS * (row_of(check).false_alarms or 0.0))


_CLUSTERS, _SPELLS, _WORTH, _SLOWEST = list(LATENCIES)[1:]
_WEEKS, _SPREAD = list(TRAFFIC)[1:]
_HOURS = "slow hours in rows, some very slow; p95 x1.3 and x2"
_BUSY = "weekends a tenth as busy, days that differ by a fifth"

TRIALS: Final = (
    Trial(_CLUSTERS, "latency", "answers are independent", _HOURS, play_latency),
    Trial(_SPELLS, "latency", "windows of a day and more alone", _HOURS, play_latency),
    Trial(_WORTH, "latency", "answers of a spell are independent", _HOURS, play_latency),
    Trial(_SLOWEST, "latency", "it counts", _HOURS, play_latency),
    Trial(_WEEKS, "false_alarms", "against the same hours of earlier days", _BUSY, play_traffic),
    Trial(_SPREAD, "false_alarms", "counts are Poisson", _BUSY, play_traffic),
    Trial("design effect of days on scores", "relevance", "days agree", "200 scores a day, days differ", play_scores),
    Trial(
        "refusal of estimates before labels",
        "before_labels",
        "they are always given",
        "confidences hold, then break",
        play_refusal,
    ),
    Trial(
        "calibration that is learned",
        "before_labels",
        "confidences mean what they say",
        "a bot that is always too sure",
        play_learned,
    ),
    Trial(
        "Neyman's allocation of a queue",
        "label_queue",
        "labels at random",
        "a week with 200 labels to ask for",
        play_allocation,
    ),
    Trial("Jeffreys' interval", "intervals", "value ± 1.96 standard errors", "fair samples of 5 to 100", play_jeffreys),
)
"""What has no switch in a look at labels."""

PLAYS: Final = {trial.play.__name__: trial.play for trial in TRIALS}
"""Each play once, as several mechanisms share it."""
