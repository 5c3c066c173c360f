"""Messages of the log that a model was trained on or evaluated with."""

from dataclasses import dataclass

from checks.statistics.intervals import Proportion


@dataclass(frozen=True, slots=True)
class Overlap:
    """The labelled sample against one registered set of messages of a model version.

    `kind` is "training" or "evaluation". Of `n` sampled messages that the version answered, `overlapping` are in the
    set, exactly or nearly. Of those that have a label, `right` of `labelled` were answered rightly, and of all others
    `right_clean` of `labelled_clean`.
    """

    model_version: str
    kind: str
    n: int
    overlapping: int
    labelled: int
    right: int
    labelled_clean: int
    right_clean: int

    @property
    def share(self) -> Proportion:
        """Share of the messages that are in the set."""
        return Proportion(self.overlapping / self.n if self.n else 0.0, self.n, self.n)

    @property
    def seen(self) -> Proportion | None:
        """Accuracy on messages of the set; None where none is labelled."""
        return Proportion(self.right / self.labelled, self.labelled, self.labelled) if self.labelled else None

    @property
    def clean(self) -> Proportion | None:
        """Accuracy on all other messages."""
        n = self.labelled_clean
        return Proportion(self.right_clean / n, n, n) if n else None
