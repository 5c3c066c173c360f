"""Standardised specificity: precision without the mix, how often messages of other classes are taken for a class.

Precision falls when the class becomes rarer, though every message is answered as before. What the bot itself does to it
is the share of *other* messages that it takes for the class, one minus its specificity. That share is standardised
directly, to the mix that the reference had of the other classes, so that it stays the same whatever the mix is. With
prevalence p and recall r of the reference and specificity s,

    precision at the reference's mix = p r / (p r + (1 - p) (1 - s))

which grows with s, so a loss of precision that is tolerated is a loss of specificity that is tolerated. (A loss of
recall lowers precision too, but that is for recall to say.)
"""

from dataclasses import dataclass, replace

import numpy as np

from checks.counts.confusion import Floats
from checks.estimates.decomposition import MIN_CLASS, MIN_MIX, Pair, proportion_of
from checks.estimates.stratified import Stratified
from checks.statistics.intervals import Proportion


def specificity(current: Stratified, reference: Stratified, class_name: str, max_drop: float) -> Pair | None:
    """Compare a class's specificity with the reference's; `max_drop` in (0, 1) is the loss of precision tolerated.

    The shares are of the messages of other classes that are not taken for the class, at the reference's mix of them.
    None where the reference does not know the class, or too little of its mix of other classes is known on both sides.
    """
    then, k = reference.precision(class_name), reference.confusion.index(class_name)
    if then is None or k is None or not reference.confusion.support[k]:
        return None
    current, reference = current.told, reference.told
    others = tuple(name for name in reference.confusion.real_classes if name != class_name)
    here, there = _Others.of(current, class_name, others), _Others.of(reference, class_name, others)
    compared = (there.support >= MIN_CLASS) & (here.support > 0)
    if not compared.any() or there.sizes[compared].sum() < MIN_MIX * there.sizes.sum():
        return None
    weights = np.where(compared, there.sizes, 0.0)
    pooled = compared & (here.support < MIN_CLASS)
    if pooled.any():
        weights[pooled] = weights[pooled].sum() * here.sizes[pooled] / here.sizes[pooled].sum()
    weights /= weights.sum()
    now, then = here.spared_at(weights), there.spared_at(weights)
    return Pair(now, then, _margin(reference, k, then.value, max_drop))


@dataclass(frozen=True)
class _Others:
    """One window's messages of other classes, in the order of common names (J of them); all arrays have shape (J,).

    `columns` is the place of each class in the window's own order, -1 where it is not there, and `row` that of the
    class itself.
    """

    counts: Stratified
    row: int | None
    columns: np.ndarray
    support: Floats  # labelled rows
    sizes: Floats  # estimated predictions truly of the class
    taken: Floats  # of those, the estimated ones predicted as the class itself
    weight: float  # predictions as the class itself that one labelled one stands for

    @classmethod
    def of(cls, counts: Stratified, class_name: str, names: tuple[str, ...]) -> "_Others":
        confusion, row = counts.confusion, counts.confusion.index(class_name)
        own = {name: place for place, name in enumerate(confusion.classes)}
        columns = np.array([own.get(name, -1) for name in names], dtype=np.intp)
        there = columns >= 0

        def chosen(values: Floats) -> Floats:
            return np.where(there, values[columns], 0.0) if values.size else np.zeros(columns.size)

        taken = np.zeros(len(confusion.classes)) if row is None else counts.cells[row]
        weight = 1.0 if row is None else float(confusion.predicted[row] / max(confusion.labelled[row], 1))
        sizes = chosen(counts.cells.sum(axis=0))
        return cls(counts, row, columns, chosen(confusion.support), sizes, chosen(taken), weight)

    def spared_at(self, weights: Floats) -> Proportion:
        """Share not taken for the class, weighted by `weights`, which sum to 1.

        The variance is linearised, with one imagined message, half taken and half not, of the weight that rows have on
        the average of Kish (1965); see `decomposition`, which does the same for accuracy. It is never less than that of
        the messages taken as they were counted, each of its weight: where all three labels of a stratum say the same,
        the stratum itself shows no variance.
        """
        used = weights > 0
        spared = 1 - self.taken[used] / self.sizes[used]
        value = float(weights[used] @ spared)
        each = weights[used] / self.sizes[used]
        linearised = self.counts.variance(self._slope(each, value, self.columns[used]))
        variance = max(linearised, float(each**2 @ self.taken[used]) * self.weight)
        n = 1 / float((weights[used] ** 2 / self.support[used]).sum())
        return replace(proportion_of(value, variance, n), n=int(self.support[used].sum()))

    def _slope(self, each: Floats, spared: float, columns: np.ndarray) -> Floats:
        """Derivative of the share by each cell; all other classes are taken alike, for few of them show one taken."""
        size = len(self.counts.confusion.classes)
        slope = np.zeros((size, size))
        slope[:, columns] = each * (1 - spared)
        if self.row is not None:
            slope[self.row, columns] = -each * spared
        return slope


def _margin(reference: Stratified, k: int, spared: float, max_drop: float) -> float:
    """The loss of specificity that lowers the reference's precision, at its own mix and recall, by `max_drop`."""
    hits = float(reference.cells[k, k])
    others = float(reference.cells.sum() - reference.cells[:, k].sum())
    taken = others * (1 - spared)
    lowest = hits / (hits + taken) - max_drop if hits + taken else 0.0
    if lowest <= 0:
        return 1.0
    return hits * (1 - lowest) / lowest / others - (1 - spared)
