"""Which predictions one labelled row may stand for: strata with enough labels, of predictions that are alike."""

import numpy as np
from numpy.typing import NDArray

from checks.confusion import Floats, sums


def merge_thin(classes: NDArray[np.intp], labelled: Floats, least: int) -> NDArray[np.intp]:
    """Number the strata of rows that are of a predicted class and a confidence band each (R).

    A row with fewer than `least` labels is merged with its neighbours in confidence, as long as there are any of its
    class. Classes without any label share the stratum of the class with the fewest. Classes are not merged for having
    few: where they are labelled unlike, that brings back the bias that strata are for.

    >>> merge_thin(np.array([0, 0, 0, 1]), np.array([9.0, 1.0, 4.0, 20.0]), least=5).tolist()
    [0, 1, 1, 2]
    """
    groups = np.arange(classes.size)
    for of_class in np.flatnonzero(np.bincount(classes) > 1):
        rows = np.flatnonzero(classes == of_class)
        groups[rows] = rows[_merge_neighbours(labelled[rows], least)]
    count = int(classes.max()) + 1 if classes.size else 0
    merged = _merge_classes(groups, classes, sums(classes, labelled, count))
    return np.unique(merged, return_inverse=True)[1]


def _merge_neighbours(labelled: Floats, least: int) -> list[int]:
    """For each row of one class, in the order of its bands, the first row of its stratum."""
    runs = [(first, float(n)) for first, n in enumerate(labelled)]  # of neighbouring rows: the first one, and labels
    while len(runs) > 1:
        thin = min(range(len(runs)), key=lambda i: runs[i][1])
        if runs[thin][1] >= least:
            break
        beside = min((i for i in (thin - 1, thin + 1) if 0 <= i < len(runs)), key=lambda i: runs[i][1])
        one, other = sorted((thin, beside))
        runs[one : other + 1] = [(runs[one][0], runs[one][1] + runs[other][1])]
    ends = [first for first, _ in runs[1:]] + [labelled.size]
    return [first for (first, _), end in zip(runs, ends, strict=True) for _ in range(first, end)]


def _merge_classes(groups: NDArray[np.intp], classes: NDArray[np.intp], labelled: Floats) -> NDArray[np.intp]:
    """Put the rows of classes without a label into a stratum that has one; `labelled` is by class."""
    present = np.unique(classes)
    order = present[np.argsort(labelled[present], kind="stable")]
    unlabelled = int((labelled[order] == 0).sum())
    merged = groups.copy()
    if unlabelled:
        merged[np.isin(classes, order[: unlabelled + 1])] = groups[classes == order[0]][0]
    return merged
