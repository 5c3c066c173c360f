"""Figures that no chatbot gives: one class in all predictions, labels that never differ from the prediction.

Both come from a column that is mapped to the wrong meaning (a constant, such as a project's name, taken for the class;
the prediction itself taken for the label), and both look like health: an accuracy of 100%.

How often a healthy bot trips: with a share s of its predictions outside the commonest class, `FEWEST_OF_ONE_CLASS`
predictions are all of one class with probability (1 - s)^1000 (s = 1%: 0.00004, s = 0.5%: 0.007); with a share e of
wrong answers, `FEWEST_AGREEING` labels all agree with probability (1 - e)^1000, the same figures. All that is kept of
the log has to be so, not a window alone, so that the question is put once and not at every look.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from checks.counts.cells import NO_CLASS
from checks.counts.outcomes import Floats, Outcomes, Places
from checks.estimates.cycle_data import Measured

FEWEST_OF_ONE_CLASS = 1_000
"""Predictions from which it is a fact about the log, not about a quiet bot, that all are of one class."""

FEWEST_AGREEING = 1_000
"""Labels from which it is a fact about the log that none differs from its prediction."""

FEWEST_BESIDE = 200
"""Such labels outside the commonest class: to agree on a class that is nearly all there is takes no skill."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a log says, added up.

    `predicted` counts predictions by class, `labelled` those of them that have a label, by the class of the label;
    `agreeing` of these have the class that was predicted.
    """

    predicted: Mapping[str, int]
    labelled: Mapping[str, int]
    agreeing: int

    @property
    def only_class(self) -> str | None:
        """The one class that all predictions name, None where there are several, or none."""
        named = [name for name, n in self.predicted.items() if n and name != NO_CLASS]
        return named[0] if len(named) == 1 else None

    @property
    def of_only_class(self) -> int:
        """How many predictions name it; 0 where several are named."""
        return 0 if self.only_class is None else self.predicted[self.only_class]

    @property
    def agree_on(self) -> int:
        """How many labels there are, if all agree with the prediction and not nearly all are of one class; else 0."""
        n = sum(self.labelled.values())
        beside = n - max(self.labelled.values(), default=0)
        return n if n == self.agreeing and beside * FEWEST_AGREEING >= n * FEWEST_BESIDE else 0


def answers(measured: Measured) -> Answers:
    """All that is kept of the log, whatever versions it is of."""
    windows = measured.windows
    kept = [run.outcomes for run in windows.versions] or [windows.current.outcomes, windows.reference.outcomes]
    predicted: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    agreeing = 0
    for outcomes in map(Outcomes.of, kept):
        known = outcomes.labelled
        predicted.update(_by_class(outcomes.classes, outcomes.predicted, outcomes.n))
        labelled.update(_by_class(outcomes.classes, outcomes.label[known], outcomes.n[known]))
        agreeing += int(outcomes.n[known & (outcomes.label == outcomes.predicted)].sum())
    return Answers(predicted, labelled, agreeing)


def _by_class(classes: Sequence[str], places: Places, n: Floats) -> dict[str, int]:
    counts = np.bincount(places, n, len(classes)).astype(int).tolist()
    return {name: count for name, count in zip(classes, counts, strict=True) if count}
