"""A line of the metric history, and how lines of one window and slice are made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from checks.statistics.intervals import Proportion

ALL: Final = "all"
"""Name of the slice that leaves nothing out."""


class MetricLine(NamedTuple):
    """One metric of one class and slice over one window, as believed at one moment.

    A look at segments makes a hundred thousand of them, and a tuple is made in a third of a frozen object's time.

    `metric` is one of `checks.metrics.names`: accuracy, balanced_accuracy, recall, precision, f1, recall_precision_gap
    (recall less precision, in [-1, 1]), support, coverage, expected_coverage (the
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


class _Span(Protocol):
    """What has a start and an end: a window, or the span of a study."""

    @property
    def start(self) -> datetime:
        """First moment of the window."""

    @property
    def end(self) -> datetime:
        """The first moment after it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Makes the lines of one window and slice: what they have in common is filled in.

    `n` counts the predictions, and `coverage` is the share of them with a label, None where that says nothing of the
    figures.
    """

    window: _Span
    slice: str
    n: int
    coverage: float | None
    provisional: bool = False

    def between(  # noqa: PLR0913 - the parts of one line
        self,
        metric: str,
        value: float | None,
        low: float | None,
        high: float | None,
        *,
        of_class: str = "",
        n_labelled: int = 0,
        raw: float | None = None,
    ) -> MetricLine:
        """A figure with its bounds; `raw` is the plain one of the labelled rows."""
        window = self.window
        figures = (value, low, high, raw, self.n, n_labelled, self.coverage, self.provisional)
        return MetricLine(metric, of_class, self.slice, window.start, window.end, *figures)

    def certain(self, metric: str, value: float | None, *, of_class: str = "", n_labelled: int = 0) -> MetricLine:
        """A figure that is known without error."""
        return self.between(metric, value, value, value, of_class=of_class, n_labelled=n_labelled, raw=value)

    def share(
        self, metric: str, share: Proportion | None, *, of_class: str = "", n_labelled: int, raw: float | None = None
    ) -> MetricLine:
        """A share and its 95% interval; without enough labels its value and bounds are None."""
        low, high = share.interval() if share else (None, None)
        value = share.value if share else None
        return self.between(metric, value, low, high, of_class=of_class, n_labelled=n_labelled, raw=raw)
