"""The variance of a share that is kept off zero where all of a few observations agree."""

from typing import overload

import numpy as np
from numpy.typing import NDArray

PSEUDO = 0.5
"""Imagined hits, and as many imagined misses: Jeffreys' prior of a proportion."""


def smoothed(value: float, n: float) -> float:
    """A share of `n` observations once half an imagined hit and half an imagined miss are added; in (0, 1).

    >>> smoothed(1.0, 9.0)
    0.95
    """
    return (value * n + PSEUDO) / (n + 2 * PSEUDO)


def variance_of_one(value: float, n: float) -> float:
    """P (1 - p) of the smoothed share p: the binomial variance of one observation, > 0."""
    smooth = smoothed(value, n)
    return smooth * (1 - smooth)


def variance_of_mean(value: float, n: float) -> float:
    """Variance of a share of `n` independent observations, with the imagined ones among them; > 0."""
    return variance_of_one(value, n) / (n + 2 * PSEUDO)


@overload
def effective_size(smooth: float, variance: float) -> float: ...
@overload
def effective_size(smooth: NDArray[np.float64], variance: NDArray[np.float64]) -> NDArray[np.float64]: ...
def effective_size(
    smooth: float | NDArray[np.float64], variance: float | NDArray[np.float64]
) -> float | NDArray[np.float64]:
    """The size of the simple random sample whose smoothed share has this variance, less the imagined observations.

    Kish (1965), "Survey Sampling", section 8.2: p (1 - p) / variance, with `smooth` for p in (0, 1); at least 0.

    >>> effective_size(0.5, variance_of_mean(0.5, 24.0))
    24.0
    """
    size = smooth * (1 - smooth) / variance - 2 * PSEUDO
    return np.maximum(size, 0.0) if isinstance(size, np.ndarray) else max(size, 0.0)
