"""Predictions by predicted class and confidence band, the strata in which a confidence is learned and used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from checks.counts.cells import NO_BAND, OutcomeCell
from checks.counts.confusion import Floats, sums
from checks.counts.outcomes import BANDS, Outcomes
from checks.statistics.arithmetic import safe_divide


@dataclass(frozen=True)
class Strata:
    """Counts of a window by predicted class (K, in the order of `classes`), band (B) and label (K).

    The last band is that of the predictions whose confidence is not known.
    `sizes` (K x B) counts predictions, labelled or not, and `confidence` (K x B) sums their confidences. `counts`
    (K x B x K) is of labelled predictions; `labelled_confidence` (K x B) sums the confidences of those. Labels count
    alike whatever their inclusion probability: it differs between strata, and within one they are taken for a fair
    sample.
    """

    classes: tuple[str, ...]
    sizes: Floats
    confidence: Floats
    counts: Floats
    labelled_confidence: Floats

    @classmethod
    def of(cls, cells: Iterable[OutcomeCell], classes: Sequence[str]) -> "Strata":
        """Sum cells, whatever versions they are of. Raises KeyError for a class that is not among `classes`."""
        cells, k = Outcomes.of(cells), len(classes)
        predicted, label = cells.places(classes)
        stratum = predicted * BANDS + np.where(cells.band == NO_BAND, BANDS - 1, cells.band)
        known = cells.labelled
        place = stratum[known] * k + label[known]
        return cls(
            tuple(classes),
            sums(stratum, cells.n, k * BANDS).reshape(k, BANDS),
            sums(stratum, cells.confidence, k * BANDS).reshape(k, BANDS),
            sums(place, cells.n[known], k * BANDS * k).reshape(k, BANDS, k),
            sums(stratum[known], cells.confidence[known], k * BANDS).reshape(k, BANDS),
        )

    def without_labels(self) -> "Strata":
        """The strata as they were before any label came."""
        nothing = np.zeros_like
        return replace(self, counts=nothing(self.counts), labelled_confidence=nothing(self.labelled_confidence))

    @cached_property
    def labelled(self) -> Floats:
        """Labelled predictions (K x B)."""
        return np.asarray(self.counts.sum(axis=2), dtype=float)

    @cached_property
    def support(self) -> Floats:
        """Labelled predictions by label (K)."""
        return np.asarray(self.counts.sum(axis=(0, 1)), dtype=float)

    @cached_property
    def unlabelled(self) -> Floats:
        """Predictions without a label (K x B)."""
        return np.asarray(self.sizes - self.labelled, dtype=float)

    @cached_property
    def confidence_with_label(self) -> Floats:
        """Mean confidence of the labelled predictions (K x B), 0 where there are none."""
        return safe_divide(self.labelled_confidence, self.labelled)

    @cached_property
    def confidence_without_label(self) -> Floats:
        """Mean confidence of the others (K x B), 0 where there are none."""
        return safe_divide(self.confidence - self.labelled_confidence, self.unlabelled)

    @cached_property
    def correct(self) -> Floats:
        """Labelled predictions that are right (K x B)."""
        return diagonal(self.counts)

    @property
    def has_confidences(self) -> bool:
        """Whether the log has a confidence for any of them."""
        return bool(self.sizes[:, :-1].any())


def diagonal(table: Floats) -> Floats:
    """Of a table by predicted class, band and label (K x B x K): where the label is the predicted class (K x B)."""
    return np.asarray(np.diagonal(table, axis1=0, axis2=2).T, dtype=float)
