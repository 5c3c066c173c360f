"""What labels of each stratum would tell of the recall of some classes: the ground on which a budget is split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion, Floats
from checks.estimates.design_based import Sampled
from checks.label_queue.prior import Expectation, Key
from checks.statistics.arithmetic import safe_divide
from checks.statistics.intervals import Proportion


@dataclass(frozen=True)
class Prospects:
    """What is expected of H strata and C classes.

    `size` counts predictions and `labelled` those with a label (H); `rates` is the share truly of each class (C x H),
    as the labels of the window and of an earlier one tell it, or confidences where these are too few.
    """

    classes: tuple[str, ...]
    strata: tuple[Key, ...]
    size: Floats
    labelled: Floats
    rates: Floats

    @classmethod
    def of(
        cls, cells: Iterable[OutcomeCell], classes: Sequence[str], earlier: Iterable[OutcomeCell] = ()
    ) -> "Prospects":
        """Count the cells of a window, whatever versions they are of, and learn from them and from earlier ones."""
        cells = tuple(cells)
        strata = tuple(sorted({(cell.predicted, cell.band) for cell in cells}))
        place = {stratum: h for h, stratum in enumerate(strata)}
        size, labelled = np.zeros((2, len(strata)))
        for cell in cells:
            h = place[cell.predicted, cell.band]
            size[h] += cell.n
            labelled[h] += cell.n if cell.label is not None else 0
        expectation = Expectation.of(Confusion.of((*cells, *earlier)), strata)
        rates = np.array([expectation.rates(name) for name in classes])
        return cls(tuple(classes), strata, size, labelled, rates)

    def worth(self, budget: float) -> Floats:
        """`a` of each class and stratum (C x H): size times spread times what one row moves recall by.

        Misses may have moved since they were learned. So to each rate of them that is added which would show one miss
        among all labels that there will be, which is as much as these labels cannot rule out.
        """
        own = self._is_own()
        rates = np.where(own, self.rates, np.minimum(self.rates + 1 / (self.labelled.sum() + budget), 0.5))
        of_class = self.size * rates
        total = of_class.sum(axis=1, keepdims=True)
        recall = np.clip(np.where(own, of_class, 0.0).sum(axis=1, keepdims=True) / total, _SMALLEST, 1 - _SMALLEST)
        slope = np.where(own, 1 - recall, recall) / total
        return np.asarray(self.size * np.sqrt(rates * (1 - rates)) * slope)

    def recalls(self, labels: Floats) -> dict[str, Proportion | None]:
        """Recall of each class as `labels` (H) of each stratum would know it, were the rates as they seem now."""
        weight = safe_divide(self.size, labels)
        found = labels * self.rates
        return {
            name: Sampled(own, self.size, labels, of_class, weight).recall(round(of_class.sum()))
            for name, own, of_class in zip(self.classes, self._is_own(), found, strict=True)
        }

    def _is_own(self) -> NDArray[np.bool_]:
        """Whether the stratum's predictions are of the class (C x H)."""
        return np.array([[predicted == name for predicted, _ in self.strata] for name in self.classes])


_SMALLEST = 1e-4  # of a share that nobody has seen: it must not be impossible
