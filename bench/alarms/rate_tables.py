"""Tables of what the benchmark of alarms has kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from bench.alarms.scenarios import CHANGES, WATCHED, incidents
from bench.tables import table

Line = dict[str, Any]
"""A task that was played, and its alarms."""

Key = tuple[str, str, float, float, int]
"""Part, name, hours between looks, false alarms a year that are set, and days of reference."""

LATENCY = "latency"
"""Name of the healthy years of the latency check, which is looked at every hour whatever the task says."""


def report(lines: Sequence[Line], *, write: bool = False) -> None:
    """Print, and keep with `write`, false incidents by healthy bot and delays by change."""
    groups: dict[Key, list[list[Line]]] = defaultdict(list)
    for line in lines:
        task = line["task"]
        key = task["part"], task["name"], task["step"], task["budget"], task["reference"]
        groups[key].append(line["alarms"])
    with table("alarms", write=write):
        print("| healthy bot | part | looks every | false alarms set to | reference | monitor-years ", end="")
        print("| false incidents a year (95% Poisson interval) | by |\n|" + " --- |" * 8)
        for row in healthy_rows(groups):
            print(row)
    print()
    with table("alarm_delays", write=write):
        print("| false alarms set to | looks every | reference | onsets | ", end="")
        print(" | ".join(change.name for change in CHANGES), "|\n|" + " --- |" * (4 + len(CHANGES)))
        for row in delay_rows(groups):
            print(row)


def healthy_rows(groups: Mapping[Key, Sequence[Sequence[Line]]]) -> Iterator[str]:
    """A line for each healthy bot, and one for all bots of the quality checks that had the same settings."""
    together: dict[tuple[float, float, int], list[Sequence[Line]]] = defaultdict(list)
    bots: dict[tuple[float, float, int], int] = defaultdict(int)
    for (part, name, step, budget, reference), years in sorted(groups.items()):
        if part == "delays":
            continue
        every = 1 if name == LATENCY else step
        yield f"| {name} | {part} | {every:g} h | {budget:g} a year | {reference} d | {len(years)} | {rate_of(years)} |"
        if part == "healthy" and name != LATENCY:
            together[step, budget, reference] += years
            bots[step, budget, reference] += 1
    for (step, budget, reference), years in sorted(together.items()):
        if bots[step, budget, reference] > 1:
            settings = f"{step:g} h | {budget:g} a year | {reference} d"
            yield f"| all with any recall | healthy | {settings} | {len(years)} | {rate_of(years)} |"


def delay_rows(groups: Mapping[Key, Sequence[Sequence[Line]]]) -> Iterator[str]:
    """A line for each setting; median and 90% delay in days of each change that was played."""
    settings = sorted({key[2:] for key in groups if key[0] == "delays"})
    for step, budget, reference in settings:
        played = [groups.get(("delays", change.name, step, budget, reference), []) for change in CHANGES]
        delays = " | ".join(delays_of(onsets) if onsets else "" for onsets in played)
        yield f"| {budget:g} a year | {step:g} h | {reference} d | {max(map(len, played))} | {delays} |"


def delays_of(onsets: Sequence[Sequence[Line]]) -> str:
    """Median and 90% delay in days until the first alarm."""
    return summary([alarms[0]["hour"] / 24 if alarms else np.inf for alarms in onsets])


def rate_of(years: Sequence[Sequence[Line]]) -> str:
    """False incidents a year with the 95% interval of their Poisson count, and by which check."""
    begun: list[str] = []
    for alarms in years:
        first = set(incidents(alarm["hour"] for alarm in alarms))
        begun += [min(alarm["check"] for alarm in alarms if alarm["hour"] == hour) for hour in first]
    low, high = poisson_interval(len(begun))
    n = len(years)
    return f"{len(begun) / n:.2f} ({low / n:.2f} to {high / n:.2f}) | {_counts(begun)}"


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact 95% interval of the mean of a Poisson count (Garwood 1936)."""
    low = float(special.gammaincinv(count, 0.025)) if count else 0.0
    return low, float(special.gammaincinv(count + 1, 0.975))


def summary(days: Sequence[float]) -> str:
    """Median and 90% delay."""
    middle, late = (float(np.quantile(np.array(days), q, method="higher")) for q in (0.5, 0.9))
    return f"{_days(middle)} / {_days(late)}"


def _days(days: float) -> str:
    if not np.isfinite(days):
        return f"> {WATCHED // 24}"
    return f"{days:.1f}" if days >= 1 else f"{days:.2f}"


def _counts(names: Sequence[str]) -> str:
    return ", ".join(f"{name} {names.count(name)}" for name in sorted(set(names))) or "none"
