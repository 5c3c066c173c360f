"""Relevance as a local model estimates it, where nobody scored the answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Rank correlation (Spearman) of the estimate with `n` scores that people or judges gave, with a 95% interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class EstimatedRelevance:
    """Mean of what `scorer` estimates, in [0, 1], over sampled rows of the window, with a 95% interval.

    `then` is the mean over rows of the reference, None without any. `agreement` is None where too few answers have a
    score to compare with.
    """

    scorer: str
    value: float
    low: float
    high: float
    n: int
    then: float | None = None
    n_then: int = 0
    agreement: Agreement | None = None

    @property
    def is_refused(self) -> bool:
        """Whether scores contradict the estimate: they were compared, and do not surely rise with it."""
        return self.agreement is not None and self.agreement.low <= 0
