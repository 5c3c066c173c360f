"""Weeks of a chatbot that is labelled in part by itself and in part from a label queue, drawn by the hundred."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from checks.counts.cells import BAND_EDGES, NO_BAND
from checks.counts.confusion import Confusion
from checks.counts.outcomes import UNLABELLED, Outcomes
from checks.estimates.stratified import Stratified
from checks.label_queue.allocation import Stratum, allocate
from checks.statistics.intervals import Proportion
from tests.support.queue_bots import NAMES, Bot, Counts, Week, cells

SIZE, BUDGET = 4200, 200
MANY = 400_000
"""Predictions from which the figures of a bot are taken."""

BANDS = range(NO_BAND, len(BAND_EDGES) + 1)
SHAPE = len(NAMES), len(BANDS), len(NAMES)  # predicted, band, truth
PLACES = tuple(place.ravel() for place in np.indices(SHAPE))
BEFORE = Bot(0.80)
RIGHT = np.eye(len(NAMES))[:, None, :]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """A week like `week`: `right` and `wrong` are the parts of right and wrong answers that are labelled by themselves.

    The queue is made by what a bot like `earlier` told, and of it too.
    """

    week: Week
    right: float = 0.0
    wrong: float = 0.0
    earlier: Week = BEFORE
    budget: int = BUDGET
    size: int = SIZE

    def truths(self, seed: int) -> dict[str, float]:
        """The accuracies of the process behind the week, and its recall and precision of the first class."""
        shares = self._shares(np.random.default_rng(seed))
        right, of_class = (shares * RIGHT).sum(axis=1), shares.sum(axis=(0, 1))
        there = of_class > 0
        return {
            "accuracy": float(right.sum()),
            "recall": float(right[0, 0] / shares[:, :, 0].sum()),
            "balanced accuracy": float(np.mean(right.diagonal()[there] / of_class[there])),
            "precision": float(right[0, 0] / shares[0].sum()),
        }

    def from_queue(self, seed: int, count: int) -> Iterator[Stratified]:
        """So many weeks, labelled further from the queue."""
        return (_counted(week, unasked, queue, each) for week, unasked, queue, each in self._drawn(seed, count))

    def at_random(self, seed: int, count: int) -> Iterator[Stratified]:
        """The same weeks, as many more labels of them given at random."""
        rng = np.random.default_rng([seed, 1])
        for week, unasked, *_ in self._drawn(seed, count):
            more = rng.multivariate_hypergeometric((week - unasked).ravel(), self.budget).reshape(SHAPE)
            yield _counted(week, unasked + more)

    def _drawn(self, seed: int, count: int) -> Iterator[tuple[Ints, Ints, Ints, Floats]]:
        """Weeks, what is labelled of them by itself, what the queue labels, and what a label of it stands for."""
        rng = np.random.default_rng(seed)
        shares = self._shares(rng)
        chances = RIGHT * self.right + (1 - RIGHT) * self.wrong
        expected = self._expected(shares, chances, self.earlier(rng, 4 * self.size))
        for _ in range(count):
            week = rng.multinomial(self.size, shares.ravel()).reshape(SHAPE)
            unasked = rng.binomial(week, chances)
            waiting = week - unasked
            wanted = np.floor(expected + rng.random(expected.shape)).astype(int)
            room = waiting.sum(axis=2)
            queue = _drawn(rng, waiting, np.minimum(wanted, room))
            yield week, unasked, queue, np.maximum(room / np.maximum(expected, 1e-9), 1.0)

    def _shares(self, rng: np.random.Generator) -> Floats:
        return np.asarray(_dense(self.week(rng, MANY)) / MANY)

    def _expected(self, shares: Floats, chances: Floats, before: Counts) -> Floats:
        """Labels of each predicted class and band that a queue for a week like these would give."""
        week, unasked = (np.round(self.size * part).astype(int) for part in (shares, shares * chances))
        waiting = (week - unasked).sum(axis=2)
        strata = {Stratum(NAMES[p], BANDS[b]): int(waiting[p, b]) for p, b in np.argwhere(waiting > 0).tolist()}
        now = cells(_sparse(week), _sparse(unasked))
        allocation = allocate(now, strata, NAMES[:1], self.budget, cells(before, before))
        expected = np.zeros(SHAPE[:2])
        for share in allocation.shares:
            expected[NAMES.index(share.stratum.predicted), share.stratum.band - NO_BAND] = share.expected
        return expected


def _dense(counts: Counts) -> Ints:
    array = np.zeros(SHAPE, dtype=np.int64)
    for (predicted, truth, band), n in counts.items():
        array[NAMES.index(predicted), band - NO_BAND, NAMES.index(truth)] = n
    return array


def _sparse(array: Ints) -> Counts:
    return Counts(
        {
            (NAMES[p], NAMES[t], BANDS[b]): int(array[p, b, t])
            for p, b, t in product(*map(range, SHAPE))
            if array[p, b, t]
        }
    )


def _drawn(rng: np.random.Generator, waiting: Ints, n: Ints) -> Ints:
    """So many of each predicted class and band, without replacement."""
    drawn, left, still = np.zeros_like(waiting), waiting.sum(axis=2), n.copy()
    for truth in range(SHAPE[2]):
        here = waiting[:, :, truth]
        left = left - here
        drawn[:, :, truth] = rng.hypergeometric(here, left, still)
        still = still - drawn[:, :, truth]
    return drawn


def _counted(week: Ints, unasked: Ints, queue: Ints | None = None, stands_for: Floats | None = None) -> Stratified:
    """The window's counts; a label from the queue stands for so many predictions of its class and band."""
    queue = np.zeros_like(week) if queue is None else queue
    each = np.ones(SHAPE) if stands_for is None else np.broadcast_to(stands_for[:, :, None], SHAPE)
    predicted, band, truth = PLACES
    known = (unasked + queue).ravel()
    weight, squared = ((unasked + queue * each**power).ravel() for power in (1, 2))
    rest = week.sum(axis=2).ravel() - (unasked + queue).sum(axis=2).ravel()
    first = truth == 0
    labelled, open_ = known > 0, rest > 0
    counts = [np.concatenate([column[labelled], np.zeros(open_.sum())]) for column in (weight, squared, queue.ravel())]
    places = [np.concatenate([place[labelled], place[first][open_]]) for place in (predicted, band)]
    label = np.concatenate([truth[labelled], np.full(open_.sum(), UNLABELLED)])
    n = np.concatenate([known[labelled], rest[open_]]).astype(float)
    nothing = np.zeros(n.size)
    found = Outcomes(
        NAMES,
        (("", ""),),
        places[0],
        label,
        np.zeros(n.size, dtype=np.intp),
        places[1] + NO_BAND,
        n,
        counts[0],
        counts[1],
        nothing,
        counts[2],
    )
    return Stratified.of(Confusion.of(found))


@dataclass(frozen=True)
class Found:
    """Of one figure in many windows: mean width, share of intervals that hold the truth, mean error, share not told."""

    width: float
    coverage: float
    bias: float
    untold: float

    @classmethod
    def of(cls, shares: Iterable[Proportion | None], truth: float) -> "Found":
        """What these shares, one of each window, say of the truth."""
        shares = list(shares)
        told = [(share.value, *share.interval()) for share in shares if share is not None]
        value, low, high = np.array(told).T
        covered = np.mean((low <= truth) & (truth <= high))
        width, bias = np.mean(high - low), np.mean(value) - truth
        return cls(float(width), float(covered), float(bias), 1 - len(told) / len(shares))


def least(windows: int, figures: int) -> float:
    """The least coverage that one of so many figures shows in so many windows one time in 40, where each has 93%."""
    return float(stats.binom.ppf(0.025 / figures, windows, 0.93)) / windows
