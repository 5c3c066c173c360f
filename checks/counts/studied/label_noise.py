"""How far labels disagree with a model that never saw them."""

from dataclasses import dataclass

from checks.statistics.intervals import Proportion


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """Labelled rows, judged by a small text model that was trained on the others (out of sample).

    Of `n` labelled rows the chatbot was wrong on `errors`, by their labels. In `sided` of those the model is sure of
    the chatbot's answer: two that know nothing of each other contradict the label. `agreement` in [0, 1] is how often
    the model agrees with labels at all; it says how much its word is worth. Northcutt, Jiang and Chuang (2021),
    "Confident learning", find label errors in this way.
    """

    n: int
    errors: int
    sided: int
    agreement: float

    @property
    def of_rows(self) -> Proportion:
        """Share of the labelled rows whose label is contradicted by both."""
        return Proportion(self.sided / self.n if self.n else 0.0, self.n, self.n)

    @property
    def of_errors(self) -> Proportion:
        """Share of the errors that may be errors of the label."""
        return Proportion(self.sided / self.errors if self.errors else 0.0, self.errors, self.errors)
