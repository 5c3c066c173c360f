"""Calibration from past labels: the true class given the predicted class and the confidence band."""

from dataclasses import dataclass

import numpy as np

from checks.before_labels.strata import Strata, diagonal
from checks.counts.cells import NO_CLASS
from checks.counts.confusion import Floats
from checks.statistics.arithmetic import safe_divide

PRIOR = 4.0
"""Imagined labels of each stratum, spread as its band and its predicted class suggest: what a thin one leans on."""

MAX_PAST = 400.0
"""Labels that the past of a predicted class counts for at most: a bot that changes a little is not known any better."""

HALF = 0.5
"""Imagined right and wrong answer of each band, after Jeffreys, so that no band is taken for infallible."""


@dataclass(frozen=True)
class Learned:
    """Calibration by histogram binning (Zadrozny and Elkan 2001), one histogram for each predicted class.

    `truth` (K x B x K) is the share of each true class among predictions of a class and band, and `known` (K x B) the
    labels that would know it as well as it is taken to be known: those there were, of each predicted class no more than
    MAX_PAST (a power prior: Ibrahim and Chen 2000), and PRIOR. `labelled` (K x B) counts the labels themselves. `curve`
    has the mean confidence of the bands and their accuracy, `confidence` (K x B) the mean confidence learned from.

    A confidence need not mean what it says: only that predictions of one class and band go on being right as often as
    they were. A stratum's share is the mean of a Dirichlet posterior whose prior has PRIOR labels: the accuracy of the
    band over all classes, and the wrong answers of the predicted class over all bands.
    """

    classes: tuple[str, ...]
    truth: Floats
    known: Floats
    labelled: Floats
    curve: tuple[Floats, Floats]
    confidence: Floats

    @classmethod
    def of(cls, past: Strata) -> "Learned":
        """Learn from the labelled predictions of a past span."""
        labelled = past.labelled
        truth = (past.counts + PRIOR * _suggested(past)) / (labelled + PRIOR)[:, :, None]
        kept = np.minimum(1.0, safe_divide(np.array(MAX_PAST), labelled.sum(axis=1, keepdims=True), otherwise=1.0))
        known = labelled * kept + PRIOR
        return cls(past.classes, truth, known, labelled, _curve(past), past.confidence_with_label)

    def truth_at(self, confidence: Floats) -> Floats:
        """Expected shares of the true classes (K x B x K) where the mean confidence is `confidence` (K x B).

        Within a band confidences may lie higher or lower than those learned from: accuracy moves along the line through
        the bands' means by as much. 0 stands for a stratum without predictions, which stays as it is.
        """
        moved = np.interp(confidence, *self.curve) - np.interp(self.confidence, *self.curve)
        right = diagonal(self.truth)
        movable = (confidence > 0) & (self.confidence > 0) & (right > 0)
        movable[:, -1] = False  # no confidence, so none that moved
        wanted = np.where(movable, np.clip(right + moved, right / 2, (1 + right) / 2), right)
        shares = self.truth * safe_divide(1 - wanted, 1 - right, otherwise=1.0)[:, :, None]
        own = np.arange(len(self.classes))
        shares[own, :, own] = wanted
        return shares


def _suggested(past: Strata) -> Floats:
    """Prior shares (K x B x K), which a stratum with few labels is shrunk towards."""
    size = len(past.classes)
    names = np.array([name != NO_CLASS for name in past.classes], dtype=float)
    by_band = (past.correct.sum(axis=0) + HALF) / (past.labelled.sum(axis=0) + 2 * HALF)
    right = by_band[None, :] * names[:, None]
    wrong = past.counts.sum(axis=1) * (1 - np.eye(size))
    anywhere = (wrong.sum(axis=0) + HALF * names) * (1 - np.eye(size))
    anywhere = safe_divide(anywhere, anywhere.sum(axis=1, keepdims=True))
    errors = (wrong + anywhere) / (wrong.sum(axis=1, keepdims=True) + 1)
    suggested = (1 - right)[:, :, None] * errors[:, None, :]
    own = np.arange(size)
    suggested[own, :, own] = right
    return np.asarray(suggested, dtype=float)


def _curve(past: Strata) -> tuple[Floats, Floats]:
    """Mean confidence and accuracy of the bands that have labels, in order of confidence."""
    labelled = past.labelled.sum(axis=0)[:-1]
    seen = labelled > 0
    if not seen.any():
        return np.zeros(1), np.zeros(1)
    confidence = past.labelled_confidence.sum(axis=0)[:-1][seen] / labelled[seen]
    return confidence, past.correct.sum(axis=0)[:-1][seen] / labelled[seen]
