"""The additive counts that every metric is a view of."""

from dataclasses import dataclass

NO_CLASS = "(none)"
"""Predicted class of a prediction that named none (null or empty): a stratum of its own, always a wrong answer."""

NOT_LOGGED = ""
"""Version of a prediction whose log does not say one."""


@dataclass(frozen=True, slots=True)
class OutcomeCell:
    """Predictions that agree in versions, predicted class and label.

    `n` counts predictions (>= 0). `weight` and `weight_squared` are the sums of 1/inclusion_probability and of its
    square over them; where the log has no inclusion probability each labelled prediction counts 1, so all three agree.
    For an unlabelled cell (`label is None`) both weights are 0.
    """

    predicted: str
    label: str | None
    n: int
    weight: float
    weight_squared: float
    model_version: str = NOT_LOGGED
    prompt_version: str = NOT_LOGGED


@dataclass(frozen=True, slots=True)
class LatencyCell:
    """Answers whose latency falls in one log-spaced bin: floor(ln(ms) / ln(1.02)), the DDSketch mapping."""

    bin: int
    n: int
    model_version: str = NOT_LOGGED
    prompt_version: str = NOT_LOGGED


@dataclass(frozen=True, slots=True)
class DelayCell:
    """Labelled predictions whose first label came after a delay in one log-spaced bin.

    The bin is floor(ln(seconds) / ln(1.1)) with delays under one second counted as one second.
    """

    bin: int
    n: int
