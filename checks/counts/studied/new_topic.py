"""Messages that are unlike those before, and how they are answered."""

from dataclasses import dataclass

from checks.statistics.intervals import Proportion


@dataclass(frozen=True, slots=True)
class NewTopic:
    """Messages of the window that a classifier, on data that it did not learn from, tells from the reference's.

    `n` of `of` sampled messages of the window are so, where `expected` of them would be if nothing had changed.
    `p_value` is that of the classifier against the same with shuffled times. Of the new messages `labelled` have a
    label and `wrong` of those were answered wrongly; `labelled_else` and `wrong_else` are of all others. `words` are
    the most telling ones.
    """

    n: int
    of: int
    expected: float
    p_value: float
    labelled: int
    wrong: int
    labelled_else: int
    wrong_else: int
    words: tuple[str, ...] = ()

    @property
    def share(self) -> Proportion:
        """Share of the messages that are new."""
        return Proportion(self.n / self.of if self.of else 0.0, self.of, self.of)

    @property
    def error(self) -> Proportion | None:
        """Share of the new messages that are answered wrongly; None where none is labelled."""
        return Proportion(self.wrong / self.labelled, self.labelled, self.labelled) if self.labelled else None

    @property
    def error_else(self) -> Proportion | None:
        """Share of all other messages that are answered wrongly; None where none is labelled."""
        n = self.labelled_else
        return Proportion(self.wrong_else / n, n, n) if n else None

    @property
    def of_errors(self) -> float:
        """Share of all errors that lie in the new messages."""
        errors = self.wrong + self.wrong_else
        return self.wrong / errors if errors else 0.0
