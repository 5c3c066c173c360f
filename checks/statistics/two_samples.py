"""Two samples of the same predictions: labels drawn with a known probability, and labels that came by themselves.

The designed one is weighed by Hájek's estimator, 1/probability; in the
other each label counts 1. Of a stratum that has both, each sample counts by its effective size (Kish), which is how
samples of unlike design are combined with the least variance (O'Muircheartaigh and Pedlow 2002, "Combining samples vs.
cumulating cases"). Weights of 1/probability beside weights of 1 would drown the labels that came by themselves: one
chosen label of a stratum of a thousand would count for more than hundreds of others.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def combine(counts: Floats, weights: Floats, squared: Floats, designed: Floats) -> tuple[Floats, Floats]:
    """Weights and their squares (R x K), the designed rows of each stratum scaled so that they weigh what they know.

    Strata are rows. Of `counts` labelled predictions `designed` have a known probability; the others weigh 1. Without
    any such others all stays as it is. Where the probabilities of a stratum are equal every label of it comes to weigh
    1, so its share is the plain one, whatever the mixture; and a stratum with designed labels only does not outweigh
    a mixed one that it is merged with.
    """
    if not designed.any():
        return weights, squared
    undesigned = counts - designed
    known, known_squared = weights - undesigned, squared - undesigned
    mixed = (designed.sum(axis=1) > 0) & bool((undesigned > 0).any())
    scale = np.ones(len(counts))
    scale[mixed] = known[mixed].sum(axis=1) / known_squared[mixed].sum(axis=1)
    return undesigned + scale[:, None] * known, undesigned + scale[:, None] ** 2 * known_squared
