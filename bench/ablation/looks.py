"""Plays the logs of a world: false alarms and intervals of a healthy bot, and days until a fall is told of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.ablation.logs import fallen, healthy, seen, truth
from bench.ablation.outcome import Covered, Outcome
from bench.ablation.switches import ON, Checks, Kept, Played, Switch
from bench.ablation.worlds import FALSE_ALARMS, LOOK, WARM_UP, WATCHED, Fall, World
from bench.alarms.scenarios import incidents
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Finding
from config.monitor import MonitorSettings
from monitor.bootstrap.checks import build_checks
from tests.support.late_labels import WINDOW

SETTINGS: Final = {
    "source": {
        "predictions": {"files": "p.parquet", "columns": {"id": "id", "at": "at", "predicted": "predicted"}},
        "labels": {"files": "l.parquet", "columns": {"id": "id", "label": "label", "at": "at"}},
    },
    "classes": {"urgent": {"min_recall": 0.8, "min_precision": 0.75}},
    "false_alarms": f"{FALSE_ALARMS:g} per 365d",
}

PLAYED: Final = ("accuracy", "class_recall", "class_precision", "accuracy_paradox", "label_health")

YEAR: Final = 365.0  # days

WITH: Final = ""
"""Name of the switch that leaves everything on."""

Switches = Mapping[str, Switch]


@dataclass(frozen=True)
class Healthy:
    """Of one log and switch: hours that alarm, looks, and for each figure whether its interval held, and its width."""

    alarms: tuple[float, ...]
    looks: int
    held: tuple[tuple[str, bool, float], ...]


def usual_checks() -> Checks:
    """The checks of quality and of label health as a monitor has them."""
    return tuple(check for check in build_checks(MonitorSettings.model_validate(SETTINGS)) if check.name in PLAYED)


def play_healthy(world: World, switches: Switches, days: int, seed: int) -> dict[str, Healthy]:
    """Look at a healthy bot once a day, an hour later each day."""
    log, checks = healthy(world, days, seed), usual_checks()
    alarms: dict[str, list[float]] = {name: [] for name in switches}
    held: dict[str, list[tuple[str, bool, float]]] = {name: [] for name in switches}
    for day in range(1, days):
        now = (WARM_UP + day) * 24 + day % 24
        there, kept = seen(world, log, now), Kept()
        true = truth(log, world.bot, now - WINDOW, now)
        for name, switch in switches.items():
            measured = Played.of(there, switch, kept)
            if any(_counts(finding) for check in switch.checks(checks) for finding in check.run(measured)):
                alarms[name].append(now)
            held[name] += _held(measured, true)
    return {name: Healthy(tuple(alarms[name]), days - 1, tuple(held[name])) for name in switches}


def play_fall(world: World, fall: Fall, switches: Switches, seed: int, watched: int = WATCHED) -> dict[str, float]:
    """Days until a fall is told of, infinite where it is not; of one that is repaired, until it is over."""
    log, onset = fallen(world, fall, watched, seed)
    checks, found = usual_checks(), dict[str, float]()
    start = onset + (fall.lasts or 0) * 24
    for hour in range(LOOK, watched * 24 + 1, LOOK):
        there, kept = seen(world, log, start + hour, start), Kept()
        for name in switches.keys() - found.keys():
            measured = Played.of(there, switches[name], kept)
            if tells(measured, switches[name].checks(checks)) == (fall.lasts is None):
                found[name] = hour / 24
        if len(found) == len(switches):
            break
    return {name: found.get(name, np.inf) for name in switches}


def outcome(played: Sequence[Healthy], days: Mapping[str, Sequence[float]]) -> Outcome:
    """Put together what several logs and onsets came to."""
    begun = sum(len(incidents(log.alarms)) for log in played)
    looks = sum(log.looks for log in played)
    return Outcome(
        begun / (looks / YEAR) if looks else None,
        sum(len(log.alarms) for log in played) / looks if looks else None,
        tuple((name, tuple(found)) for name, found in days.items()),
        tuple(_covered([one for log in played for one in log.held])),
    )


def _covered(held: Sequence[tuple[str, bool, float]]) -> Iterator[Covered]:
    for figure in dict.fromkeys(name for name, _, _ in held):
        own = [(one, width) for name, one, width in held if name == figure]
        yield Covered(figure, float(np.mean([one for one, _ in own])), float(np.mean([width for _, width in own])))


def _counts(finding: Finding[object]) -> bool:
    """Whether it is an alarm that a healthy bot should not have; labels may well be late."""
    is_known = finding.check != "label_health" or finding.subject == "coverage"
    return finding.verdict.is_alarm and is_known


def tells(measured: Measured, checks: Checks) -> bool:
    """Whether a check of quality alarms."""
    quality = (check for check in checks if check.name != "label_health")
    return any(finding.verdict.is_alarm for check in quality for finding in check.run(measured))


def _held(measured: Measured, true: tuple[float, float]) -> Iterator[tuple[str, bool, float]]:
    counts = measured.current.stratified
    for figure, share, value in (
        ("accuracy", counts.accuracy(), true[0]),
        ("recall", counts.recall("urgent"), true[1]),
    ):
        if share is not None:
            low, high = share.interval()
            yield figure, low <= value <= high, high - low


def switched(world_switches: Mapping[str, Switch]) -> Switches:
    """Everything on, and each of them off."""
    return {WITH: ON, **world_switches}
