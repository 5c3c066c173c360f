"""An estimate of one metric, as it is kept in the metric history."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Estimate:
    """One metric of one class and slice over one window, as believed at one moment.

    `metric` is one of accuracy, balanced_accuracy, recall, precision, support, coverage, expected_coverage (the
    coverage that the window will reach), maturity (the share of its labels that are there), latency_p50, latency_p95,
    latency_p99, predictions, accuracy_mix_effect and accuracy_behaviour_effect (differences from the reference, in [-1,
    1]; only where there is one to compare with). Where confidences are logged there are also estimated_accuracy,
    estimated_recall, estimated_precision and estimated_error (see `checks.metrics.before_labels`), and where answers
    are scored relevance_mean and relevance_low_share, whose `n` counts the scored answers and whose `coverage` is their
    share of the predictions; estimated_relevance is that of a local model. rows_lost and label_rows_lost count the rows
    of the whole log that cannot be read or have no time (`checks.log_health`), predictions_gone and labels_gone those
    that were counted and that the log has lost. `class_name` is "" for metrics that are not of a class. `value`, `low`
    and `high` are None where there is not enough data; `raw` is the plain figure over labelled rows, equal to scikit-
    learn's. `n` counts predictions in the window, `n_labelled` the labelled rows that the value rests on (for recall:
    rows whose label is the class; for precision: labelled rows predicted as the class).
    """

    metric: str
    class_name: str
    slice: str
    window_start: datetime
    window_end: datetime
    value: float | None
    low: float | None
    high: float | None
    raw: float | None
    n: int
    n_labelled: int
    coverage: float | None
    provisional: bool
