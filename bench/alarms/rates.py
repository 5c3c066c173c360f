"""False alarms and delays of tunewatch's checks and of their peers, on the same simulated streams.

    python -m bench.alarms.rates --part healthy --keep FILE    # false incidents of healthy bots, a year at a time
    python -m bench.alarms.rates --part labels  --keep FILE    # the same with labels that are biased, or corrected
    python -m bench.alarms.rates --part weekends --keep FILE   # healthy bots whose weekends bring harder messages
    python -m bench.alarms.rates --part delays  --keep FILE    # how long changes for the worse take to be seen
    python -m bench.alarms.rates --part coarse                 # that coarse looks lose no alarm
    python -m bench.alarms.rates --part report  --keep FILE    # the tables
    python -m bench.alarms.rates_of_peers                      # NannyML's, Evidently's and river's rules

A bot answers 600 messages a day, 3% of them urgent; 60% are labelled, after a median of 18 hours, and it is looked at
every 15 minutes. FILE has a line of
JSON for each year or onset that is done, and what it has is not done again.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from bench.alarms.playing import REFERENCE, WARM_UP, Alarm, alarms
from bench.alarms.rate_tables import report
from bench.alarms.scenarios import (
    CALM,
    CHANGES,
    LABELS,
    WATCHED,
    WEEKENDS,
    YEAR_HOURS,
    Calm,
    Change,
    changed_stream,
    healthy_stream,
    latency,
    onset,
    quality,
)
from bench.alarms.streams import Floats, Stream
from bench.tables import add_write

HOURLY = 1.0  # hours between looks at latency, which is counted by the hour

COARSE = 12.0
"""Hours between coarse looks at quality: of a healthy year nearly all looks are far from alarming."""

WIDE = 20.0
"""Times the budget that coarse looks are given. Where one alarms even so, all looks beside it are made in earnest."""


@dataclass(frozen=True)
class Task:
    """One year or onset to play.

    `step` is in hours between looks, `budget` in false alarms a year, `reference` in days.
    """

    part: str
    step: float
    budget: float
    reference: int
    name: str = ""
    seed: int = 0


def healthy_year(calm: Calm, task: Task) -> list[Alarm]:
    """Alarms of the quality checks in a year of a healthy bot."""
    looks = np.arange(WARM_UP, WARM_UP + YEAR_HOURS, task.step)
    stream = healthy_stream(calm, task.seed)
    hours = 24 * task.reference
    worth = near(stream, calm.floor, looks, task.budget, hours)
    return list(alarms(stream, quality(calm.floor, task.budget), worth, reference=hours))


def healthy_latency(task: Task) -> list[Alarm]:
    """Alarms of the latency check in a year of a healthy bot."""
    looks = np.arange(WARM_UP, WARM_UP + YEAR_HOURS, HOURLY)
    stream = healthy_stream(CALM[0], task.seed)
    return list(alarms(stream, latency(task.budget), looks, latency=True))


def first_alarm(change: Change, task: Task) -> list[Alarm]:
    """The first alarm after an onset, in hours from it; none when there is none while the change is watched."""
    began, stream = onset(task.seed), changed_stream(change, task.seed)
    step = HOURLY if change.latency else task.step
    looks = np.arange(began + step, began + WATCHED, step)
    checks = latency(task.budget) if change.latency else quality(change.floor, task.budget)
    hours = 24 * task.reference
    worth = looks if change.latency else near(stream, change.floor, looks, task.budget, hours)
    found = next(alarms(stream, checks, worth, reference=hours, latency=change.latency), None)
    return [] if found is None else [Alarm(found.hour - began, found.check, found.subject)]


def tasks(like: Task, seeds: range) -> Iterator[tuple[Task, Callable[[Task], list[Alarm]]]]:
    """What the part of such a task is made of, seed by seed, so that a run that is broken off has some of all."""
    for seed in seeds:
        one = replace(like, seed=seed)
        if like.part == "delays":
            for change in CHANGES:
                yield replace(one, name=change.name), partial(first_alarm, change)
            continue
        for calm in {"healthy": CALM, "labels": LABELS, "weekends": WEEKENDS}[like.part]:
            yield replace(one, name=calm.name), partial(healthy_year, calm)
    for seed in seeds if like.part == "healthy" else ():
        yield replace(like, name="latency", seed=seed), healthy_latency


def near(stream: Stream, floor: float, looks: Floats, budget: float, reference: int) -> Iterator[float]:
    """Of the looks (hours, rising), those within COARSE of one that alarms when given WIDE times the budget.

    `reference` is in hours.
    """
    wide, coarse = quality(floor, WIDE * budget), np.arange(looks[0], looks[-1] + COARSE, COARSE)
    last = -np.inf
    for hour, _ in groupby(alarms(stream, wide, coarse, reference=reference), lambda alarm: alarm.hour):
        yield from looks[(looks > max(hour - COARSE, last)) & (looks < hour + COARSE)].tolist()
        last = hour + COARSE


def coarse(days: int) -> None:
    """Make all looks of a year's first days, and say which alarming ones the coarse looks would have lost."""
    for calm in CALM:
        stream = healthy_stream(calm, 0)
        looks, budget = np.arange(WARM_UP, WARM_UP + 24 * days, 3.0), 50.0  # so that there are alarms to lose
        all_of_them = {alarm.hour for alarm in alarms(stream, quality(calm.floor, budget), looks)}
        kept = set(near(stream, calm.floor, looks, budget, REFERENCE))
        print(f"{calm.name}: {len(looks)} looks, {len(kept)} kept, {len(all_of_them)} alarming, ", end="")
        print(f"{len(all_of_them - kept)} of these lost", flush=True)


def play(todo: Iterable[tuple[Task, Callable[[Task], list[Alarm]]]], keep: Path) -> None:
    """Do what the file does not have yet, and add it."""
    done = {json.dumps(line["task"]) for line in read(keep)}
    for task, do in todo:
        if json.dumps(asdict(task)) not in done:
            line = {"task": asdict(task), "alarms": [asdict(alarm) for alarm in do(task)]}
            with keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def read(keep: Path) -> list[dict[str, Any]]:
    """The lines of the file."""
    return [json.loads(line) for line in keep.read_text(encoding="utf-8").splitlines()] if keep.exists() else []


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--part", choices=("healthy", "labels", "weekends", "delays", "coarse", "report"), required=True
    )
    parser.add_argument("--keep", type=Path, default=Path("alarms.jsonl"), help="where what is done is kept")
    parser.add_argument("--reps", type=int, default=20, help="years of each healthy bot, or onsets of each change")
    parser.add_argument("--first", type=int, default=0, help="seed of the first of them")
    parser.add_argument("--step", type=float, default=0.25, help="hours between looks (of latency: always 1)")
    parser.add_argument("--reference", type=int, default=28, help="days of healthy time to compare with")
    parser.add_argument("--only", default="", help="play only what has this in its name")
    add_write(parser)
    parser.add_argument("--budget", type=float, default=1.0, help="false alarms a year that the monitor may raise")
    chosen = parser.parse_args()
    if chosen.part == "coarse":
        coarse(60)
    elif chosen.part == "report":
        report(read(chosen.keep), write=chosen.write)
    else:
        like = Task(chosen.part, chosen.step, chosen.budget, chosen.reference)
        todo = tasks(like, range(chosen.first, chosen.first + chosen.reps))
        play(((task, do) for task, do in todo if chosen.only in task.name), chosen.keep)


if __name__ == "__main__":
    main()
