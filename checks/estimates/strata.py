"""Strata: predictions that are alike, merged until each has enough labels to stand for it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from checks.counts.confusion import Floats
from checks.statistics.arithmetic import run_starts


def merge_thin(classes: NDArray[np.intp], labelled: Floats, least: int) -> NDArray[np.intp]:
    """Number the strata of rows that are of a predicted class and a confidence band each (R), in that order.

    A row with fewer than `least` labels is merged with its neighbours in confidence, as long as there are any of its
    class. Classes are never merged: where they are labelled unlike, that brings back the bias that strata are for.

    >>> merge_thin(np.array([0, 0, 0, 1]), np.array([9.0, 1.0, 4.0, 20.0]), least=5).tolist()
    [0, 1, 1, 2]
    """
    groups = np.arange(classes.size)
    if classes.size == 0 or run_starts(classes).size == classes.size:  # each class has one row, as without confidences
        return groups
    thin = set(classes[labelled < least].tolist())
    for first, end in pairwise([*run_starts(classes).tolist(), classes.size]):
        if int(classes[first]) in thin:
            groups[first:end] = first + np.array(_merge_neighbours(labelled[first:end].tolist(), least))
    return np.unique(groups, return_inverse=True)[1]


def _merge_neighbours(labelled: Sequence[float], least: int) -> list[int]:
    """For each row of one class, in the order of its bands, the first row of its stratum."""
    firsts, sizes = list(range(len(labelled))), list(labelled)  # of runs of neighbouring rows
    while len(sizes) > 1 and (fewest := min(sizes)) < least:
        thin = sizes.index(fewest)
        upwards = thin == 0 or (thin + 1 < len(sizes) and sizes[thin + 1] < sizes[thin - 1])
        one = thin if upwards else thin - 1
        sizes[one : one + 2] = [sizes[one] + sizes[one + 1]]
        del firsts[one + 1]
    ends = [*firsts[1:], len(labelled)]
    return [first for first, end in zip(firsts, ends, strict=True) for _ in range(first, end)]
