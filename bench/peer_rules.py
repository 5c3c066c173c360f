"""The alarm rules of other monitors, on the same streams.

- NannyML 0.13, `PerformanceCalculator` with its default `StandardDeviationThreshold` (nannyml/thresholds.py): a daily
  chunk alarms when it is beyond the mean ± 3 (population) standard deviations of the reference chunks. A chunk is
  judged two days after its end, with the labels that are there.
- Evidently 0.7, tests generated from a reference: a metric fails when it is more than 10% (relative) off the
  reference's. The window is the rolling week, looked at once a day.
- river 0.26, `drift.ADWIN` and `drift.binary.DDM`: on the errors as their labels arrive, with a detector for each
  metric. Only changes for the worse count.

All watch the same three metrics (accuracy, recall and precision of urgent), or for latency its p95. Only alarms on the
bad side count, which is in the peers' favour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.playing import WARM_UP, WINDOW
from bench.streams import URGENT, Floats, Stream

DAY = 24
WAIT = 2 * DAY  # hours until a daily chunk is judged: four fifths of its labels have come
TARGET = 1.0  # false incidents a year that peers are tuned to

Signal = tuple[Floats, Floats, Floats]
"""Of one metric, its rows: hour of the prediction, hour from which it is known, and error (0 or 1)."""

Signals = Sequence[Signal]
Rates = Callable[[Sequence[Sequence[float]]], float]


@dataclass(frozen=True)
class Peer:
    """A rule with one setting; `grid` goes from its loosest to its strictest values."""

    name: str
    shipped: float
    grid: tuple[float, ...]
    alarms: Callable[[Signals, float], list[float]]


def quality_signals(stream: Stream) -> Signals:
    """Errors of all labelled predictions, of those truly urgent, and of those predicted urgent."""
    labelled = np.isfinite(stream.arrives)
    wrong = (stream.predicted != stream.true).astype(float)
    parts = (labelled, labelled & (stream.true == URGENT), labelled & (stream.predicted == URGENT))
    return [(stream.hour[part].astype(float), stream.arrives[part], wrong[part]) for part in parts]


def latency_signals(stream: Stream) -> Signals:
    """Answers slower than the p95 of the reference."""
    usual = np.quantile(stream.latency[stream.hour < WARM_UP], 0.95)
    hour = stream.hour.astype(float)
    return [(hour, hour + 1, (stream.latency > usual).astype(float))]


def tuned(peer: Peer, calm: Sequence[Signals], rate: Rates) -> float:
    """The loosest setting that keeps to the target; the strictest where none does."""
    for setting in peer.grid:
        if rate([peer.alarms(signals, setting) for signals in calm]) <= TARGET:
            return setting
    return peer.grid[-1]


def daily_chunks(signals: Signals, deviations: float) -> list[float]:
    """NannyML's rule."""
    found: list[float] = []
    for hour, arrives, wrong in signals:
        days = int(hour.max()) // DAY + 1
        day = (hour // DAY).astype(int)
        wait = WAIT if arrives.max() > hour.max() + DAY else 1
        known = arrives <= (day + 1) * DAY + wait
        n = np.bincount(day[known], minlength=days)
        share = np.bincount(day[known], wrong[known], days) / np.maximum(n, 1)
        usual = share[: WARM_UP // DAY][n[: WARM_UP // DAY] > 0]
        limit = min(usual.mean() + deviations * usual.std(), 1.0)
        found += [float((d + 1) * DAY + wait) for d in np.flatnonzero((share > limit) & (n > 0))]
    return found


def rolling_week(signals: Signals, tolerance: float) -> list[float]:
    """Evidently's rule, on the metric that is one minus the error."""
    found: list[float] = []
    for hour, arrives, wrong in signals:
        usual = 1 - wrong[hour < WARM_UP].mean()
        for now in range(WARM_UP, int(hour.max()) + 1, DAY):
            known = (hour >= now - WINDOW) & (hour < now) & (arrives <= now)
            if known.any() and 1 - wrong[known].mean() < usual * (1 - tolerance):
                found.append(float(now))
    return found


def adwin(signals: Signals, delta: float) -> list[float]:
    """River's ADWIN."""
    from river.drift import ADWIN  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    found: list[float] = []
    for _, arrives, wrong in signals:
        detector, before = ADWIN(delta=delta), 0.0
        for row in np.argsort(arrives, kind="stable"):
            before = detector.estimation
            detector.update(wrong[row])
            if detector.drift_detected and detector.estimation > before:
                found.append(float(arrives[row]))
    return found


def ddm(signals: Signals, deviations: float) -> list[float]:
    """River's DDM, which starts anew after each drift."""
    from river.drift.binary import DDM  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    found: list[float] = []
    for _, arrives, wrong in signals:
        detector = DDM(drift_threshold=deviations, warning_threshold=min(2.0, deviations))
        for row in np.argsort(arrives, kind="stable"):
            detector.update(bool(wrong[row]))
            if detector.drift_detected:
                found.append(float(arrives[row]))
    return found


PEERS = (
    Peer("NannyML, daily chunks, SDs", 3.0, (3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0), daily_chunks),
    Peer("Evidently, rolling week, relative", 0.10, (0.02, 0.05, 0.08, 0.1, 0.12, 0.14, 0.16, 0.2, 0.3), rolling_week),
    Peer("river ADWIN, delta", 2e-3, (2e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6, 1e-8), adwin),
    Peer("river DDM, SDs", 3.0, (3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0), ddm),
)
