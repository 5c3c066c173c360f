"""Domain classifier: tells rows of now from earlier ones, each scored by a model that learned from other rows.

Two samples have one distribution if nothing tells their rows apart (Lopez-Paz and Oquab 2017, "Revisiting classifier
two-sample tests").
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Which = NDArray[np.bool_]

STRENGTH: Final = 3.0
"""Inverse of the classifier's regularisation: messages have few words, and a new topic has few that tell."""


class HeldOut(NamedTuple):
    """Scores of rows (N), the higher the more like now; and the mean weights of the features (F)."""

    scores: Floats
    weights: Floats


def held_out(
    matrix: sparse.csr_matrix, now: Which, half: Which, *, scale: Callable[[Floats], Floats] = np.asarray
) -> HeldOut:
    """Score each half of the rows by a classifier that learned from the other.

    Args:
        matrix: features of the rows (N x F).
        now: which rows are of now (N); each half needs some that are and some that are not.
        half: which rows are of the first half (N).
        scale: what is done with the scores of one half, as those of two classifiers are not on one scale.
    """
    scores, weights = np.zeros(len(now)), np.zeros(matrix.shape[1])
    for held in (half, ~half):
        classifier = LogisticRegression(solver="liblinear", class_weight="balanced", C=STRENGTH)
        classifier.fit(matrix[~held], now[~held])
        scores[held] = scale(classifier.decision_function(matrix[held]))
        weights += classifier.coef_[0] / 2
    return HeldOut(scores, weights)
