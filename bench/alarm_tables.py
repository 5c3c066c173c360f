"""Tables of what the benchmark of alarms has kept."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import special

from bench.scenarios import WATCHED, incidents

Line = dict[str, Any]


def report(lines: Sequence[Line]) -> None:
    """Print rates by healthy bot and check, and delays by change."""
    groups: dict[tuple[str, str, float, float, int], list[list[Line]]] = defaultdict(list)
    for line in lines:
        task = line["task"]
        key = tuple(task[name] for name in ("part", "name", "step", "budget", "reference"))
        groups[key].append(line["alarms"])
    print("| part | what | looks every | budget | reference | played | outcome |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for (part, name, step, budget, reference), found in sorted(groups.items()):
        outcome = delays_of(found) if part == "delays" else rate_of(found)
        print(f"| {part} | {name} | {step:g} h | {budget:g} | {reference} d | {len(found)} | {outcome} |")


def delays_of(onsets: Sequence[Sequence[Line]]) -> str:
    """Median and 90% delay in days, and which checks were first."""
    first = [alarms[0] if alarms else None for alarms in onsets]
    days = [alarm["hour"] / 24 if alarm else np.inf for alarm in first]
    return f"{summary(days)}; first by {_counts([alarm['check'] for alarm in first if alarm])}"


def rate_of(years: Sequence[Sequence[Line]]) -> str:
    """False incidents a year with the 95% interval of their Poisson count, and by which check."""
    begun: list[str] = []
    for alarms in years:
        first = set(incidents(alarm["hour"] for alarm in alarms))
        begun += [min(alarm["check"] for alarm in alarms if alarm["hour"] == hour) for hour in first]
    low, high = poisson_interval(len(begun))
    n = len(years)
    return f"{len(begun)} incidents: {len(begun) / n:.2f} ({low / n:.2f} to {high / n:.2f}) a year; {_counts(begun)}"


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
