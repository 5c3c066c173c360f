"""Prior of the label queue: share of a class in each predicted class and confidence band, from earlier labels."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import BAND_EDGES, NO_BAND
from checks.counts.confusion import Confusion, Floats

MIN_OF_CLASS = 10
"""Earlier labels of a class under which they do not tell where its messages lie."""

UNKNOWN = 0.5
"""How often an answer without a confidence is taken to be right, before there are labels."""

LEAN = 1.0
"""Messages of the class, expected, with which a rate leans on that of its like."""

Key = tuple[str, int]
"""A predicted class and a confidence band."""


@dataclass(frozen=True)
class Expectation:
    """What earlier labels say of some keys (H).

    `counts` (H x K, in the order of `classes`) are the earlier labels of each key. They count alike, whatever their
    probability: within a predicted class and band they are taken for a fair sample.
    """

    keys: tuple[Key, ...]
    classes: tuple[str, ...]
    counts: Floats

    @classmethod
    def of(cls, earlier: Confusion, keys: Sequence[Key]) -> "Expectation":
        """Look the keys up in an earlier window."""
        row_of = {key: row for row, key in enumerate(keys_of(earlier))}
        rows = np.array([row_of.get(key, -1) for key in keys], dtype=np.intp)
        counts = np.vstack([earlier.rows.counts, np.zeros((1, len(earlier.classes)))])
        return cls(tuple(keys), earlier.classes, counts[rows])

    def rates(self, class_name: str) -> Floats:
        """Share of the predictions of each key (H) that is truly of the class, in (0, 1).

        A rate leans on its like, by indirect standardisation: on the rate of all keys of its side (predicted as the
        class, or not), times the ratio of labels found to labels expected in its band, times that ratio in its
        predicted class. Where there are fewer than MIN_OF_CLASS labels of the class confidences tell.
        """
        k = self.classes.index(class_name) if class_name in self.classes else None
        if k is None or self.counts[:, k].sum() < MIN_OF_CLASS:
            return self._promised(class_name)
        own = self.is_own(class_name)
        rates = np.empty(own.size)
        for side in (own, ~own):
            rates[side] = self._standardised(self.counts[side, k], side)
        return rates

    def _promised(self, class_name: str) -> Floats:
        """Shares of the class in each stratum (H), from confidences alone.

        An answer is taken to be right as often as the middle of its band says, every other time where there is no
        confidence, and wrong towards all other classes alike.
        """
        bands = np.array([band for _, band in self.keys], dtype=np.intp)
        right = np.where(bands == NO_BAND, UNKNOWN, np.array(_MIDDLES)[bands])
        others = max(int(self._class_numbers.max(initial=0)), 1)
        return np.asarray(np.where(self.is_own(class_name), right, (1 - right) / others))

    def is_own(self, class_name: str) -> NDArray[np.bool_]:
        """Which keys are predicted as the class (H)."""
        return np.array([predicted == class_name for predicted, _ in self.keys], dtype=bool)

    def _standardised(self, found: Floats, side: NDArray[np.bool_]) -> Floats:
        """Rates of one side: that of all, corrected by band, then by predicted class, then by each key's own labels."""
        labelled = self._labelled[side]
        rates = np.full(found.size, (found.sum() + LEAN / 2) / (labelled.sum() + LEAN))
        for numbers in (self._band_numbers, self._class_numbers, np.arange(side.size)):
            group = numbers[side]
            seen, foreseen = (np.bincount(group, values)[group] for values in (found, labelled * rates))
            rates = np.minimum(rates * (seen + LEAN) / (foreseen + LEAN), _MOST)
        return rates

    @cached_property
    def _labelled(self) -> Floats:
        return np.asarray(self.counts.sum(axis=1), dtype=float)

    @cached_property
    def _band_numbers(self) -> NDArray[np.intp]:
        return _numbers([band for _, band in self.keys])

    @cached_property
    def _class_numbers(self) -> NDArray[np.intp]:
        return _numbers([predicted for predicted, _ in self.keys])


def keys_of(confusion: Confusion) -> list[Key]:
    """The keys of a window's rows, in their order."""
    names = [confusion.classes[place] for place in confusion.rows.classes.tolist()]
    return list(zip(names, confusion.rows.bands.tolist(), strict=True))


def _numbers(names: Sequence[Hashable]) -> NDArray[np.intp]:
    """Number the names from 0 on, equal names alike."""
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], dtype=np.intp)


_MIDDLES = [(low + high) / 2 for low, high in pairwise((0, *BAND_EDGES, 1))]
_MOST = 1 - 1e-4  # of a rate: an error must not be impossible
