"""Near-duplicate messages that are answered or labelled differently."""

from dataclasses import dataclass

from checks.statistics.intervals import Proportion


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Pairs of messages that say nearly the same; one pair of neighbours for each message that has any.

    Of `pairs` of messages to the same pair of versions, `apart` got different answers. Of `labelled` pairs where both
    have a label, `labelled_apart` have different ones: labellers disagree, or the classes overlap.
    """

    pairs: int
    apart: int
    labelled: int
    labelled_apart: int

    @property
    def answered_apart(self) -> Proportion | None:
        """Share of the pairs that are answered differently; None without pairs."""
        return Proportion(self.apart / self.pairs, self.pairs, self.pairs) if self.pairs else None

    @property
    def disagreement(self) -> Proportion | None:
        """Share of the labelled pairs that are labelled differently; None without labelled pairs."""
        return Proportion(self.labelled_apart / self.labelled, self.labelled, self.labelled) if self.labelled else None
