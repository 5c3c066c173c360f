"""A chatbot of constant quality whose labels come late, and the windows that the history would make of its log."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import BAND_EDGES, DELAY_BASE, OutcomeCell
from checks.counts.windows import BucketTotal, Start, Window, Windows
from checks.label_delay.delays import SeenDelays
from checks.statistics.start_grid import starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = ("urgent", "billing", "account", "cards", "other")
URGENT, CARDS = 0, 3
MIX = np.array([0.03, 0.32, 0.28, 0.22, 0.15])  # share of each true class
RECALL, FALSE_URGENT = 0.92, 0.004
PREDICTIONS_A_DAY = 600
LABELLED = 0.6
MEDIAN_DELAY, SIGMA = 18.0, 0.8  # hours; of the logarithm: 90% of the labels come within 50 h

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WINDOW, REFERENCE, LOOKBACK = 168, 672, 1440  # hours
RECENT = (84, 42, 21)
SHAPE = (len(CLASSES), len(CLASSES) + 1, len(BAND_EDGES) + 1)


@dataclass(frozen=True)
class Log:
    """Predictions in the order of time: `at` and `arrives` in hours (infinite without a label), classes by number.

    Where labels are corrected, `first` is what they name until `corrected` (in hours, infinite where they are right).
    """

    at: Floats
    predicted: Ints
    true: Ints
    band: Ints
    arrives: Floats
    first: Ints | None = None
    corrected: Floats | None = None

    def named(self, now: float) -> Ints:
        """The class that each label names at `now`, in hours."""
        if self.first is None or self.corrected is None:
            return self.true
        return np.where(self.corrected <= now, self.true, self.first)

    def share_corrected(self, now: float, before: float) -> float:
        """Share of the labels of predictions before a time that are known to have named another class at first."""
        if self.first is None or self.corrected is None:
            return 0.0
        seen = (self.at < before) & (self.at >= now - LOOKBACK) & (self.arrives <= now)
        changed = seen & (self.corrected <= now) & (self.first != self.true)
        return float(changed.sum()) / max(float(seen.sum()), 1.0)


@dataclass(frozen=True)
class Labelling:
    """How predictions get labels: the share that ever does, the median delay and what is added to it, in hours."""

    labelled: Floats
    median: Floats
    extra: float = 0.0


Policy = Callable[[Log], Labelling]


def usual(log: Log) -> Labelling:
    """Labels of all predictions alike: one share, one median delay."""
    return Labelling(np.full(log.at.size, LABELLED), np.full(log.at.size, MEDIAN_DELAY))


def chatbot(days: int, rng: np.random.Generator) -> Log:
    """A log without labels; confidences are higher where the bot is right."""
    at = np.sort(rng.uniform(0, days * 24, rng.poisson(PREDICTIONS_A_DAY * days)))
    true = rng.choice(MIX.size, at.size, p=MIX)
    edges = np.cumsum(_answers(), axis=1)[true]
    predicted = np.minimum((rng.random(at.size)[:, None] > edges).sum(axis=1), MIX.size - 1)
    confidence = np.where(predicted == true, rng.beta(8, 1, at.size), rng.beta(4, 2, at.size))
    band = np.searchsorted(BAND_EDGES, confidence, side="right")
    return Log(at, predicted, true, band, np.full(at.size, np.inf))


def labelled(log: Log, before: Policy, after: Policy, change: float, rng: np.random.Generator) -> Log:
    """Give labels by one policy to predictions before `change` (hours), and by the other one to those after it."""
    first, then, late = before(log), after(log), log.at >= change
    share, median = np.where(late, then.labelled, first.labelled), np.where(late, then.median, first.median)
    delay = median * np.exp(SIGMA * rng.standard_normal(log.at.size)) + np.where(late, then.extra, first.extra)
    return replace(log, arrives=np.where(rng.random(log.at.size) < share, log.at + delay, np.inf))


def windows(log: Log, now: int) -> Windows:
    """What the history would hold at `now`, in hours and the start of a bucket."""
    known = log.arrives <= now
    codes = _codes(log, known, now)
    first = now - WINDOW
    arrived = log.arrives[known]
    reference = _window(log, codes, first - REFERENCE, first)
    return Windows(
        now=EPOCH + now * HOUR,
        bucket=HOUR,
        current=_window(log, codes, first, now),
        recent=tuple(_window(log, codes, now - length, now) for length in RECENT),
        reference=reference,
        buckets=_buckets(log, known, first - REFERENCE, now),
        last_label_at=EPOCH + min(int(arrived.max()) + 1, now) * HOUR if arrived.size else None,
        delays=_delays(log, known, now),
        starts=tuple(
            Start(
                _window(log, codes, at, now),
                reference if at >= first else _window(log, codes, max(at - REFERENCE, 0), at),
                weight,
            )
            for at, weight in starts(now, WINDOW)
            if at > WINDOW
        ),
        older=_window(log, codes, max(now - LOOKBACK, 0), first - REFERENCE) if first > REFERENCE else None,
        corrected=log.share_corrected(now, first),
    )


def true_shares(log: Log, start: int, end: int) -> dict[str, float]:
    """Accuracy and recall of urgent, known or not, of the predictions between two hours."""
    rows = _inside(log, start, end)
    right, urgent = log.predicted[rows] == log.true[rows], log.true[rows] == URGENT
    return {"accuracy": float(right.mean()), "recall": float(right[urgent].mean())}


def _answers() -> Floats:
    """Share of each prediction (columns) for each true class (rows)."""
    size = MIX.size
    table = np.full((size, size), (1 - RECALL - FALSE_URGENT) / (size - 2))
    table[:, URGENT] = FALSE_URGENT
    table[URGENT] = (1 - RECALL) / (size - 1)
    np.fill_diagonal(table, RECALL)
    return table


def _inside(log: Log, start: int, end: int) -> slice:
    begin, stop = np.searchsorted(log.at, (start, end))
    return slice(int(begin), int(stop))


def _codes(log: Log, known: NDArray[np.bool_], now: int) -> Ints:
    """One number for predicted class, label (or none) and band."""
    label = np.where(known, log.named(now), -1)
    return np.ravel_multi_index((log.predicted, label + 1, log.band), SHAPE)


def _window(log: Log, codes: Ints, start: int, end: int) -> Window:
    counts = np.bincount(codes[_inside(log, start, end)], minlength=SHAPE[0] * SHAPE[1] * SHAPE[2]).reshape(SHAPE)
    cells = tuple(
        _outcome(int(p), int(y) - 1, int(band), int(counts[p, y, band])) for p, y, band in np.argwhere(counts)
    )
    return Window(EPOCH + start * HOUR, EPOCH + end * HOUR, cells)


def _outcome(predicted: int, label: int, band: int, n: int) -> OutcomeCell:
    weight = 0.0 if label < 0 else float(n)
    middle = (*BAND_EDGES, 1.0)[band]
    name = None if label < 0 else CLASSES[label]
    return OutcomeCell(CLASSES[predicted], name, n, weight, weight, band=band, confidence=n * middle)


def _buckets(log: Log, known: NDArray[np.bool_], start: int, end: int) -> tuple[BucketTotal, ...]:
    rows = _inside(log, start, end)
    hour = (log.at[rows] - start).astype(np.int64)
    n, with_label = np.bincount(hour), np.bincount(hour, known[rows])
    return tuple(BucketTotal(EPOCH + (start + k) * HOUR, int(n[k]), int(with_label[k])) for k in range(n.size) if n[k])


def _delays(log: Log, known: NDArray[np.bool_], now: int) -> SeenDelays:
    rows = known & (log.at >= now - LOOKBACK) & (log.at < now)
    taken, age = _bins(log.arrives[rows] - log.at[rows]), _bins(now - np.floor(log.at[rows]))
    shape = int(taken.max(initial=0)) + 1, len(CLASSES), int(age.max(initial=0)) + 1, len(CLASSES)
    codes = np.ravel_multi_index((taken, log.predicted[rows], age, log.named(now)[rows]), shape)
    keys, counts = np.unique(codes, return_counts=True)
    bins, predicted, ages, true = (np.asarray(column, dtype=np.intp) for column in np.unravel_index(keys, shape))
    return SeenDelays(CLASSES, bins, ages, predicted, true, counts.astype(float))


def _bins(hours: Floats) -> Ints:
    return np.asarray(np.floor(np.log(np.maximum(hours * 3600, 1)) / np.log(DELAY_BASE)), dtype=np.int64)
