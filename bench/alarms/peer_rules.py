"""The alarm rules of other monitors, on the same streams.

- NannyML 0.13, `PerformanceCalculator` with its default `StandardDeviationThreshold` (nannyml/thresholds.py): a daily
  chunk alarms when it is beyond the mean ± 3 (population) standard deviations of the reference chunks. A chunk is
  judged two days after its end, with the labels that are there; for latency at its end, by its p95.
- Evidently 0.7, tests generated from a reference: a metric fails when it is more than 10% (relative) off the
  reference's. The window is the rolling week, looked at once a day; for latency the p95 of the rolling day, every hour.
- river 0.26, `drift.ADWIN` and `drift.binary.DDM`: on the errors as their labels arrive, with a detector for each
  metric; for latency an answer over the reference's p95 is an error.

All watch the same metrics: accuracy, recall and precision of urgent, and the p95 of latency. The reference is all from
before the end of the warm-up. Only changes for the worse count, which is in the peers' favour. NannyML's and
Evidently's rules are written anew from their documentation, river is the package itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.alarms.playing import WARM_UP, WINDOW
from bench.alarms.streams import URGENT, Floats, Stream

DAY = 24
WAIT = 2 * DAY  # hours until a daily chunk is judged: four fifths of its labels have come
HIGH = 0.95  # the quantile of latency


@dataclass(frozen=True)
class Signal:
    """One metric's rows: hour of the prediction, when it is known, and its error (0 or 1) or latency in ms."""

    hour: Floats
    known: Floats
    value: Floats
    is_latency: bool = False

    @property
    def in_reference(self) -> np.ndarray:
        """Which rows are of the reference."""
        return np.asarray(self.hour < WARM_UP)

    @property
    def wrong(self) -> Floats:
        """Errors; of latency, answers over the reference's p95."""
        if not self.is_latency:
            return self.value
        return np.asarray(self.value > np.quantile(self.value[self.in_reference], HIGH), dtype=float)


@dataclass(frozen=True)
class Peer:
    """A rule with one setting; `grid` goes from its loosest to its strictest values."""

    name: str
    shipped: float
    grid: tuple[float, ...]
    alarms: Callable[[Signal, float], list[float]]


def quality_signals(stream: Stream) -> list[Signal]:
    """Errors of all labelled predictions, of those truly urgent, and of those predicted urgent."""
    labelled = np.isfinite(stream.arrives)
    wrong = (stream.predicted != stream.true).astype(float)
    parts = (labelled, labelled & (stream.true == URGENT), labelled & (stream.predicted == URGENT))
    return [Signal(stream.hour[part].astype(float), stream.arrives[part], wrong[part]) for part in parts]


def latency_signals(stream: Stream) -> list[Signal]:
    """Latencies, known at the end of their hour."""
    hour = stream.hour.astype(float)
    return [Signal(hour, hour + 1, stream.latency, is_latency=True)]


def daily_chunks(signal: Signal, deviations: float) -> list[float]:
    """NannyML's rule."""
    day = (signal.hour // DAY).astype(int)
    wait = 0 if signal.is_latency else WAIT
    known = signal.known <= (day + 1) * DAY + wait
    metric, n = _by_day(signal, day, known)
    usual = metric[: WARM_UP // DAY][n[: WARM_UP // DAY] > 0]
    limit = usual.mean() + deviations * usual.std()
    limit = limit if signal.is_latency else min(limit, 1.0)
    return [float((d + 1) * DAY + wait) for d in np.flatnonzero((metric > limit) & (n > 0))]


def _by_day(signal: Signal, day: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    days = int(signal.hour.max()) // DAY + 1
    n = np.bincount(day[known], minlength=days)
    if not signal.is_latency:
        return np.bincount(day[known], signal.value[known], days) / np.maximum(n, 1), n
    parts = np.split(signal.value, np.cumsum(n)[:-1])
    return np.array([np.quantile(part, HIGH) if part.size else 0.0 for part in parts]), n


def rolling_window(signal: Signal, tolerance: float) -> list[float]:
    """Evidently's rule."""
    return _rolling_day(signal, tolerance) if signal.is_latency else _rolling_week(signal, tolerance)


def _rolling_week(signal: Signal, tolerance: float) -> list[float]:
    found: list[float] = []
    usual = 1 - signal.value[signal.in_reference].mean()
    for now in range(WARM_UP, int(signal.hour.max()) + 1, DAY):
        rows = slice(*np.searchsorted(signal.hour, (now - WINDOW, now)))
        known = signal.known[rows] <= now
        if known.any() and 1 - signal.value[rows][known].mean() < usual * (1 - tolerance):
            found.append(float(now))
    return found


def _rolling_day(signal: Signal, tolerance: float) -> list[float]:
    usual = np.quantile(signal.value[signal.in_reference], HIGH)
    slow = np.bincount(signal.hour.astype(int), signal.value > usual * (1 + tolerance))
    n = np.bincount(signal.hour.astype(int))
    slow, n = (np.r_[0, np.cumsum(column)] for column in (slow, n))
    at = np.arange(WARM_UP, n.size)
    over = slow[at] - slow[at - DAY] > (1 - HIGH) * (n[at] - n[at - DAY])
    return [float(hour) for hour in at[over]]


def adwin(signal: Signal, delta: float) -> list[float]:
    """River's ADWIN."""
    from river.drift import ADWIN  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    found: list[float] = []
    detector, wrong = ADWIN(delta=delta), signal.wrong
    order = np.argsort(signal.known, kind="stable")
    for known, error in zip(signal.known[order].tolist(), wrong[order].tolist(), strict=True):
        before = detector.estimation
        detector.update(error)
        if detector.drift_detected and detector.estimation > before:
            found.append(known)
    return found


def ddm(signal: Signal, deviations: float) -> list[float]:
    """River's DDM, which starts anew after each drift."""
    from river.drift.binary import DDM  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    found: list[float] = []
    detector, wrong = DDM(drift_threshold=deviations, warning_threshold=min(2.0, deviations)), signal.wrong > 0
    order = np.argsort(signal.known, kind="stable")
    for known, error in zip(signal.known[order].tolist(), wrong[order].tolist(), strict=True):
        detector.update(error)
        if detector.drift_detected:
            found.append(known)
    return found


def alarms(peer: Peer, signals: Sequence[Signal], setting: float) -> list[float]:
    """Hours at which the peer alarms on some of the metrics."""
    return [hour for signal in signals for hour in peer.alarms(signal, setting)]


PEERS = (
    Peer("NannyML, daily chunks, SDs", 3.0, tuple(np.arange(2.0, 8.1, 0.05).tolist()), daily_chunks),
    Peer("Evidently, rolling window, relative", 0.10, tuple(np.arange(0.02, 0.41, 0.0025).tolist()), rolling_window),
    Peer("river ADWIN, delta", 2e-3, tuple((10 ** -np.arange(0.0, 40.1, 0.1)).tolist()), adwin),
    Peer("river DDM, SDs", 3.0, tuple(np.arange(1.5, 12.1, 0.05).tolist()), ddm),
)
