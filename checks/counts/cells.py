"""The additive counts that every metric is a view of."""

from bisect import bisect_right
from dataclasses import dataclass

NO_CLASS = "(none)"
"""Predicted class of a prediction that named none (null or empty): a stratum of its own, always a wrong answer."""

NOT_LOGGED = ""
"""Version of a prediction whose log does not say one."""

BAND_EDGES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Confidences at which a new band begins: finer near 1, where most answers are. Band k holds [edge k-1, edge k)."""

NO_BAND = -1
"""Band of predictions without a confidence in [0, 1], or of a log without confidences."""

LATENCY_BASE = 1.02
"""Ratio of the edges of a latency bin: bin b holds [LATENCY_BASE^b, LATENCY_BASE^(b+1)) ms, so its middle is within 1%
of all that it holds (the mapping of DDSketch, Masson, Rim and Lee 2019)."""

DELAY_BASE = 1.1
"""Ratio of the edges of a bin of label delays, and of ages: bin b holds [DELAY_BASE^b, DELAY_BASE^(b+1)) seconds."""

SCORE_BINS = 10
"""Bins of relevance scores in [0, 1], each a tenth wide; one more holds the score 1 alone."""

ALL_CLASSES = ""
"""Predicted class of counts that are of all of them together."""


def band_of(confidence: float | None) -> int:
    """Number of the confidence band: 0 under the first edge, up to 7; NO_BAND where there is no usable confidence.

    >>> band_of(0.49), band_of(0.5), band_of(1.0), band_of(None), band_of(1.2), band_of(float("nan"))
    (0, 1, 7, -1, -1, -1)
    """
    if confidence is None or not 0 <= confidence <= 1:
        return NO_BAND
    return bisect_right(BAND_EDGES, confidence)


@dataclass(frozen=True, slots=True)
class OutcomeCell:
    """Predictions that agree in versions, predicted class, label and confidence band.

    `n` counts predictions (>= 0). `weight` and `weight_squared` are the sums of 1/inclusion_probability and of its
    square over them; where the log has no inclusion probability each labelled prediction counts 1, so all three agree.
    For an unlabelled cell (`label is None`) both weights are 0. `confidence` is the sum of the confidences of the `n`
    predictions, 0 where `band` is NO_BAND. `designed` counts those of the labelled predictions whose inclusion
    probability is known: the others count 1 in the weights.
    """

    predicted: str
    label: str | None
    n: int
    weight: float
    weight_squared: float
    model_version: str = NOT_LOGGED
    prompt_version: str = NOT_LOGGED
    band: int = NO_BAND
    confidence: float = 0.0
    designed: int = 0


@dataclass(frozen=True, slots=True)
class LatencyCell:
    """Answers whose latency falls in one log-spaced bin: floor(ln(ms) / ln(LATENCY_BASE)), the DDSketch mapping."""

    bin: int
    n: int
    model_version: str = NOT_LOGGED
    prompt_version: str = NOT_LOGGED


@dataclass(frozen=True, slots=True)
class DelayCell:
    """Labelled predictions whose first label came after a delay in one log-spaced bin.

    The bin is floor(ln(seconds) / ln(DELAY_BASE)) with delays under one second counted as one second. `age` is the bin,
    on the
    same scale, of the time from the start of the predictions' bucket until now: no label known now can have taken
    longer, so bin <= age. Cells that do not tell ages, classes or labels apart have age 0 and ALL_CLASSES.
    """

    bin: int
    n: int
    predicted: str = ALL_CLASSES
    age: int = 0
    label: str = ALL_CLASSES
