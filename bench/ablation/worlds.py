"""The worlds, and how much of each is played. They were fixed before any result was seen, and so was the verdict."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bench.alarms.streams import Bot
from tests.support.label_policies import three_days_later, wrong_first
from tests.support.late_labels import LABELLED, MEDIAN_DELAY, URGENT, Labelling, Log, Policy, usual

FALSE_ALARMS: Final = 12.0
"""A year, which the monitor is set to: at the usual one a year hardly any would be seen in the days that are played."""

WARM_UP: Final = 70
"""Days before anything is judged: a window, a reference, and older time."""

HEALTHY: Final = 30
"""Days of a healthy bot, looked at once a day, an hour later each day; labels change at their beginning."""

HEALTHY_LOGS: Final = 3
"""Logs of that length for each world."""

FALLS: Final = 8
"""Onsets of each fall, spread over the hours of a week, looked at every LOOK hours until it is told of."""

WATCHED, LOOK = 21, 12
"""Days that a fall is watched for, and hours between looks."""

WINDOWS: Final = 400
"""Single windows of each world of intervals."""

QUEUES: Final = 60
"""Single windows of each world of label queues."""

LATENCY_DAYS, LATENCY_FALLS = 30, 10
"""Days of a healthy bot and onsets, looked at every hour; watched for three days."""

SCORED_WEEKS, SCORED_DAYS = 100, 180
"""Weeks whose intervals of relevance are looked at, and days of a healthy bot, looked at twice a day."""

UNLABELLED_DAYS: Final = 60
"""Days that are estimated before their labels come, for each state of the confidences."""

TRAFFIC_DAYS: Final = 365
"""Days of usual traffic, looked at every 6 hours."""

HEALTHY_BOT: Final = Bot(urgent=0.95, others=0.93)


@dataclass(frozen=True)
class Fall:
    """A bot that got worse at once; where it `lasts` so many days, what counts is how long it is told of afterwards."""

    name: str
    bot: Bot
    lasts: int | None = None


RECALL_FALL: Final = Fall("recall .95 → .75", replace(HEALTHY_BOT, urgent=0.75))
ACCURACY_FALL: Final = Fall("accuracy -5 points", replace(HEALTHY_BOT, urgent=0.90, others=0.88))
PRECISION_FALL: Final = Fall("precision .87 → .60", replace(HEALTHY_BOT, false_urgent=0.02))


SMALL_FALL: Final = Fall("accuracy -3 points", replace(HEALTHY_BOT, urgent=0.92, others=0.90))
RECALL_BY_THE_MARGIN: Final = Fall("recall .95 → .84", replace(HEALTHY_BOT, urgent=0.84))
REPAIRED: Final = Fall("after ten days of recall .75: until it is over", replace(HEALTHY_BOT, urgent=0.75), lasts=10)


@dataclass(frozen=True)
class World:
    """A chatbot's log.

    Labels come by `before` until the healthy days (or the fall) begin, and by `after` from then on, when `mix` has the
    shares of the true classes. A part `wrong` of the labels names another class for three days. `new_version` says that
    a fall comes with a version of its own.
    """

    name: str
    a_day: float = 600.0
    before: Policy = usual
    after: Policy | None = None
    wrong: float = 0.0
    hard_weekends: bool = False
    mix: tuple[float, ...] | None = None
    new_version: bool = False
    bot: Bot = HEALTHY_BOT
    falls: tuple[Fall, ...] = (RECALL_FALL, ACCURACY_FALL)


def five_to_one(log: Log) -> Labelling:
    """Where urgent was predicted people label five times as often."""
    return Labelling(np.where(log.predicted == URGENT, 0.9, 0.18), np.full(log.at.size, MEDIAN_DELAY))


def unsure_oftener(log: Log) -> Labelling:
    """The less sure an answer, the oftener it is labelled; from a band to the next by a sixth."""
    return Labelling(np.clip(0.95 - 0.14 * log.band, 0.08, 1.0), np.full(log.at.size, MEDIAN_DELAY))


def thin(log: Log) -> Labelling:
    """Three of ten are labelled, whatever they are."""
    return Labelling(np.full(log.at.size, LABELLED / 2), np.full(log.at.size, MEDIAN_DELAY))


def complaints(log: Log) -> Labelling:
    """Wrong answers are labelled three times as often as right ones: what statistics can mend of that is little."""
    return Labelling(np.where(log.predicted == log.true, 0.3, 0.9), np.full(log.at.size, MEDIAN_DELAY))


BROKEN: Final = (
    Fall("accuracy .93 → .50", replace(HEALTHY_BOT, urgent=0.50, others=0.50)),
    Fall("recall .95 → .10", replace(HEALTHY_BOT, urgent=0.10)),
)
OF_ANOTHER_CLASS: Final = Fall("recall of a class without a floor .93 → .80", replace(HEALTHY_BOT, last=0.80))

PLAIN: Final = World("plain")
BIASED: Final = World("biased labels: predicted urgent 5:1", before=five_to_one)
UNSURE: Final = World("biased labels: unsure answers first", before=unsure_oftener)
COMPLAINTS: Final = World("complaints: wrong answers 3:1 from now on", before=thin, after=complaints)
LATE: Final = World("late labels: 3 days more from now on", after=three_days_later)
HASTENED: Final = World("wrong answers labelled at once from now on", after=wrong_first)
CORRECTED: Final = World("2% of the labels wrong for three days", wrong=0.02)
WEEKENDS: Final = World(
    "weekends bring three times as many hard messages", hard_weekends=True, bot=replace(HEALTHY_BOT, last=0.75)
)
QUIET: Final = World("20 messages a day", a_day=20.0)
VERSION: Final = World("a new version is worse", new_version=True)
SMALL: Final = World("a small fall", falls=(SMALL_FALL, RECALL_BY_THE_MARGIN))
HARDER: Final = World(
    "hard messages three times as common from now on",
    mix=(0.03, 0.20, 0.17, 0.15, 0.45),
    bot=replace(HEALTHY_BOT, last=0.75),
    falls=(),
)
RARER: Final = World("urgent a third as common from now on", mix=(0.01, 0.33, 0.29, 0.22, 0.15), falls=())
REPAIR: Final = World("a fall, repaired", falls=(REPAIRED,))
PRECISE: Final = World("more false alarms of urgent", falls=(PRECISION_FALL,))
BREAKDOWN: Final = World("a breakdown", falls=BROKEN)
QUIET_BREAKDOWN: Final = World("a breakdown at 20 messages a day", a_day=20.0, falls=BROKEN)
ANOTHER_CLASS: Final = World("a class without a floor gets worse", falls=(OF_ANOTHER_CLASS,))
NEW_REPAIR: Final = World("a fall, repaired by a new version", new_version=True, falls=(REPAIRED,))

LOGS: Final = (
    PLAIN,
    BIASED,
    UNSURE,
    COMPLAINTS,
    LATE,
    HASTENED,
    CORRECTED,
    WEEKENDS,
    QUIET,
    VERSION,
    PRECISE,
    SMALL,
    HARDER,
    RARER,
    REPAIR,
    BREAKDOWN,
    QUIET_BREAKDOWN,
    ANOTHER_CLASS,
    NEW_REPAIR,
)
"""Worlds that are looked at day by day. HARDER, RARER and the fall of recall by its margin came after a first play, in
which no world reached the mechanisms that are for them; the last four came after a second one, which had no great fall,
none of a class that the windows alone guard, and no repair by a new version."""


@dataclass(frozen=True)
class Rule:
    """When a mechanism is said to pay. All differences are of the same logs, played with it and without it."""

    alarms: float = 3.0  # false alarms a year more, and
    alarms_ratio: float = 1.25  # times as many
    looks: float = 0.05  # or so much more of the looks alarm
    days: float = 0.5  # days later in the median, and
    days_ratio: float = 1.25  # times as late
    points: float = 0.02  # less of the intervals hold the truth, where that is then less than
    least: float = 0.93
    width: float = 1.10  # times as wide intervals that cover no better


RULE: Final = Rule()
