"""Relevance: do its intervals cover, how often does a healthy bot alarm, and how soon is a fall seen?

Run as `python -m bench.estimates.relevance` (a few minutes); prints Markdown. Scores are of thumbs (0 or 1)
or of a judge with five levels; hours and days have log odds that differ, with the standard deviations given.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from scipy import special

from bench.tables import add_write, table
from checks.counts.scores import ScoreCell, ScoreGroup, Scores
from checks.counts.windows import Window, Windows
from checks.estimates.cycle_data import Measured
from checks.rules.relevance import Relevance
from checks.statistics.alarm_budget import AlarmBudget

DAY, HOUR = 86_400, 3600
NOW = datetime(2026, 4, 1, tzinfo=UTC)
BUDGET = AlarmBudget(0.03)  # of relevance, at the monitor's one false alarm a year
GENEROUS = AlarmBudget(1.0)  # so that a few years show whether it is kept
MEAN = 0.8


@dataclass(frozen=True)
class World:
    """How answers are scored: `a_day` scores on average, of `levels` + 1 values."""

    name: str
    a_day: float
    levels: int
    day_sd: float = 0.0
    hour_sd: float = 0.0

    def draw(self, rng: np.random.Generator, odds: np.ndarray) -> Scores:
        """Scores of as many hours as there are log odds."""
        days = rng.normal(0, self.day_sd, -(-odds.size // 24)).repeat(24)[: odds.size]
        shares = 1 / (1 + np.exp(-(odds + days + rng.normal(0, self.hour_sd, odds.size))))
        cells = []
        for hour, (n, share) in enumerate(zip(rng.poisson(self.a_day / 24, odds.size), shares, strict=True)):
            if n:
                scores = rng.binomial(self.levels, share, n) / self.levels
                sums = float(scores.sum()), float((scores**2).sum()), int((scores < 0.5).sum())  # noqa: PLR2004 - the default
                cells.append(ScoreCell(hour * HOUR, ScoreGroup("judge", "card"), int(n), *sums))
        return Scores.of(cells)


WORLDS = (
    World("thumbs, 20 a day", 20, 1),
    World("thumbs, 200 a day", 200, 1),
    World("judge, 200 a day", 200, 4),
    World("judge, 200 a day, days differ", 200, 4, day_sd=0.2),
    World("judge, 200 a day, hours and days differ", 200, 4, day_sd=0.2, hour_sd=0.4),
    World("judge, 2,000 a day, days differ", 2000, 4, day_sd=0.2),
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help="weeks whose intervals are looked at")
    parser.add_argument("--years", type=int, default=8, help="of a healthy bot")
    parser.add_argument("--falls", type=int, default=25, help="of each size")
    add_write(parser)
    chosen = parser.parse_args()
    with table("relevance", write=chosen.write):
        print("| scores | mean covered | share not low covered | alarms a year | days until a fall to 0.70, 0.60 |")
        print("| --- | --- | --- | --- | --- |")
        for world in WORLDS:
            rng = np.random.default_rng(7)
            mean, well = coverage(world, rng, chosen.runs)
            rate = alarms_a_year(world, rng, years=chosen.years)
            delays = ", ".join(_days(delay(world, rng, to, chosen.falls)) for to in (0.70, 0.60))
            print(f"| {world.name} | {mean:.1%} | {well:.1%} | {rate:.2f} | {delays} |", flush=True)


def coverage(world: World, rng: np.random.Generator, runs: int) -> tuple[float, float]:
    """Share of 95% intervals of a week that hold the truth, for the mean and for the share that is not low."""
    odds = _odds(MEAN) + rng.normal(0, np.hypot(world.day_sd, world.hour_sd), 400_000)
    shares = 1 / (1 + np.exp(-odds))
    truth = float(shares.mean()), 1 - float(special.bdtr((world.levels - 1) // 2, world.levels, shares).mean())
    hits = np.zeros(2)
    for _ in range(runs):
        before = world.draw(rng, np.full(24 * 28, _odds(MEAN)))
        week = world.draw(rng, np.full(24 * 7, _odds(MEAN)))
        known = week.mean(before.day_effect), week.well(before.day_effect_well)
        for place, (share, true) in enumerate(zip(known, truth, strict=True)):
            low, high = share.interval() if share else (0.0, 1.0)
            hits[place] += low <= true <= high
    return float(hits[0] / runs), float(hits[1] / runs)


def alarms_a_year(world: World, rng: np.random.Generator, years: int) -> float:
    """Alarms of a healthy bot looked at twice a day, where one a year is paid for and any sure fall counts."""
    days = 365 * years
    scores = world.draw(rng, np.full(24 * (days + 35), _odds(MEAN)))
    looks = np.arange(35 * DAY, (35 + days) * DAY, DAY // 2)
    return _onsets(_alarms(Relevance(None, None, 0.0, GENEROUS), scores, looks)) / years


def delay(world: World, rng: np.random.Generator, to: float, runs: int) -> list[float]:
    """Days from a fall until the first alarm, looked at every 6 hours, of the check as it is by default; 14 at most."""
    found = []
    for _ in range(runs):
        odds = np.concatenate([np.full(24 * 35, _odds(MEAN)), np.full(24 * 14, _odds(to))])
        looks = np.arange(35 * DAY, 49 * DAY, DAY // 4)
        raised = _alarms(Relevance(None, None, 0.05, BUDGET), world.draw(rng, odds), looks)
        found.append(raised.index(True) / 4 if True in raised else 14.0)
    return found


def _alarms(check: Relevance, scores: Scores, looks: np.ndarray) -> list[bool]:
    return [any(f.verdict.is_alarm for f in check.run(Measured(scored_windows(scores, int(look))))) for look in looks]


def scored_windows(scores: Scores, now: int) -> Windows:
    """The windows of a log that has nothing but scores, at `now` (seconds from its beginning)."""

    def window(start: int, end: int) -> Window:
        inside = (scores.bucket >= now - start) & (scores.bucket < now - end)
        times = NOW - timedelta(seconds=start), NOW - timedelta(seconds=end)
        return Window(*times, scores=scores.rows(inside))

    recent = tuple(window(length, 0) for length in (7 * DAY // 2, 7 * DAY // 4, 7 * DAY // 8))
    return Windows(NOW, timedelta(hours=1), window(7 * DAY, 0), recent, window(35 * DAY, 7 * DAY))


def _onsets(raised: Sequence[bool]) -> int:
    return sum(now and not before for before, now in pairwise([False, *raised]))


def _days(delays: Sequence[float]) -> str:
    return f"{np.median(delays):.1f}"


def _odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


if __name__ == "__main__":
    main()
