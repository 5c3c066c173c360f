"""Plays single windows: how many 95% intervals hold the truth, and how wide they are."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

import numpy as np

from bench.ablation.mechanisms import (
    COMPLAINED,
    FAIR,
    FEW,
    FIVE,
    MOVED,
    ONE_UNLABELLED,
    SURE_FIRST,
    UNSURE_FIRST,
)
from bench.ablation.outcome import Covered, Outcome
from bench.ablation.switches import Switch
from bench.estimates.label_queue import COMPLAINTS, SURE, Case, label_one
from bench.estimates.labels import CLASSES, LABELLING, METRICS, MIN_LABELS, bot, drawn
from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.counts.windows import Window
from checks.estimates.stratified import Stratified
from checks.statistics.intervals import Proportion
from tests.support.queue_bots import Bot, Moved

END: Final = datetime(2026, 4, 6, tzinfo=UTC)
WEEK: Final = timedelta(days=7)
A_WEEK, FEW_A_WEEK = 4200, 140

FIGURES: Final[Mapping[str, Callable[[Stratified], Proportion | None]]] = {
    "accuracy": METRICS["accuracy"],
    "recall": METRICS["recall of urgent"],
    "precision": METRICS["precision of urgent"],
}

QUEUES: Final[Mapping[str, Case]] = {
    MOVED: Case("all misses sure", Moved(Bot(0.80), SURE), 0.80, Bot(0.92)),
    COMPLAINED: Case("complaints are labelled", Bot(0.80), 0.80, Bot(0.80), 0.2, COMPLAINTS),
}

NOBODY: Final = np.array([[0.4], [0.4], [0.0], [0.4]]) * np.ones(8)
"""One class of four, three tenths of the traffic, is never labelled."""

WAYS: Final[Mapping[str, tuple[int, np.ndarray]]] = {
    FAIR: (A_WEEK, LABELLING[FAIR]),
    FIVE: (A_WEEK, LABELLING[FIVE]),
    UNSURE_FIRST: (A_WEEK, LABELLING[UNSURE_FIRST]),
    SURE_FIRST: (A_WEEK, LABELLING[SURE_FIRST]),
    FEW: (FEW_A_WEEK, LABELLING[FAIR]),
    ONE_UNLABELLED: (A_WEEK, NOBODY),
}

Held = dict[str, list[tuple[bool, float]]]


def play(world: str, switches: Mapping[str, Switch], windows: int) -> dict[str, Outcome]:
    """The same windows with every switch."""
    found: dict[str, Held] = {name: {figure: [] for figure in FIGURES} for name in switches}
    truths = _truths(world)
    for window in _windows(world, windows):
        for name, switch in switches.items():
            counts = switch.weigh(switch.count(window) if isinstance(window, Window) else window)
            for figure, read in FIGURES.items():
                share = read(counts)
                if share is not None and share.n >= MIN_LABELS:
                    low, high = share.interval()
                    found[name][figure].append((low <= truths[figure] <= high, high - low))
    return {name: Outcome(covered=tuple(_covered(held))) for name, held in found.items()}


def _covered(held: Held) -> Iterator[Covered]:
    for figure, rows in held.items():
        if rows:
            yield Covered(figure, float(np.mean([one for one, _ in rows])), float(np.mean([wide for _, wide in rows])))


def _windows(world: str, windows: int) -> Iterator[Window | Confusion]:
    rng = np.random.default_rng([windows, len(world)])
    if world in QUEUES:
        for _ in range(windows):
            yield label_one(rng, QUEUES[world])[0]
        return
    n, labelling = WAYS[world]
    for _ in range(windows):
        yield Window(END - WEEK, END, tuple(drawn(rng, n, labelling)))


@cache
def _truths(world: str) -> Mapping[str, float]:
    """The figures of the process behind a world."""
    if world in QUEUES:
        everything = QUEUES[world].week(np.random.default_rng(1), 1_000_000)
        cells = [OutcomeCell(predicted, truth, n, n, n) for (predicted, truth, _), n in everything.items()]
    else:
        shares = np.round(bot().sum(axis=2) * 1e9).astype(int)
        cells = [OutcomeCell(CLASSES[row], CLASSES[k], int(n), n, n) for (row, k), n in np.ndenumerate(shares)]
    counts = Stratified.of(Confusion.of(cells))
    shares_of = {name: read(counts) for name, read in FIGURES.items()}
    return {name: share.value for name, share in shares_of.items() if share is not None}
