"""Test whether labels that came by themselves agree with labels of known inclusion probability.

Both are compared within each predicted class and confidence band: how many of the designed labels say a thing, and how
many should if it were said as often by all labels there. The sum over all strata is the test of Mantel and Haenszel
(1959), "Statistical aspects of the analysis of data from retrospective studies of disease". Two things are asked: are
answers right as often, and are they truly of the class as often.
"""

import numpy as np

from checks.counts.confusion import Floats, Rows
from checks.statistics import special

LEVEL = 0.05
"""Chance of each test to tell labels apart that are alike: then the ones that came by themselves help less."""


LEVEL_RIGHT = 0.2
"""Level of each test for accuracy and precision, which rest on most labels: a difference that a test does not see moves
them by more of their width. Where 5% is labelled by itself, wrong answers three times as often, the interval of
accuracy covered 88% of 150 windows of `bench.estimates.label_queue` with tests at 5%, and 94% of 400 at 20%."""


def agree(rows: Rows, k: int) -> bool:
    """Whether nothing tells the two kinds of labels apart, in what they say of class number `k` or of being right."""
    designed = rows.designed.sum(axis=1)
    if not (rows.labelled > designed).any():
        return True
    place = np.arange(designed.size), rows.classes
    said = ((rows.counts[:, k], rows.designed[:, k]), (rows.counts[place], rows.designed[place]))
    return all(
        mantel_haenszel(by_design, all_of_them, designed, rows.labelled) >= LEVEL for all_of_them, by_design in said
    )


def agree_on_right(rows: Rows) -> bool:
    """Whether nothing tells the two kinds of labels apart in how often answers are right, of all classes or of one.

    A test of each predicted class, at LEVEL_RIGHT over their number, finds what is labelled unlike in that one alone.
    """
    if not rows.is_designed:
        return True
    designed = rows.designed.sum(axis=1)
    if not (rows.labelled > designed).any():
        return True
    place = np.arange(designed.size), rows.classes
    right, all_right = rows.designed[place], rows.counts[place]
    classes = np.unique(rows.classes)
    each = LEVEL_RIGHT / classes.size
    tests = ((slice(None), LEVEL_RIGHT), *((rows.classes == k, each) for k in classes.tolist()))
    return all(
        mantel_haenszel(right[part], all_right[part], designed[part], rows.labelled[part]) >= level
        for part, level in tests
    )


def mantel_haenszel(cases: Floats, all_cases: Floats, chosen: Floats, everyone: Floats) -> float:
    """P-value that `cases` among the `chosen` are as frequent as `all_cases` among `everyone`, in each stratum (H).

    The chi-square of Mantel and Haenszel with one degree of freedom and their continuity correction of a half.

    >>> round(mantel_haenszel(np.array([9.0]), np.array([10.0]), np.array([20.0]), np.array([40.0])), 4)
    0.0116
    """
    known = everyone > 1
    part, n = chosen[known], everyone[known]
    share = all_cases[known] / n
    expected = part * share
    variance = float((part * (n - part) / (n - 1) * share * (1 - share)).sum())
    if not variance:
        return 1.0
    apart = max(abs(float((cases[known] - expected).sum())) - 0.5, 0.0)
    return float(special.chdtrc(1, apart**2 / variance))
