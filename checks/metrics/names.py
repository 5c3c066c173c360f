"""All metrics of the history: their names, units and slices, as docs/history.md lists them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Of(StrEnum):
    """What a metric is kept of."""

    ALL = "`all`"
    EVERY = "every slice"
    SOURCES = "`all`, versions, segments and sources"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its unit, the slices that it is kept of, whether it is of a class, and what it says."""

    name: str
    unit: str
    slices: Of
    of_class: str
    meaning: str


_SHARE: Final = "share, 0 to 1"
_DIFFERENCE: Final = "difference of shares, -1 to 1"
_NO, _YES, _BOTH = "no", "yes", "both"

METRICS: Final = (
    Metric("predictions", "count", Of.EVERY, _NO, "Predictions of the window."),
    Metric("coverage", _SHARE, Of.EVERY, _NO, "Labelled / predicted."),
    Metric("expected_coverage", _SHARE, Of.EVERY, _NO, "The coverage that the window will reach."),
    Metric("maturity", _SHARE, Of.EVERY, _NO, "Labels that are there / labels that will come."),
    Metric("accuracy", _SHARE, Of.EVERY, _NO, "Right / predicted."),
    Metric("balanced_accuracy", _SHARE, Of.EVERY, _NO, "Mean recall of the classes that have a labelled row."),
    Metric("recall", _SHARE, Of.EVERY, _YES, "Predicted as the class / truly of it."),
    Metric("precision", _SHARE, Of.EVERY, _YES, "Truly of the class / predicted as it."),
    Metric("f1", _SHARE, Of.ALL, _YES, "Harmonic mean of recall and precision."),
    Metric(
        "recall_precision_gap",
        _DIFFERENCE,
        Of.ALL,
        _YES,
        "Recall - precision: under 0, recall is the lower of the two.",
    ),
    Metric("support", "count", Of.EVERY, _YES, "Predictions estimated to be truly of the class."),
    Metric("accuracy_mix_effect", _DIFFERENCE, Of.ALL, _NO, "What another mix of classes did to accuracy."),
    Metric("accuracy_behaviour_effect", _DIFFERENCE, Of.ALL, _NO, "What other answers at the same mix did to it."),
    Metric("predicted_share", _SHARE, Of.ALL, _YES, "Predicted as the class / predicted."),
    Metric("confidence_mean", _SHARE, Of.EVERY, _BOTH, "Mean confidence; by class of `all` only."),
    Metric("latency_p50", "ms", Of.EVERY, _NO, "Median latency."),
    Metric("latency_p95", "ms", Of.EVERY, _NO, "95th percentile."),
    Metric("latency_p99", "ms", Of.EVERY, _NO, "99th percentile."),
    Metric("relevance_mean", _SHARE, Of.SOURCES, _BOTH, "Mean relevance; by class of `all` only."),
    Metric("relevance_low_share", _SHARE, Of.SOURCES, _BOTH, "Scores under 0.5 / scores."),
    Metric("estimated_relevance", _SHARE, Of.ALL, _NO, "Mean relevance that a local model estimates of a sample."),
    Metric("estimated_accuracy", _SHARE, Of.ALL, _NO, "Accuracy by the confidences, before labels."),
    Metric("estimated_recall", _SHARE, Of.ALL, _YES, "The same of recall."),
    Metric("estimated_precision", _SHARE, Of.ALL, _YES, "The same of precision."),
    Metric("estimated_error", _DIFFERENCE, Of.ALL, _NO, "Estimated accuracy - what labels say, where they are there."),
    Metric("rows_lost", "count", Of.ALL, _NO, "Rows of the whole log that cannot be read or have no time."),
    Metric("label_rows_lost", "count", Of.ALL, _NO, "The same of the log of labels."),
    Metric("predictions_gone", "count", Of.ALL, _NO, "Predictions that were counted and that the log has lost."),
    Metric("labels_gone", "count", Of.ALL, _NO, "The same of labels."),
)
"""All of them; a slice is `all`, a version or a segment as column=value, or a source of relevance."""
