"""How far confidences are from the accuracy they promise."""

from dataclasses import dataclass

import numpy as np

from checks.before_labels.strata import Strata
from checks.counts.confusion import Floats
from checks.statistics import special
from checks.statistics.arithmetic import safe_divide

TWO_SIDED = 0.025
"""Each tail of a 95% interval."""


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Mean distance of accuracy from confidence over the bands (expected calibration error: Naeini et al. 2015).

    `value` is in [0, 1]. Chance alone makes every distance positive: by `chance` in all, the mean of a normal's
    absolute value, if there were no miscalibration. `spread` is the standard deviation. `gap` is accuracy less
    confidence, positive where the bot is better than it says. `n` counts the labelled predictions.
    """

    value: float
    chance: float
    spread: float
    gap: float
    n: int

    @classmethod
    def of(cls, strata: Strata) -> "CalibrationError | None":
        """None without a labelled prediction that has a confidence.

        A band's distance is the mean over its predicted classes, each weighted by its predictions, because labels are
        not a fair sample of them.
        """
        labelled = strata.labelled[:, :-1]
        if not labelled.any():
            return None
        sizes = np.where(labelled > 0, strata.sizes[:, :-1], 0.0)
        gap = safe_divide(strata.correct[:, :-1] - strata.labelled_confidence[:, :-1], labelled)
        part = safe_divide(sizes, sizes.sum(axis=0))
        by_band = (part * gap).sum(axis=0)
        variance = (part**2 * safe_divide(_binomial(strata)[None, :], labelled)).sum(axis=0)
        weight = sizes.sum(axis=0) / sizes.sum()
        return cls(
            value=float(weight @ np.abs(by_band)),
            chance=float(weight @ np.sqrt(2 * variance / np.pi)),
            spread=float(np.sqrt(weight**2 @ variance)),
            gap=float(weight @ by_band),
            n=int(labelled.sum()),
        )

    def interval(self) -> tuple[float, float]:
        """95% interval: the lower bound allows for what chance alone adds, so that it is 0 where all may be well."""
        reach = -float(special.ndtri(TWO_SIDED)) * self.spread
        return max(self.value - self.chance - reach, 0.0), min(self.value + reach, 1.0)

    def rise_from(self, earlier: "CalibrationError", tail: float) -> float:
        """Lower bound of the rise since an independent earlier one, too high with probability about `tail` or less."""
        reach = -float(special.ndtri(tail)) * np.hypot(self.spread, earlier.spread)
        return float(self.value - self.chance - earlier.value - reach)


def _binomial(strata: Strata) -> Floats:
    """Variance of one prediction's being right, by band (B - 1), with half a right and a wrong one imagined."""
    right = strata.correct[:, :-1].sum(axis=0) + 0.5
    share = right / (strata.labelled[:, :-1].sum(axis=0) + 1)
    return np.asarray(share * (1 - share), dtype=float)
