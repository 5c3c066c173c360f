"""Where the messages of a class lie, by predicted class and confidence band: as earlier labels tell, or confidences."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from checks.confusion import Confusion, Floats
from checks.counts import BAND_EDGES, NO_BAND

MIN_OF_CLASS = 10
"""Earlier labels of a class under which they do not tell where its messages lie."""

LEAN = 1.0
"""Messages of the class, expected, with which a rate leans on that of its like."""

Key = tuple[str, int]
"""A predicted class and a confidence band."""


def expected_rates(earlier: Confusion, class_name: str, keys: Sequence[Key]) -> Floats | None:
    """Share of the predictions of each key (H) that is truly of the class, in (0, 1).

    None where `earlier` has fewer than MIN_OF_CLASS labels of the class at these keys. Its labels count alike, whatever
    their probability: within a predicted class and band they are taken for a fair sample. A rate leans on its like, by
    indirect standardisation: on the rate of all keys of its side (predicted as the class, or not), times the ratio of
    labels found to labels expected in its band, times that ratio in its predicted class.
    """
    k = earlier.index(class_name)
    if k is None:
        return None
    found, labelled = _counts(earlier, k, keys)
    if found.sum() < MIN_OF_CLASS:
        return None
    own = _is_own(class_name, keys)
    rates = np.empty(len(keys))
    for side in (own, ~own):
        here = [key for key, is_here in zip(keys, side.tolist(), strict=True) if is_here]
        rates[side] = _standardised(found[side], labelled[side], here)
    return rates


def promised_rates(class_name: str, keys: Sequence[Key]) -> Floats | None:
    """The same shares (H) from confidences alone; None where there are any without.

    An answer is taken to be right as often as the middle of its band says, and wrong towards all other classes alike.
    """
    if any(band == NO_BAND for _, band in keys):
        return None
    right = np.array([_MIDDLES[band] for _, band in keys])
    others = max(len({predicted for predicted, _ in keys}) - 1, 1)
    return np.asarray(np.where(_is_own(class_name, keys), right, (1 - right) / others))


def _is_own(class_name: str, keys: Sequence[Key]) -> NDArray[np.bool_]:
    return np.array([predicted == class_name for predicted, _ in keys], dtype=bool)


def _standardised(found: Floats, labelled: Floats, keys: Sequence[Key]) -> Floats:
    """Rates of one side: that of all, corrected by band, then by predicted class, then by each key's own labels."""
    rates = np.full(len(keys), (found.sum() + LEAN / 2) / (labelled.sum() + LEAN))
    bands, classes = [band for _, band in keys], [predicted for predicted, _ in keys]
    for names in (bands, classes, keys):
        group = _numbers(names)
        seen, foreseen = (np.bincount(group, values)[group] for values in (found, labelled * rates))
        rates = np.minimum(rates * (seen + LEAN) / (foreseen + LEAN), _MOST)
    return rates


def _counts(earlier: Confusion, k: int, keys: Sequence[Key]) -> tuple[Floats, Floats]:
    """Earlier labelled rows of each key (H): truly of class `k`, and all."""
    rows = earlier.rows
    names = [earlier.classes[place] for place in rows.classes.tolist()]
    found = dict(zip(zip(names, rows.bands.tolist(), strict=True), rows.counts[:, k].tolist(), strict=True))
    labelled = dict(zip(found, rows.labelled.tolist(), strict=True))
    return (
        np.array([found.get(key, 0.0) for key in keys], dtype=float),
        np.array([labelled.get(key, 0.0) for key in keys], dtype=float),
    )


def _numbers(names: Sequence[Hashable]) -> NDArray[np.intp]:
    """The same number for the same name, from 0 on."""
    number: defaultdict[Hashable, int] = defaultdict(lambda: len(number))
    return np.array([number[name] for name in names], dtype=np.intp)


_MIDDLES = [(low + high) / 2 for low, high in pairwise((0, *BAND_EDGES, 1))]
_MOST = 1 - 1e-4  # of a rate: an error must not be impossible
