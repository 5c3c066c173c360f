"""How many tokens go in and come out, now and before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenUse:
    """Medians of one kind of token, over sampled rows: `kind` is "prompt" or "completion".

    `then` is of the reference, `now` of the window, each of so many rows. `slope` is how latency goes with them in the
    window, per cent of latency for each per cent of tokens (a regression of logarithms); None where it cannot be told.
    """

    kind: str
    then: float
    now: float
    n_then: int
    n_now: int
    slope: float | None = None

    @property
    def growth(self) -> float:
        """How many times as many there are now."""
        return self.now / self.then if self.then else 1.0
