"""Power and false alarms of the check of drift, beside Evidently's default limits, on the same simulated samples.

    python -m bench.alarms.drift --studies 60

A bot with twelve topics, 28 days of reference and a window of 7. In the *busy* world each day has a mix of topics of
its own, as campaigns and outages make it, and weekends have another one. Then a thirteenth topic comes. A study is
*told of* where the check would warn at its usual level (a twentieth of one false alarm a year) and effect (10%).
"""

import argparse
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import numpy as np

from bench.tables import add_write, table
from checks.counts.study import Study
from checks.counts.windows import Window, Windows
from checks.estimates.cycle_data import Measured
from checks.rules.drift import Drift
from checks.rules.finding import Verdict
from checks.statistics.alarm_budget import AlarmBudget
from monitor.log.sampled import Samples
from monitor.study.drift.columns import columns_of, values_of
from monitor.study.drift.part import drift
from monitor.study.drift.peer import peer_score
from monitor.study.parts import make_study
from tests.support.drift_days import BUSY, CALM, DAY, Story, samples_of

CHECK: Final = Drift(0.10, DAY, AlarmBudget(0.05))
COLUMNS: Final = ("text", "predicted", "text_length")
Figure = tuple[str, str]
"""A column, and what is asked of it."""

FIGURES: Final[list[Figure]] = [(column, who) for column in COLUMNS for who in ("told", "p<0.01", "Evidently")]
MAIN: Final[list[Figure]] = [(column, who) for column in COLUMNS[:2] for who in ("told", "Evidently")]
SIZES: Final = (200, 1_000, 5_000)
ONE_IN_A_HUNDRED: Final = 0.01


STORIES: Final = (
    Story("nothing", CALM),
    Story("nothing, busy days", BUSY),
    Story("10% new for 7 d", BUSY, 0.10, 7),
    Story("20% new for 7 d", BUSY, 0.20, 7),
    Story("20% new for 3 d", BUSY, 0.20, 3),
)


def told_of(study: Study) -> set[str]:
    """The columns that the check warns of."""
    empty = Window(study.window.start, study.window.end)
    windows = Windows(study.as_of, timedelta(hours=1), empty, (), empty, study=study)
    return {found.subject for found in CHECK.run(Measured(windows)) if found.verdict is Verdict.WARNING}


def evidently_says(samples: Samples, name: str) -> bool:
    """Whether Evidently's own limit is passed; some of its methods give p-values, which alarm when small."""
    peer = next(peer_score(values_of(samples, column)) for column in columns_of(samples) if column.name == name)
    if peer is None:
        return False
    return peer.value < peer.limit if "p_value" in peer.method else peer.value >= peer.limit


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=60, help="studies for each line of the table")
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    add_write(parser)
    wanted = parser.parse_args()
    found = {}
    with table("drift", write=wanted.write):
        _print_head(MAIN)
        for size in wanted.rows:
            for story in STORIES:
                found[size, story.name] = _shares(partial(samples_of, story, size), wanted.studies)
                _print_row(size, f"{story.name} | {wanted.studies}", found[size, story.name], MAIN)
    print()
    with table("drift_other_figures", write=wanted.write):
        _print_head(others := [pair for pair in FIGURES if pair not in MAIN])
        for (size, name), shares in found.items():
            _print_row(size, f"{name} | {wanted.studies}", shares, others)


def _print_head(figures: Sequence[Figure]) -> None:
    print("| rows | what happened | studies | " + " | ".join(f"{column}: {who}" for column, who in figures) + " |")
    print("|" + " --- |" * (3 + len(figures)))


def _print_row(size: int, name: str, shares: Sequence[float], figures: Sequence[Figure]) -> None:
    told = (f"{shares[FIGURES.index(figure)]:.0%}" for figure in figures)
    print(f"| {size:,} | {name} | {' | '.join(told)} |", flush=True)


def _shares(make: Callable[[np.random.Generator], Samples], studies: int) -> list[float]:
    hits = np.zeros((len(COLUMNS), 3))
    for seed in range(studies):
        samples = make(np.random.default_rng(seed))
        study = make_study(samples, [drift])
        told = told_of(study)
        for place, name in enumerate(COLUMNS):
            column = next(each for each in study.columns if each.column == name)
            small = any(
                scale.contrast.p_value < ONE_IN_A_HUNDRED / max(len(column.scales), 1) for scale in column.scales
            )
            hits[place] += [name in told, small, evidently_says(samples, name)]
    return list((hits / studies).ravel())


if __name__ == "__main__":
    main()
