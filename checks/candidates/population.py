"""What production is made of: predictions by what was answered and what was right, labelled or not.

Of each predicted class all predictions are known and some have a label. As everywhere, the labelled ones speak for the
others that were predicted alike (Begg and Greenes 1983, "Assessment of diagnostic tests when disease verification is
subject to selection bias"), weighted by 1/inclusion probability where that is logged.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from checks.counts.cells import OutcomeCell


class Place(NamedTuple):
    """What was answered, and what was right."""

    predicted: str
    label: str


@dataclass(frozen=True, slots=True)
class Mass:
    """Predictions of production that some labelled rows stand for: `total`, and the sum of the `squares` of weights.

    So total**2 / squares is the number of rows that would know as much, were their weights equal (Kish 1965).
    """

    total: float
    squares: float


@dataclass(frozen=True, slots=True)
class Population:
    """The predictions of a span and versions. `unseen` are of a class without a label."""

    masses: Mapping[Place, Mass]
    predictions: int
    unseen: int

    @property
    def seen(self) -> int:
        """Predictions that labels speak for."""
        return self.predictions - self.unseen


def population(cells: Iterable[OutcomeCell]) -> Population:
    """Spread the predictions of each predicted class over the labels that were found among them.

    >>> cells = ("a", "a", 3, 3, 3), ("a", "b", 1, 1, 1), ("a", None, 6, 0, 0)
    >>> found = population(OutcomeCell(*cell) for cell in cells)
    >>> [(place.label, mass.total, mass.squares) for place, mass in found.masses.items()]
    [('a', 7.5, 18.75), ('b', 2.5, 6.25)]
    """
    by_class: dict[str, list[OutcomeCell]] = defaultdict(list)
    for cell in cells:
        by_class[cell.predicted].append(cell)
    masses: dict[Place, Mass] = {}
    predictions = unseen = 0
    for predicted, found in sorted(by_class.items()):
        size = sum(cell.n for cell in found)
        predictions += size
        shares = _shares(found)
        unseen += 0 if shares else size
        for label, (weight, squared) in sorted(shares.items()):
            masses[Place(predicted, label)] = Mass(size * weight, size**2 * squared)
    return Population(masses, predictions, unseen)


def _shares(cells: Iterable[OutcomeCell]) -> dict[str, tuple[float, float]]:
    """The share of each label, and the squares of the weights of its rows, where all weights sum to 1.

    Rows that were drawn with a known probability and rows that were labelled by themselves are put together as in
    `checks.statistics.two_samples`: each sample counts by its effective size.
    """
    labelled = [cell for cell in cells if cell.label is not None]
    undesigned = sum(cell.n - cell.designed for cell in labelled)
    weight = sum(cell.weight - (cell.n - cell.designed) for cell in labelled)
    squared = sum(cell.weight_squared - (cell.n - cell.designed) for cell in labelled)
    scale = weight / squared if undesigned and squared > 0 else 1.0
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for cell in labelled:
        own = cell.n - cell.designed
        sums[str(cell.label)][0] += own + scale * (cell.weight - own)
        sums[str(cell.label)][1] += own + scale**2 * (cell.weight_squared - own)
    total = sum(each for each, _ in sums.values())
    return {label: (each / total, squares / total**2) for label, (each, squares) in sums.items() if each > 0}
