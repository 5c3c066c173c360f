"""False alarms and delays of tunewatch's checks and of their peers, on the same simulated streams.

    python -m bench.alarms                    # tunewatch: hours of computing; --years and --reps make it shorter
    python -m bench.alarms --part peers       # NannyML's, Evidently's and river's rules (bench/requirements.txt)

A bot answers 600 messages a day, 3% of them urgent; 60% are labelled, after a median of 18 hours. Looks are every few
hours (`--step`), since windows end with an hour and labels trickle in: looking more often finds the same excursions
sooner. Each line is printed as soon as it is known.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.peer_rules import PEERS, Signals, latency_signals, quality_signals, tuned
from bench.playing import WARM_UP, alarms
from bench.streams import Bot, Spell, Stream, simulate
from checks.accuracy import Accuracy
from checks.accuracy_paradox import AccuracyParadox
from checks.alarm import AlarmBudget
from checks.check import Check
from checks.latency import Latency
from checks.per_class import ClassPrecision, ClassRecall

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

HEALTHY_BOTS = (("recall .92, floor .80", Bot()), ("recall .82, floor .80", Bot(urgent=0.82)))


def quality(floor: float, per_year: float = 1.0) -> tuple[Check, ...]:
    """The checks of the quality family with the shares of the budget that the daemon gives them."""
    budget, floors = AlarmBudget(per_year), (("urgent", floor),)
    return (
        Accuracy(0.85, 0.60, 0.03, budget.part(0.20)),
        ClassRecall(floors, None, 0.10, budget.part(0.30)),
        ClassPrecision((("urgent", 0.75),), None, 0.10, budget.part(0.10)),
        AccuracyParadox(0.85, 0.50, floors, budget.part(0.07)),
    )


def latency(per_year: float = 1.0) -> tuple[Check, ...]:
    """The latency check, without limits of its own."""
    return (Latency((), 1.3, AlarmBudget(per_year).part(0.20)),)


def healthy_stream(bot: Bot, seed: int) -> Stream:
    """A year in which nothing happens."""
    return simulate([Spell(WARM_UP + YEAR_HOURS, bot)], np.random.default_rng([1, seed]))


def changed_stream(change: Change, seed: int) -> Stream:
    """A healthy bot that changes at WARM_UP."""
    spells = [Spell(WARM_UP, HEALTHY)]
    if change.slowly:
        spells += [Spell(WATCHED // 2, HEALTHY, change.bot), Spell(WATCHED // 2, change.bot)]
    else:
        spells.append(Spell(WATCHED, change.bot))
    return simulate(spells, np.random.default_rng([2, seed]))


def incidents(hours: Iterable[int]) -> int:
    """Alarming looks, counted as incidents."""
    times = np.unique(np.array(list(hours), dtype=int))
    return int(1 + (np.diff(times) > APART).sum()) if times.size else 0


def delay_of(change: Change, seed: int, step: int) -> float:
    """Days until the first alarm; infinite when there is none while the drop is watched."""
    stream = changed_stream(change, seed)
    checks = latency() if change.latency else quality(change.floor)
    played = alarms(stream, checks, start=WARM_UP + step, step=step, latency=change.latency)
    first = next(iter(played), None)
    return (first.hour - WARM_UP) / 24 if first else np.inf


def summary(delays: Sequence[float]) -> str:
    """Median and 90% delay in days."""
    middle, late = (float(np.quantile(np.array(delays), q, method="higher")) for q in (0.5, 0.9))
    return f"{_days(middle)} | {_days(late)}"


def _days(days: float) -> str:
    return f"{days:.1f}" if np.isfinite(days) else f"> {WATCHED // 24}"


def tunewatch(years: int, reps: int, step: int) -> None:
    """Print tunewatch's delays, then its false incidents."""
    print("| what goes wrong | median days | 90% days |\n| --- | --- | --- |")
    for change in CHANGES:
        delays = [delay_of(change, seed, step) for seed in range(reps)]
        print(f"| {change.name} | {summary(delays)} |", flush=True)
    print("\n| healthy bot | monitor-years | false incidents a year |\n| --- | --- | --- |")
    for name, bot in HEALTHY_BOTS:
        count = 0
        for seed in range(years):
            played = alarms(healthy_stream(bot, seed), quality(0.80), step=step)
            count += incidents(alarm.hour for alarm in played)
        print(f"| {name} | {years} | {count / years:.2f} |", flush=True)


def peers(years: int, reps: int) -> None:
    """Print the same of the peers, as shipped and tuned to a rate of one false incident a year."""
    print("| peer | setting | false incidents a year |", " | ".join(change.name for change in CHANGES), "|")
    print("| --- | --- | --- |", " | ".join("---" for _ in CHANGES), "|")
    calm = [quality_signals(healthy_stream(HEALTHY, seed)) for seed in range(years)]
    changed = [[_signals(change, seed) for seed in range(reps)] for change in CHANGES]
    for peer in PEERS:
        for setting in (peer.shipped, tuned(peer, calm, _rate)):
            rate = _rate([peer.alarms(signals, setting) for signals in calm])
            delays = [[_first(peer.alarms(signals, setting)) for signals in streams] for streams in changed]
            row = " | ".join(summary(some).replace(" | ", " / ") for some in delays)
            print(f"| {peer.name} | {setting:.3g} | {rate:.2f} | {row} |", flush=True)


def _signals(change: Change, seed: int) -> Signals:
    stream = changed_stream(change, seed)
    return latency_signals(stream) if change.latency else quality_signals(stream)


def _rate(years: Sequence[Sequence[float]]) -> float:
    counted = [incidents(int(hour) for hour in hours if hour >= WARM_UP) for hours in years]
    return float(np.mean(counted))


def _first(hours: Sequence[float]) -> float:
    after = [hour for hour in hours if hour > WARM_UP]
    return (min(after) - WARM_UP) / 24 if after else np.inf


def main() -> None:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("tunewatch", "peers"), default="tunewatch")
    parser.add_argument("--years", type=int, default=20, help="simulated monitor-years of each healthy bot")
    parser.add_argument("--reps", type=int, default=40, help="simulated onsets of each change")
    parser.add_argument("--step", type=int, default=3, help="hours between looks")
    chosen = parser.parse_args()
    if chosen.part == "tunewatch":
        tunewatch(chosen.years, chosen.reps, chosen.step)
    else:
        peers(chosen.years, chosen.reps)


if __name__ == "__main__":
    main()
