"""The part of a study that asks whether latency goes with tokens."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from checks.counts.studied.tokens import TokenUse
from checks.counts.study import Study
from monitor.log.sampled import Samples, StudyRow

LEAST_ROWS: Final = 50
KINDS: Final = ("prompt", "completion")


def token_use(samples: Samples, study: Study) -> Study:
    """Medians of each kind of token, now and before, and how latency goes with them."""
    uses = (_use(kind, samples.reference, samples.current) for kind in KINDS)
    return replace(study, tokens=tuple(use for use in uses if use is not None))


def _use(kind: str, then: Sequence[StudyRow], now: Sequence[StudyRow]) -> TokenUse | None:
    before, after = _tokens(kind, then), _tokens(kind, now)
    if min(len(before), len(after)) < LEAST_ROWS:
        return None
    medians = (float(np.median(before)), float(np.median(after)))
    return TokenUse(kind, *medians, len(before), len(after), _slope(kind, (*then, *now)))


def _tokens(kind: str, rows: Sequence[StudyRow]) -> list[float]:
    return [tokens for row in rows if (tokens := getattr(row, f"{kind}_tokens")) is not None]


def _slope(kind: str, rows: Sequence[StudyRow]) -> float | None:
    """Slope of log latency on log tokens, over both spans: within one of them prompts hardly differ in length."""
    logged = [(getattr(row, f"{kind}_tokens"), row.latency_ms) for row in rows]
    both = np.array([(t, ms) for t, ms in logged if t is not None and ms is not None and t > 0 and ms > 0], dtype=float)
    if len(both) < LEAST_ROWS or np.ptp(both[:, 0]) == 0:
        return None
    tokens, latency = np.log(both.T)
    return float(np.cov(tokens, latency)[0, 1] / np.var(tokens, ddof=1))
