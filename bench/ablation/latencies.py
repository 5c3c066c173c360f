"""Latency and traffic, with their mechanisms and without."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import numpy as np

from bench.ablation.outcome import Outcome
from bench.ablation.worlds import FALSE_ALARMS, LATENCY_DAYS, LATENCY_FALLS, TRAFFIC_DAYS
from bench.alarms.playing import EPOCH, HOUR, Player
from bench.alarms.scenarios import incidents, latency
from bench.alarms.streams import Bot, Spell, Stream, simulate
from checks.counts.windows import BucketTotal, Window, Windows
from checks.estimates.cycle_data import Measured
from checks.estimates.quantiles import Histogram, part_over
from checks.rules.check import Check
from checks.rules.latency import QUANTILES, Latency
from checks.rules.recent_hours import ShortSpell
from checks.rules.registry import row_of
from checks.rules.traffic import Traffic
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import Proportion

WARM_UP: Final = 35 * 24
OUTAGES, TIMES_AS_SLOW = 0.005, 4.0
"""Part of the hours that are very slow, and how much slower."""
SLOWER: Final = (1.3, 2.0)
WATCHED: Final = 72  # hours
YEAR: Final = 365 * 24
WEEK: Final = 7 * 24
DAYS_DIFFER = 0.2  # of the logarithm of a day's traffic
AT_WEEKENDS = 0.1  # of the traffic; with half of it, as in a first play, no mechanism of the check was reached


class WindowsAlone(Latency):
    """No spells of the last hours: the windows have all of the budget."""

    def _sights(self, measured: Measured) -> list:  # type: ignore[type-arg]
        tail = self.budget.tail(measured.scales, len(QUANTILES) + len(self.limits_ms))
        return [replace(sight, tail=tail) for sight in super()._sights(measured)[: len(measured.scales)]]


@dataclass(frozen=True)
class Independent:
    """Answers that know nothing of their hours."""

    histogram: Histogram

    def slower_than(self, ms: float) -> Proportion:
        """The plain share."""
        slow = float(self.histogram.counts @ part_over(self.histogram.bins, ms))
        return Proportion(slow / max(self.histogram.n, 1), float(self.histogram.n), self.histogram.n)


class NoClusters(Latency):
    """Windows and spells whose answers are independent."""

    def _sights(self, measured: Measured) -> list:  # type: ignore[type-arg]
        return [replace(sight, spread=Independent(sight.histogram)) for sight in super()._sights(measured)]


class AnySpell(Latency):
    """A spell is worth as many answers as it has, whatever earlier ones say."""

    def _short(self, spell: ShortSpell, tests: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return replace(super()._short(spell, tests), spread=Independent(spell.histogram))


class AllHours(Latency):
    """The slowest hour counts."""

    def _short(self, spell: ShortSpell, tests: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return replace(super()._short(spell, tests), spread=_Whole(spell))


@dataclass(frozen=True)
class _Whole:
    """All hours of a spell as one that stands twice, so that the one that is left out takes nothing away."""

    spell: ShortSpell

    def slower_than(self, ms: float) -> Proportion:
        """The share of all hours, as well known as earlier spells let it be."""
        hours = np.tile(self.spell.hours.sum(axis=0), (2, 1))
        return replace(self.spell, hours=hours).slower_than(ms)


LATENCIES: Final[Mapping[str, type[Latency]]] = {
    "": Latency,
    "hours count as clusters of latency": NoClusters,
    "spells of the last hours": WindowsAlone,
    "what earlier spells say of a spell's worth": AnySpell,
    "the slowest hour does not count": AllHours,
}


def play_latency(part: float) -> dict[str, Outcome]:
    """A healthy bot whose hours differ, some of them much; then onsets of a slow-down."""
    (usual,) = latency(FALSE_ALARMS)
    assert isinstance(usual, Latency)  # noqa: S101 - what `latency` makes
    checks = {name: kind(usual.limits_ms, usual.max_ratio, usual.budget) for name, kind in LATENCIES.items()}
    days = max(round(LATENCY_DAYS * part), 1)
    stream = _with_outages(simulate([Spell(WARM_UP + days * 24, Bot())], np.random.default_rng([3, 0])), 0)
    alarms: dict[str, list[float]] = {name: [] for name in checks}
    player = Player(stream, with_latency=True)
    for hour in range(WARM_UP, WARM_UP + days * 24):
        measured = Measured(player.windows(hour))
        for name, check in checks.items():
            if _alarms(check, measured):
                alarms[name].append(hour)
    told = {f"x{times:g}": _told(checks, times, max(round(LATENCY_FALLS * part), 1)) for times in SLOWER}
    return {
        name: Outcome(
            len(incidents(found)) / (days * 24 / YEAR),
            len(found) / (days * 24),
            tuple((times, tuple(each[name])) for times, each in told.items()),
        )
        for name, found in alarms.items()
    }


def _told(checks: Mapping[str, Check], times: float, onsets: int) -> dict[str, list[float]]:
    """Days until each onset is told of."""
    found: dict[str, list[float]] = {name: [] for name in checks}
    for seed in range(onsets):
        began = WARM_UP + seed * 37 % WEEK
        spells = [Spell(began, Bot()), Spell(WATCHED, Bot(slower=times))]
        player = Player(simulate(spells, np.random.default_rng([4, seed])), with_latency=True)
        told: dict[str, float] = {}
        for hour in range(1, WATCHED + 1):
            measured = Measured(player.windows(began + hour))
            told |= {name: hour / 24 for name in checks.keys() - told.keys() if _alarms(checks[name], measured)}
            if len(told) == len(checks):
                break
        for name, days in found.items():
            days.append(told.get(name, np.inf))
    return found


def _with_outages(stream: Stream, seed: int) -> Stream:
    slow = np.random.default_rng([5, seed]).random(stream.hours) < OUTAGES
    return replace(stream, latency=np.where(slow[stream.hour], TIMES_AS_SLOW, 1.0) * stream.latency)


def _alarms(check: Check, measured: Measured) -> bool:
    return any(finding.verdict.is_alarm for finding in check.run(measured))


def play_traffic(part: float) -> dict[str, Outcome]:
    """Usual traffic, a tenth as much at weekends, whose days differ; and onsets of a fall to a tenth."""
    days = max(round(TRAFFIC_DAYS * part), 7)
    share = row_of("traffic").false_alarms or 0.0
    check = Traffic(timedelta(hours=6), 0.25, 4.0, AlarmBudget(FALSE_ALARMS * share))
    counts = _traffic(35 + days)
    hours = range(35 * 24, (35 + days) * 24, 6)
    fallen = range(35 * 24, min(35 * 24 + 37 * 40, (35 + days) * 24 - 24), 37)
    outcomes = {}
    for name, withheld in TRAFFIC.items():
        alarms = [float(hour) for hour in hours if _alarms(check, Measured(_hours(withheld(counts, hour), hour)))]
        told = tuple(_until(check, counts, onset, withheld) for onset in fallen)
        outcomes[name] = Outcome(
            len(incidents(alarms)) / (days / 365), len(alarms) / len(hours), (("a tenth of the traffic", told),)
        )
    return outcomes


def _until(check: Check, counts: np.ndarray, onset: int, withheld: "Withheld") -> float:
    fallen = counts.copy()
    fallen[onset:] = np.random.default_rng(onset).binomial(fallen[onset:].astype(int), 0.1)
    looks = (hour for hour in range(onset + 1, onset + 24))
    found = (hour for hour in looks if _alarms(check, Measured(_hours(withheld(fallen, hour), hour))))
    return (next(found, np.inf) - onset) / 24


class Withheld:
    """What the traffic check is shown before a look: the hours of so many `weeks`, earlier ones all alike or not."""

    def __init__(self, weeks: int, *, alike: bool = False) -> None:
        self._hours, self._alike = weeks * WEEK, alike

    def __call__(self, counts: np.ndarray, hour: int) -> dict[int, int]:
        """Counts by hour."""
        shown = counts[hour - self._hours : hour].copy()
        if self._alike:  # each hour of the week as it is in the mean: nothing tells how much weeks differ
            earlier = shown[: self._hours - WEEK].reshape(-1, WEEK)
            shown[: self._hours - WEEK] = np.tile(np.round(earlier.mean(axis=0)), earlier.shape[0])
        return dict(zip(range(hour - self._hours, hour), shown.astype(int).tolist(), strict=True))


TRAFFIC: Final[Mapping[str, Withheld]] = {
    "": Withheld(5),
    "traffic against the same hours of earlier weeks": Withheld(2),
    "traffic's own spread": Withheld(5, alike=True),
}


def _traffic(days: int) -> np.ndarray:
    rng, hour = np.random.default_rng(6), np.arange(days * 24)
    weekend = np.where(hour // 24 % 7 >= 5, AT_WEEKENDS, 1.0)  # noqa: PLR2004 - hour 0 is on a Monday
    pace = 25 * weekend * (1 - 0.75 * np.cos(2 * np.pi * (hour - 3) / 24))
    return rng.poisson(pace * np.exp(rng.normal(0, DAYS_DIFFER, days)).repeat(24))


def _hours(counts: Mapping[int, int], now: int) -> Windows:
    def window(start: int, end: int) -> Window:
        return Window(EPOCH + start * HOUR, EPOCH + end * HOUR)

    buckets = tuple(BucketTotal(EPOCH + hour * HOUR, n, 0) for hour, n in counts.items())
    week = window(now - WEEK, now)
    return Windows(EPOCH + now * HOUR, HOUR, week, (), window(now - 5 * WEEK, now - WEEK), buckets=buckets)
