"""What labels of each stratum would tell of the recall of some classes: the ground on which a budget is split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checks.confusion import Confusion, Floats
from checks.counts import NO_BAND, OutcomeCell
from checks.expected import Expectation, Key
from checks.intervals import Proportion
from checks.known import Known

PRIOR_ROWS = 20.0
"""Imagined rows with which a stratum believes its like (the same band, other classes) before its own labels."""

BASE_ROWS = 1.0
"""Imagined rows with which that belief begins, before any label: at the word of the confidence."""

SHARED = 0.25
"""Power of a stratum's rate, over the mean one, that the worth of its labels grows by beside Neyman's square root.
With 0 each stratum speaks for itself; with 0.5 labels are worth as much as misses are expected among them, which is
what they tell of the level that all strata share."""


@dataclass(frozen=True)
class Prospects:
    """What is known of H strata and C classes: sizes and labelled rows (H), rows truly of each class (C x H).

    `confidence` (H) is the mean of each stratum, NaN where none is logged, and `expected` has for each class its share
    in each stratum (H) by earlier labels or confidences, None where neither tells.
    """

    classes: tuple[str, ...]
    strata: tuple[Key, ...]
    size: Floats
    labelled: Floats
    of_class: Floats
    confidence: Floats
    expected: tuple[Floats | None, ...]

    @classmethod
    def of(cls, cells: Iterable[OutcomeCell], classes: Sequence[str], earlier: Confusion) -> "Prospects":
        """Count the cells of a window, whatever versions they are of."""
        cells = tuple(cells)
        strata = tuple(sorted({(cell.predicted, cell.band) for cell in cells}))
        place = {stratum: h for h, stratum in enumerate(strata)}
        number = {name: c for c, name in enumerate(classes)}
        size, labelled, confidence = np.zeros((3, len(strata)))
        of_class = np.zeros((len(classes), len(strata)))
        for cell in cells:
            h = place[cell.predicted, cell.band]
            size[h] += cell.n
            confidence[h] += cell.confidence
            if cell.label is not None:
                labelled[h] += cell.n
                if cell.label in number:
                    of_class[number[cell.label], h] += cell.n
        logged = np.array([band != NO_BAND for _, band in strata])
        mean = np.where(logged, confidence / np.maximum(size, 1), np.nan)
        expectation = Expectation.of(earlier, strata)
        rates = ((expectation.rates(name), expectation.promised(name)) for name in classes)
        expected = tuple(promised if told is None else told for told, promised in rates)
        return cls(tuple(classes), strata, size, labelled, of_class, mean, expected)

    def worth(self) -> Floats:
        """`a` of each class and stratum (C x H): size times spread times what one row moves recall by.

        Rates are smoothed, so that no stratum is taken for known because its few labels agree.
        """
        mean = self._rates()
        plain = self.size * np.sqrt(mean * (1 - mean)) * np.abs(self._slopes(mean))
        return np.asarray(plain * np.array([self._told(c, rates) for c, rates in enumerate(mean)]))

    def recalls(self, labels: Floats) -> dict[str, Proportion]:
        """Recall of each class as `labels` (H) of each stratum would know it, were the rates as they seem now."""
        mean = self._rates()
        slopes = self._slopes(mean)
        n = np.maximum(labels, 0) + PRIOR_ROWS
        variance = (self.size**2 * slopes**2 * mean * (1 - mean) / n + self.size * (slopes * mean) ** 2).sum(axis=1)
        recall = self._recall(mean)
        support = (labels * mean).sum(axis=1)
        alone = (
            Proportion(float(recall[c]), float(recall[c] * (1 - recall[c]) / variance[c]), int(support[c]))
            for c in range(len(self.classes))
        )
        informed = (self._known(c) for c in range(len(self.classes)))
        return {
            name: one if known is None else known.with_labels(labels).recall(one.n)
            for name, one, known in zip(self.classes, alone, informed, strict=True)
        }

    def _known(self, c: int) -> Known | None:
        """What is known of one class with the help of earlier labels."""
        expected, own = self.expected[c], self._is_own()[c]
        if expected is None or own.all() or not own.any():
            return None
        return Known(own, self.size, self.labelled, self.of_class[c], expected)

    def _told(self, c: int, rates: Floats) -> Floats:
        """How much more than by Neyman the labels of each stratum tell (H), where strata share a level."""
        others = ~self._is_own()[c]
        if self._known(c) is None:
            return np.ones_like(rates)
        mean = float((rates * self.size)[others].sum() / self.size[others].sum())
        return np.asarray(np.where(others, (rates / mean) ** SHARED, 1.0), dtype=float)

    def _rates(self) -> Floats:
        """Share of each stratum that seems to be truly of each class (C x H)."""
        alone = (self.of_class + PRIOR_ROWS * self._prior()) / (self.labelled + PRIOR_ROWS)
        informed = (self._known(c) for c in range(len(self.classes)))
        rates = [one if known is None else known.rates() for one, known in zip(alone, informed, strict=True)]
        return np.asarray(np.clip(rates, _SMALLEST, 1 - _SMALLEST), dtype=float)

    def _prior(self) -> Floats:
        """The base, scaled so that it agrees with all labelled rows predicted as the class, or not as it (C x H)."""
        own = self._is_own()
        base = self._base(own)
        scaled = np.empty_like(base)
        for c, mine in enumerate(own):
            for side in (mine, ~mine):
                found, expected = self.of_class[c, side].sum(), (self.labelled * base[c])[side].sum()
                scaled[c, side] = base[c, side] * (found + BASE_ROWS) / (expected + BASE_ROWS)
        return np.clip(scaled, _SMALLEST, 1 - _SMALLEST)

    def _base(self, own: NDArray[np.bool_]) -> Floats:
        """The same without any label: a confidence is right as often as it says, an error is of any class alike."""
        right = np.where(np.isnan(self.confidence), 0.5, self.confidence)
        others = max(len({predicted for predicted, _ in self.strata}) - 1, 1)
        return np.clip(np.where(own, right, (1 - right) / others), _SMALLEST, 1 - _SMALLEST)

    def _slopes(self, mean: Floats) -> Floats:
        """By how much recall moves with one more prediction truly of the class (C x H): a hit, or a miss."""
        total = (self.size * mean).sum(axis=1)[:, None]
        recall = self._recall(mean)[:, None]
        return np.asarray(np.where(self._is_own(), 1 - recall, -recall) / total)

    def _recall(self, mean: Floats) -> Floats:
        of_class = self.size * mean
        recall = (of_class * self._is_own()).sum(axis=1) / of_class.sum(axis=1)
        return np.asarray(np.clip(recall, _SMALLEST, 1 - _SMALLEST))

    def _is_own(self) -> NDArray[np.bool_]:
        """Whether the stratum's predictions are of the class (C x H)."""
        return np.array([[predicted == name for predicted, _ in self.strata] for name in self.classes])


_SMALLEST = 1e-4  # of a rate that nobody has seen: it must not be impossible
