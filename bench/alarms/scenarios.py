"""What the benchmark of alarms plays: healthy bots, and bots that get worse."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bench.alarms.playing import WARM_UP, WINDOW
from bench.alarms.streams import FAIR, Bot, Labelling, Spell, Stream, simulate
from checks.rules.accuracy import Accuracy
from checks.rules.accuracy_paradox import AccuracyParadox
from checks.rules.check import Check
from checks.rules.class_precision import ClassPrecision
from checks.rules.class_recall import ClassRecall
from checks.rules.latency import Latency
from checks.rules.registry import ROWS
from checks.statistics.alarm_budget import AlarmBudget

YEAR_HOURS = 8760
APART = 7 * 24  # hours; alarms closer than this are one incident, as `reopen_within` makes them
WATCHED = 28 * 24  # hours that a drop is watched for
HEALTHY = Bot()


@dataclass(frozen=True)
class Change:
    """What goes wrong, at once or over two weeks; `floor` is of the recall of urgent, `latency` if it slows down."""

    name: str
    bot: Bot
    floor: float = 0.80
    slowly: bool = False
    latency: bool = False


CHANGES = (
    Change("urgent recall .92 → .60", Bot(urgent=0.60)),
    Change("urgent recall .92 → .80, floor .85", Bot(urgent=0.80), floor=0.85),
    Change("accuracy -3 points", Bot(urgent=0.89, others=0.89)),
    Change("accuracy -10 points", Bot(urgent=0.82, others=0.82)),
    Change("urgent precision .88 → .58, floor .75", Bot(false_urgent=0.02)),
    Change("urgent recall .92 → .60 over two weeks", Bot(urgent=0.60), slowly=True),
    Change("p95 latency x1.3", Bot(slower=1.3), latency=True),
    Change("p95 latency x2", Bot(slower=2.0), latency=True),
)


@dataclass(frozen=True)
class Calm:
    """A healthy bot, the floor of its recall of urgent, and how its answers are labelled."""

    name: str
    bot: Bot
    floor: float = 0.80
    labelling: Labelling = FAIR
    hard_weekends: bool = False


CALM = (
    Calm("recall .92, floor .80", Bot()),
    Calm("recall .82, floor .80", Bot(urgent=0.82)),
    Calm("recall .80, floor .80", Bot(urgent=0.80)),
)


def quality(floor: float, budget: float = 1.0) -> tuple[Check, ...]:
    """The checks of the quality family, with the shares of the budget (false alarms a year) that the daemon gives."""
    floors, part = (("urgent", floor),), _parts(budget)
    return (
        Accuracy(0.85, 0.60, 0.03, part["accuracy"]),
        ClassRecall(floors, None, 0.10, part["class_recall"]),
        ClassPrecision((("urgent", 0.75),), None, 0.10, part["class_precision"]),
        AccuracyParadox(0.85, 0.50, floors, part["accuracy_paradox"]),
    )


def latency(budget: float = 1.0) -> tuple[Check, ...]:
    """The latency check, without limits of its own."""
    return (Latency((), 1.3, _parts(budget)["latency"]),)


def _parts(budget: float) -> dict[str, AlarmBudget]:
    return {row.name: AlarmBudget(budget).part(row.false_alarms) for row in ROWS if row.false_alarms is not None}


LABELS = (
    Calm("five labels where urgent was predicted for one elsewhere", Bot(), labelling=Labelling(0.9, 0.18)),
    Calm("the same, recall .82", Bot(urgent=0.82), labelling=Labelling(0.9, 0.18)),
    Calm("a fiftieth of the labels wrong for three days", Bot(), labelling=Labelling(wrong=0.02)),
)

WEEKENDS = (Calm("a hard class three times as common at weekends", Bot(last=0.75), hard_weekends=True),)


def healthy_stream(calm: Calm, seed: int) -> Stream:
    """A year in which nothing happens, after the warm-up."""
    own = [*CALM, *LABELS, *WEEKENDS].index(calm)
    chance = np.random.default_rng([1, seed, own] if own else [1, seed])
    spell = Spell(WARM_UP + YEAR_HOURS, calm.bot)
    return simulate([spell], chance, calm.labelling, hard_weekends=calm.hard_weekends)


def onset(seed: int) -> int:
    """Hour of a change: any of a week."""
    return WARM_UP + seed * 37 % WINDOW


def changed_stream(change: Change, seed: int) -> Stream:
    """A healthy bot that changes at the onset."""
    spells = [Spell(onset(seed), HEALTHY)]
    if change.slowly:
        spells += [Spell(WATCHED // 2, HEALTHY, change.bot), Spell(WATCHED // 2, change.bot)]
    else:
        spells.append(Spell(WATCHED, change.bot))
    return simulate(spells, np.random.default_rng([2, seed]))


def incidents(hours: Iterable[float]) -> list[float]:
    """Alarming looks, as the first hours of incidents."""
    first: list[float] = []
    last = -np.inf
    for hour in sorted(hours):
        if hour - last > APART:
            first.append(hour)
        last = hour
    return first
