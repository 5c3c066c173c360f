"""Shrinkage: shares of a stratum pulled towards its class and the bot, from which variances are computed.

Three labels that agree do not prove that a stratum has no miss. So a variance is not taken from a stratum's own shares
alone, but from the mean of a Dirichlet posterior in three steps. A confidence band leans on its predicted class, with
PRIOR imagined rows; where the labels of a band, over all classes, are wrong oftener than their classes are, with
UNSURE more that are wrong as much oftener (indirect standardisation). A class leans on the bot as a whole, with PRIOR
rows that are right as often as all predictions and otherwise wrong as others are. Where one class decides (it has many
predictions, and few labels), being like the others says too little: LEVER rows, half of them right, are dealt out
among the classes by how much each adds to the variance of a total, N^2/n of N predictions and n labels. With one class
alone that is more than Jeffreys' prior.

The values themselves never lean on anything.
"""

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import NO_BAND, NO_CLASS
from checks.counts.confusion import Confusion, Floats, Rows
from checks.statistics.arithmetic import safe_divide

PRIOR = 1.0
"""Imagined rows of a band that are like its class, and of a class that are like the bot."""

UNSURE = 4.0
"""Imagined rows, besides, of a band that is wrong oftener than its classes. Without them, where unsure answers have few
labels, precision is covered by 91% (`bench.estimates.labels`). Sure bands get none: a bot that changed may be wrong
there too."""

STEADY = 1.0
"""Imagined wrong answers, as many as expected, that a band's excess of them begins with."""

LEVER = 2.0
"""Imagined rows, half of them right, in all; with 1 the interval of accuracy is 1 to 3 points short of 93% where one
class has a third of the predictions and four labels."""

MOST_WRONG = 0.9
"""A band is taken to be wrong no oftener, unless its class is: hardly any label says so of so few rows."""


def likely_shares(
    confusion: Confusion, groups: NDArray[np.intp], sizes: Floats, share: Floats, cells: Floats
) -> Floats:
    """Each cell's share of its stratum (R x K), as it may well be; each stratum's cells sum to 1 (with two classes).

    `groups` (R), `sizes` (G), `share` (R x K) and `cells` (K x K) are those of
    `checks.estimates.stratified.Stratified`.
    """
    rows = confusion.rows
    by_class, known = _of_classes(confusion, cells)
    labelled = np.bincount(groups, rows.labelled, sizes.size)[groups]
    part = safe_divide(rows.predicted, sizes[groups])
    wrong = 1 - np.diag(by_class)[rows.classes]
    oftener = _wrong_in_their_bands(rows, wrong)
    is_unsure = np.bincount(groups, part * (oftener - wrong), sizes.size) > 0
    lean, unsure = PRIOR + known[rows.classes], np.where(is_unsure, UNSURE, 0.0)[groups]
    imagined = part / (labelled + lean + unsure)
    shares = by_class[rows.classes]
    shares *= (imagined * (lean + unsure * safe_divide(oftener, wrong)))[:, None]
    shares[np.arange(wrong.size), rows.classes] = imagined * (lean * (1 - wrong) + unsure * (1 - oftener))
    shares += share * (labelled / (labelled + lean + unsure))[:, None]
    return np.asarray(shares)


def like_the_bot(confusion: Confusion, cells: Floats) -> Floats:
    """Shares of the labels (K x K) of predicted classes that nothing is known of: right as often as all `cells` are."""
    return _answers(*_of_the_bot(confusion, cells))


def _wrong_in_their_bands(rows: Rows, wrong: Floats) -> Floats:
    """Wrong share of each row (R), where that of its class (`wrong`, R) rises as much as all answers of its band do.

    A class that is in one band is no part of itself.
    """
    weight = rows.weight
    right = rows.weights[np.arange(wrong.size), rows.classes]
    found = rows.labelled * safe_divide(weight - right, weight)
    band = rows.bands - NO_BAND
    excess = (np.bincount(band, found) + STEADY) / (np.bincount(band, rows.labelled * wrong) + STEADY)
    likely = np.minimum(wrong * excess[band], np.maximum(wrong, MOST_WRONG))
    return np.where(np.bincount(rows.classes)[rows.classes] == 1, wrong, likely)


def _of_classes(confusion: Confusion, cells: Floats) -> tuple[Floats, Floats]:
    """The shares of each predicted class (K x K), and the rows of LEVER that it has (K)."""
    labelled = confusion.labelled
    pull = np.where(labelled > 0, safe_divide(confusion.predicted**2, labelled), 0.0)
    lever = LEVER * safe_divide(pull, pull.sum())
    right, wrong = _of_the_bot(confusion, cells)
    half = wrong / 2
    np.fill_diagonal(half, 0.5)
    n, pulled = labelled[:, None], lever[:, None]
    own = safe_divide(cells, cells.sum(axis=1, keepdims=True))
    own *= n  # in place: with 150 classes each new table of this size is asked of the operating system
    like_all = _answers(right, wrong)
    like_all *= PRIOR
    own += like_all
    half *= pulled
    own += half
    own /= n + PRIOR + pulled
    return own, lever


def _answers(right: Floats, wrong: Floats) -> Floats:
    """Shares of the labels of each class (K x K) where a part (K) is right, and the rest spread as `wrong` (K x K)."""
    answers = np.asarray((1 - right)[:, None] * wrong)
    np.fill_diagonal(answers, right)
    return answers


def _of_the_bot(confusion: Confusion, cells: Floats) -> tuple[Floats, Floats]:
    """How often a prediction of each class may be right (K), and what it is where it is wrong (K x K)."""
    real = np.array([name != NO_CLASS for name in confusion.classes], dtype=float)
    accuracy = float(np.trace(cells)) / max(float(cells.sum()), 1.0)
    misses = cells.copy()
    np.fill_diagonal(misses, 0.0)
    wrong = _off_diagonal(misses.sum(axis=0))
    of_class = wrong.sum(axis=1, keepdims=True)
    if not (of_class > 0).all():
        wrong = np.where(of_class > 0, wrong, _off_diagonal(real))
        of_class = wrong.sum(axis=1, keepdims=True)
    return accuracy * real, safe_divide(wrong, of_class)


def _off_diagonal(row: Floats) -> Floats:
    """The row (K) for each class (K x K), without the class itself."""
    square = np.empty((row.size, row.size))
    square[:] = row
    np.fill_diagonal(square, 0.0)
    return square
