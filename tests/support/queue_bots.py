"""Weeks of a chatbot to label, simulated or from a log: predictions by predicted class, truth and confidence band."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise, product
from pathlib import Path

import duckdb
import numpy as np

from checks.counts.cells import BAND_EDGES, NO_BAND, OutcomeCell, band_of

NAMES = ("urgent", "billing", "card", "account", "other")
PREVALENCE = 0.03
OTHER_RECALL = 0.97
EASY, HARD = (0.98, 1.0), (0.4, 0.98)  # confidences, even between these
MIDDLES = {band: (low + high) / 2 for band, (low, high) in enumerate(pairwise((0.4, *BAND_EDGES, 1)))} | {NO_BAND: 0.0}

Key = tuple[str, str, int]  # predicted, truth, band
Counts = Counter[Key]
Week = Callable[[np.random.Generator, int], Counts]
"""So many predictions, drawn anew each time."""


@dataclass(frozen=True)
class Bot:
    """A simulated chatbot with a recall of `urgent`.

    Easy messages are answered right and surely; of the hard ones an answer is right as often as its confidence says,
    unless more answers must be wrong than that makes. `surely_wrong` is the part of the wrong answers, spread alike,
    that are as sure as right ones.
    """

    recall: float
    banded: bool = True
    surely_wrong: float = 0.1

    def __call__(self, rng: np.random.Generator, size: int) -> Counts:
        """Draw its answers."""
        truths = np.where(rng.random(size) < PREVALENCE, 0, rng.choice(np.arange(1, len(NAMES)), size))
        recall = np.where(truths == 0, self.recall, OTHER_RECALL)
        hard = rng.random(size) < (1 - recall) / (1 - np.mean(HARD))
        confidences = np.where(hard, rng.uniform(*HARD, size), rng.uniform(*EASY, size))
        wrong = hard & (rng.random(size) > confidences * np.minimum(recall / np.mean(HARD), 1))
        sure = wrong & (rng.random(size) < self.surely_wrong)
        confidences = np.where(sure, rng.uniform(*EASY, size), confidences)
        predicted = np.where(wrong, (truths + rng.integers(1, len(NAMES), size)) % len(NAMES), truths)
        bands = np.searchsorted(BAND_EDGES, confidences, side="right") if self.banded else np.full(size, NO_BAND)
        shape = len(NAMES), len(NAMES), len(BAND_EDGES) + 2
        counts = np.bincount(
            np.ravel_multi_index((predicted, truths, bands - NO_BAND), shape), minlength=np.prod(shape)
        )
        keys = product(NAMES, NAMES, range(NO_BAND, len(BAND_EDGES) + 1))
        return Counter({key: n for key, n in zip(keys, counts.tolist(), strict=True) if n})


@dataclass(frozen=True)
class Moved:
    """A bot whose misses of `urgent` moved elsewhere: to these predicted classes and bands, spread alike.

    Of what it answers right, a part `worse` is missed as well.
    """

    bot: Week
    bands: tuple[int, ...]
    classes: tuple[str, ...] = NAMES[1:]
    worse: float = 0.0

    def __call__(self, rng: np.random.Generator, size: int) -> Counts:
        """Draw its answers."""
        moved: Counts = Counter()
        for (predicted, truth, band), n in self.bot(rng, size).items():
            gone = 0 if truth != NAMES[0] else n if predicted != truth else int(rng.binomial(n, self.worse))
            moved[predicted, truth, band] += n - gone
            for place, k in enumerate(rng.multinomial(gone, np.full(self._places, 1 / self._places)).tolist()):
                moved[self.classes[place // len(self.bands)], truth, self.bands[place % len(self.bands)]] += k
        return +moved

    @property
    def _places(self) -> int:
        return len(self.classes) * len(self.bands)


@dataclass(frozen=True)
class Replay:
    """Labelled rows of a log, drawn with replacement: their `recall` of urgent is the truth."""

    rows: Mapping[Key, int]

    def __call__(self, rng: np.random.Generator, size: int) -> Counts:
        """Draw answers."""
        keys = sorted(self.rows)
        shares = np.array([self.rows[key] for key in keys], dtype=float)
        drawn = rng.multinomial(size, shares / shares.sum())
        return Counter({key: int(n) for key, n in zip(keys, drawn, strict=True) if n})

    @property
    def recall(self) -> float:
        """Share of the urgent messages that were predicted as urgent."""
        urgent = {key: n for key, n in self.rows.items() if key[1] == "urgent"}
        return sum(n for key, n in urgent.items() if key[0] == "urgent") / sum(urgent.values())

    @classmethod
    def of(cls, log: Path, condition: str) -> "Replay":
        """Read the labelled rows that meet a condition from DIR/predictions.parquet and DIR/labels.parquet."""
        found = duckdb.sql(f"""
            with latest as (select prediction_id, arg_max(label, labelled_at) as label
                            from '{log / "labels.parquet"}' group by prediction_id)
            select predicted, label, confidence from '{log / "predictions.parquet"}' join latest using (prediction_id)
            where {condition}
        """)  # noqa: S608 - a bench, on a file and a condition of its own
        rows = [] if found is None else found.fetchall()
        return cls(Counter((predicted, label, band_of(confidence)) for predicted, label, confidence in rows))

    def without_confidence(self) -> "Replay":
        """The rows as a log without confidences has them."""
        rows: Counts = Counter()
        for (predicted, truth, _), n in self.rows.items():
            rows[predicted, truth, NO_BAND] += n
        return replace(self, rows=rows)


def label(rng: np.random.Generator, everything: Counts, share: float, wrong: float = 1.0) -> Counts:
    """The part that is labelled, wrong answers so many times as often."""
    chances = {key: min(share * (1 if key[0] == key[1] else wrong), 1.0) for key in everything}
    return Counter({key: int(rng.binomial(n, chances[key])) for key, n in everything.items()})


def draw(rng: np.random.Generator, counts: Counts, n: int) -> Counts:
    """Take `n` without replacement."""
    keys = sorted(counts)
    taken = rng.multivariate_hypergeometric([counts[key] for key in keys], n)
    return Counter({key: int(k) for key, k in zip(keys, taken, strict=True) if k})


def cells(
    everything: Counts,
    labelled: Counts,
    chosen: Counts | None = None,
    weight: Callable[[str, int], float] = lambda _predicted, _band: 1.0,
) -> list[OutcomeCell]:
    """Outcome cells; a label counts 1, and a chosen one its weight."""
    chosen = chosen or Counter()
    built = []
    for (predicted, truth, band), n in everything.items():
        key = predicted, truth, band
        each = weight(predicted, band) if chosen[key] else 1.0
        known, picked = labelled[key], chosen[key]
        sums = known + picked * each, known + picked * each**2
        sure = MIDDLES[band]
        confidence = (known + picked) * sure
        built.append(
            OutcomeCell(predicted, truth, known + picked, *sums, band=band, confidence=confidence, designed=picked)
        )
        rest = n - known - picked
        built.append(OutcomeCell(predicted, None, rest, 0, 0, band=band, confidence=rest * sure))
    return built
