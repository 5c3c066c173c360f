"""How long all checks and estimates of one look take, beside scikit-learn's report on as many rows.

    python -m bench.speed.checks --runs 15

A window of a week in hourly buckets with a reference of four weeks: 100,000 predictions a week, 60% of them labelled,
90% of them right, by two versions, with confidences and label delays, and all starts of evidence that the history would
give, each with what was before it. Everything that a look does with its counts is timed: strata, intervals, delays,
every check, and every metric line of every slice. Times are of the processor, which a busy machine changes less; how
busy it was is printed under the table.
"""

import argparse
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import numpy as np

from bench.tables import add_write, table
from checks.counts.cells import BAND_EDGES, DELAY_BASE, DelayCell, LatencyCell, OutcomeCell
from checks.counts.outcomes import Outcomes
from checks.counts.windows import BucketLatency, BucketTotal, Start, Window, Windows
from checks.estimates.cycle_data import Measured
from checks.estimates.weighted import forget_weighted
from checks.label_delay.delays import SeenDelays
from checks.metrics.window import estimates
from checks.rules.check import Check
from checks.statistics.start_grid import starts
from config.monitor import MonitorSettings
from monitor.bootstrap.checks import build_checks
from monitor.common.gc_tuning import collect_seldom

NOW: Final = datetime(2026, 4, 1, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = 24  # hours
WEEK: Final = 7 * DAY
PREDICTIONS: Final = 100_000  # a week
LABELLED: Final = 0.6
RIGHT: Final = 0.9  # by more than luck
AIMS: Final = {20: 50, 150: 500}  # ms, by number of classes

SETTINGS: Final = {
    "source": {
        "predictions": {"files": "p.parquet", "columns": {"id": "id", "at": "at", "predicted": "predicted"}},
        "labels": {"files": "l.parquet", "columns": {"id": "id", "label": "label", "at": "at"}},
    },
    "classes": {"class 0": {"min_recall": 0.8}, "class 1": {"min_recall": 0.8}},
}


class Log:
    """Rows of a chatbot with so many classes, some of them rare, and the windows that the history would cut."""

    def __init__(self, classes: int) -> None:
        self._rng = np.random.default_rng(classes)
        self._names = [f"class {number}" for number in range(classes)]
        self._mix = self._rng.dirichlet(np.full(classes, 2.0))

    def rows(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Labels and predictions, as numbers of classes."""
        label = self._rng.choice(len(self._names), n, p=self._mix)
        guess = self._rng.choice(len(self._names), n, p=self._mix)
        return label, np.where(self._rng.random(n) < RIGHT, label, guess)

    def windows(self) -> Windows:
        """A week after four weeks, with its halves and quarters, and the starts of evidence."""
        current, *recent = (self._window(0, hours) for hours in (WEEK, WEEK // 2, WEEK // 4, WEEK // 8))
        reference = self._window(WEEK, 5 * WEEK)
        hours = [NOW - HOUR * hour for hour in range(5 * WEEK, 0, -1)]
        return Windows(
            now=NOW,
            bucket=HOUR,
            current=current,
            recent=tuple(recent),
            reference=reference,
            buckets=tuple(
                BucketTotal(hour, PREDICTIONS // WEEK, round(LABELLED * PREDICTIONS / WEEK)) for hour in hours
            ),
            latency_buckets=tuple(BucketLatency(hour, self._latency(PREDICTIONS // WEEK)) for hour in hours[-WEEK:]),
            last_label_at=NOW,
            delays=self._delays(),
            starts=tuple(self._start(10 * WEEK - at, weight, reference) for at, weight in starts(10 * WEEK, WEEK)),
            older=self._window(5 * WEEK, 60 * DAY),
        )

    def _start(self, hours: int, weight: float, reference: Window) -> Start:
        """A start so many hours ago; all within the current window are compared with the same."""
        before = reference if hours <= WEEK else self._window(hours, hours + 4 * WEEK)
        return Start(self._window(0, hours), before, weight)

    def _delays(self) -> SeenDelays:
        """A label's delay is 18 hours in the middle; those that are still to come are not seen."""
        n = round(LABELLED * PREDICTIONS * 5)
        age = self._rng.integers(1, 5 * WEEK, n) * 3600
        delay = self._rng.lognormal(np.log(18 * 3600), 0.8, n)
        seen = delay < age
        bins = [np.floor(np.log(seconds[seen]) / np.log(DELAY_BASE)).astype(int) for seconds in (delay, age)]
        keys = zip(*(part.tolist() for part in (*bins, self.rows(n)[1][seen])), strict=True)
        cells = (DelayCell(bin_, k, self._names[guess], old) for (bin_, old, guess), k in Counter(keys).items())
        return SeenDelays.of(cells)

    def _window(self, end: int, start: int) -> Window:
        """Counts from `start` to `end` hours ago."""
        n = PREDICTIONS * (start - end) // WEEK
        label, predicted = self.rows(n)
        confidence = self._rng.beta(6, 1, n)
        known = self._rng.random(n) < LABELLED
        version = self._rng.choice(["p1", "p2"], n)
        band = np.searchsorted(BAND_EDGES, confidence, side="right")
        keys = zip(
            predicted.tolist(), np.where(known, label, -1).tolist(), band.tolist(), version.tolist(), strict=True
        )
        counts = sorted(Counter(keys).items())
        cells = Outcomes.of(self._cell(*key, count) for key, count in counts)
        return Window(NOW - HOUR * start, NOW - HOUR * end, cells, self._latency(n))

    def _cell(self, guess: int, truth: int, band: int, prompt: str, n: int) -> OutcomeCell:
        label = self._names[truth] if truth >= 0 else None
        weight = float(n) if label is not None else 0.0
        return OutcomeCell(
            self._names[guess], label, n, weight, weight, "m1", prompt, band, confidence=n * (0.5 + band / 16)
        )

    def _latency(self, n: int) -> tuple[LatencyCell, ...]:
        bins = np.floor(self._rng.normal(np.log(800), 0.5, n) / np.log(1.02)).astype(int)
        return tuple(LatencyCell(int(at), count, "m1", "p1") for at, count in sorted(Counter(bins).items()))


def look(windows: Windows, checks: tuple[Check, ...]) -> None:
    """Everything that a cycle works out of its counts."""
    measured = Measured(windows)
    for check in checks:
        check.run(measured)
    estimates(measured)
    forget_weighted()


def main() -> None:
    """Print the table in Markdown."""
    from sklearn.metrics import classification_report  # noqa: PLC0415 - an import of 2 s that only this line needs

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="the median of so many is printed")
    add_write(parser)
    chosen = parser.parse_args()
    runs = chosen.runs
    collect_seldom()  # as the program does
    checks = build_checks(MonitorSettings.model_validate(SETTINGS))
    with table("checks", write=chosen.write):
        print("| classes | all checks and estimates | aim | one classification_report | of it |")
        print("| --- | --- | --- | --- | --- |")
        for classes, aim in AIMS.items():
            log = Log(classes)
            windows = log.windows()
            label, predicted = log.rows(round(LABELLED * PREDICTIONS))
            names = np.array([f"class {number}" for number in range(classes)])
            ours = _median(partial(look, windows, checks), runs)
            peer = partial(classification_report, names[label], names[predicted], zero_division=0)
            report = _median(peer, runs // 5 + 1)
            print(f"| {classes} | {ours:.0f} ms | {aim} ms | {report:.0f} ms | {ours / report:.2f} |", flush=True)
    print(f"\nProcesses that wanted a processor meanwhile: {os.getloadavg()[0]:.1f}, of {os.cpu_count()} processors.")


def _median(what: Callable[[], object], runs: int) -> float:
    """Milliseconds of processor time of the middle one of `runs` runs, after one that does not count."""
    what()
    return statistics.median(_once(what) for _ in range(runs))


def _once(what: Callable[[], object]) -> float:
    start = time.process_time()
    what()
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main()
