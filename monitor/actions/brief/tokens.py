"""What a longer prompt costs, estimated from the tokens that were logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.actions.material import Message

USUAL: Final = 0.25
"""Tokens a letter where the log does not tell: four letters a token is the rule of thumb for English."""

LEAST, MOST = 0.1, 1.5
"""Tokens a letter that some language and tokeniser has; a slope outside of it is no such thing."""

FEWEST: Final = 100  # logged messages that a slope is estimated from


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens: `per_letter` (`is_measured` in this log), `added` to each request, which has `now` (None: not logged)."""

    per_letter: float
    is_measured: bool
    added: int
    now: int | None
    requests_a_day: int


def cost_of(letters: int, messages: Sequence[Message], requests_a_day: int) -> Cost:
    """The cost of that many letters more in each prompt; `messages` are of the time whose prompt is added to."""
    logged = [(len(message.row.text), tokens) for message in messages if (tokens := message.row.prompt_tokens)]
    slope = _slope(logged)
    per_letter = USUAL if slope is None else slope
    now = round(float(np.median([tokens for _, tokens in logged]))) if logged else None
    return Cost(per_letter, slope is not None, round(letters * per_letter), now, requests_a_day)


def _slope(logged: Sequence[tuple[int, float]]) -> float | None:
    """Tokens that a letter more in the message costs: least squares, as the prompt before it is the same for all."""
    if len(logged) < FEWEST:
        return None
    lengths, tokens = np.array(logged, dtype=float).T
    spread = float(np.var(lengths))
    if not spread:
        return None
    slope = float(np.mean((lengths - lengths.mean()) * (tokens - tokens.mean()))) / spread
    return slope if LEAST <= slope <= MOST else None
