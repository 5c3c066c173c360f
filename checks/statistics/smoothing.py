"""The variance of a share that is kept off zero where all of a few observations agree."""

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
