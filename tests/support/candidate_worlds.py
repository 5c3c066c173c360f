"""A production whose truth is known, candidates that are better, equal or worse there, and a sample to try them on."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import md5

import numpy as np

from checks.candidates.counts import Answered, Part
from checks.candidates.population import Mass, Place, population
from checks.candidates.sampling import Drawn, Stratum, Unit, allocate, draw, own_strata, stratum_of
from checks.counts.cells import OutcomeCell

CLASSES = ("account", "billing", "cards", "transfer", "urgent")
URGENT = "urgent"
MIX = np.array([0.28, 0.26, 0.24, 0.16, 0.06])
RIGHT = np.array([0.85, 0.80, 0.88, 0.75, 0.45])  # recall of what answers now
FREQUENT, OFTEN = 25, 0.15  # texts that are asked again and again, and their share of the traffic
LABELLED = {URGENT: 0.7}  # share of the answers of a class that get a label; of the others:
USUALLY_LABELLED = 0.3


class Kind(StrEnum):
    """What a candidate truly is."""

    BETTER = "better"
    MUCH_BETTER = "much better"
    EQUAL = "equal"
    WORSE = "worse"
    SLIGHTLY_WORSE = "slightly worse"
    MIXED = "better, worse on urgent"
    TRADE = "better on urgent, worse elsewhere"


WINS = {  # share of the wrong answers that turn right; of urgent, and of the others
    Kind.BETTER: (0.55, 0.45),
    Kind.MUCH_BETTER: (0.85, 0.70),
    Kind.EQUAL: (0.25, 0.25),
    Kind.WORSE: (0.20, 0.20),
    Kind.SLIGHTLY_WORSE: (0.25, 0.25),
    Kind.MIXED: (0.10, 0.70),
    Kind.TRADE: (0.80, 0.10),
}
CHANGE = {  # change of the recall of urgent, and of each other class, beyond what is equal
    Kind.BETTER: (0.25, 0.06),
    Kind.MUCH_BETTER: (0.42, 0.12),
    Kind.EQUAL: (0.0, 0.0),
    Kind.WORSE: (-0.10, -0.06),
    Kind.SLIGHTLY_WORSE: (-0.02, -0.02),
    Kind.MIXED: (-0.15, 0.08),
    Kind.TRADE: (0.35, -0.07),
}


@dataclass(frozen=True)
class Truth:
    """Changes in production: of accuracy, and of the recall and precision of urgent."""

    accuracy: float
    recall: float
    precision: float

    def is_worse(self) -> bool:
        """Whether it should not ship: no better where it should be, or worse by what is not tolerated."""
        return max(self.accuracy, self.recall) <= 0 or self.accuracy <= -0.03 or self.recall <= -0.05


@dataclass
class World:
    """Rows (N) of one production: classes by number. `key` is the text's."""

    rng: np.random.Generator
    kind: Kind
    n: int = 6000
    label: np.ndarray = field(init=False)
    now: np.ndarray = field(init=False)
    new: np.ndarray = field(init=False)
    key: np.ndarray = field(init=False)
    truth: Truth = field(init=False)

    def __post_init__(self) -> None:
        """Draw frequent texts, then the rows."""
        texts = self._texts(FREQUENT)
        weight = self.rng.dirichlet(np.ones(FREQUENT) * 2)
        pick = np.where(self.rng.random(self.n) < OFTEN, self.rng.choice(FREQUENT, self.n, p=weight), -1)
        fresh = self._texts(self.n)
        self.label, self.now, self.new = (
            np.where(pick >= 0, often[pick], once) for often, once in zip(texts, fresh, strict=True)
        )
        self.key = np.where(pick >= 0, pick, FREQUENT + np.arange(self.n))
        self.truth = self._truth(texts, weight)

    def _texts(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        label = self.rng.choice(len(CLASSES), n, p=MIX)
        right = self.rng.random(n) < RIGHT[label]
        now = np.where(right, label, self._another(label))
        wins, loses = self._rates()
        turns = self.rng.random(n) < np.where(right, loses[label], wins[label])
        new = np.where(right, np.where(turns, self._another(label), label), np.where(turns, label, now))
        return label, now, new

    def _another(self, label: np.ndarray) -> np.ndarray:
        """Another class, never urgent but rarely."""
        other = (label + self.rng.integers(1, len(CLASSES), label.size)) % len(CLASSES)
        spared = (other == len(CLASSES) - 1) & (self.rng.random(label.size) < 0.8)
        return np.where(spared, (label + 1) % (len(CLASSES) - 1), other)

    def _rates(self) -> tuple[np.ndarray, np.ndarray]:
        """Share of wrong answers won, and of right ones lost, by class."""
        urgent = np.arange(len(CLASSES)) == len(CLASSES) - 1
        wins = np.where(urgent, *WINS[self.kind])
        change = np.where(urgent, *CHANGE[self.kind])
        loses = np.maximum(((1 - RIGHT) * wins - change) / RIGHT, 0.0)
        return wins, loses

    def _truth(self, texts: tuple[np.ndarray, ...], weight: np.ndarray) -> Truth:
        """By a large draw of fresh texts, and the frequent ones as they are."""
        fresh = self._texts(20_000)
        size = fresh[0].size
        label, now, new = (np.concatenate([often, once]) for often, once in zip(texts, fresh, strict=True))
        mass = np.concatenate([OFTEN * weight, np.full(size, (1 - OFTEN) / size)])
        k = len(CLASSES) - 1

        def share(hit: np.ndarray, of: np.ndarray) -> float:
            return float(mass[hit & of].sum() / mass[of].sum())

        every = np.ones(label.size, dtype=bool)
        return Truth(
            share(new == label, every) - share(now == label, every),
            share(new == label, label == k) - share(now == label, label == k),
            share(new == label, new == k) - share(now == label, now == k),
        )

    def sample(self, size: int) -> list[Part]:
        """Label some rows, draw from them, and let the candidate answer what was drawn."""
        coverage = np.array([LABELLED.get(name, USUALLY_LABELLED) for name in CLASSES])
        labelled = self.rng.random(self.n) < coverage[self.now]
        counts = Counter(
            (int(p), int(label) if known else -1)
            for p, label, known in zip(self.now, self.label, labelled, strict=True)
        )
        cells = [
            OutcomeCell(CLASSES[p], None if k < 0 else CLASSES[k], n, 0 if k < 0 else n, 0 if k < 0 else n)
            for (p, k), n in counts.items()
        ]
        masses = population(cells).masses
        return _answered(self._units(labelled, masses, counts), size, self._answers(), float(self.rng.random()))

    def _units(
        self, labelled: np.ndarray, masses: Mapping[Place, Mass], counts: Mapping[tuple[int, int], int]
    ) -> list[Unit]:
        sums: dict[tuple[int, int, bool], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in np.flatnonzero(labelled):
            p, k = int(self.now[row]), int(self.label[row])
            mass = masses[Place(CLASSES[p], CLASSES[k])]
            n = counts[p, k]
            found = sums[int(self.key[row]), k, p == k]
            found[0] += mass.total / n
            found[1] += mass.squares / n
        return [
            Unit(
                str(key), CLASSES[k], right, both[0], both[1], md5(str(key).encode(), usedforsecurity=False).hexdigest()
            )
            for (key, k, right), both in sums.items()
        ]

    def _answers(self) -> dict[str, Answered]:
        return {
            str(key): Answered(CLASSES[label], CLASSES[now], CLASSES[new])
            for key, label, now, new in zip(self.key, self.label, self.now, self.new, strict=True)
        }


def _answered(units: list[Unit], size: int, answers: Mapping[str, Answered], start: float) -> list[Part]:
    own = own_strata(CLASSES, [URGENT], size)
    strata: dict[Stratum, list[Unit]] = defaultdict(list)
    for unit in units:
        strata[stratum_of(unit.label, own, right=unit.right)].append(unit)
    numbers = allocate(strata, [URGENT], size)
    drawn: list[Drawn] = []
    for stratum, found in strata.items():
        drawn += draw(stratum, found, numbers[stratum], start)
    return [
        Part(each.stratum, each.there, each.mass, each.squares, tuple(Counter(answers[k] for k in each.keys).items()))
        for each in drawn
    ]
