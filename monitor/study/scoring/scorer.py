"""What a local scorer of relevance is."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Scorer(Protocol):
    """Estimates how relevant answers are, without asking anybody."""

    @property
    def name(self) -> str:
        """Name of the scorer, with its version."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Score (message, answer) pairs: one number in [0, 1] each, more for a more relevant answer, or NaN."""
