"""What can be wrong with a log as a whole: which of its figures say so, how much is too much, and what to do."""

from dataclasses import dataclass
from enum import Enum

from checks.estimates.cycle_data import Measured


class Among(Enum):
    """What the rows of a kind are a share of."""

    PREDICTIONS = "predictions"  # all that were ever counted, and these
    LABELS = "label rows"  # all labels that were ever counted, and these
    WINDOW = "predictions of the window"
    WINDOW_AND_THESE = "rows of the window"  # these are left out of the window's predictions
    LABELS_OF_WINDOW = "label rows of the window"
    NOTICED = "what the notice says"


class Limit(Enum):
    """Which setting of `checks.log_health` is the largest share that is still well."""

    LOST = "max_lost"
    REPEATED = "max_repeated"
    ORPHANS = "max_orphans"


@dataclass(frozen=True, slots=True)
class LogFault:
    """A kind of problem as the log's reader names it: what the rows do, and the key to look at."""

    kind: str
    among: Among
    limit: Limit
    sentence: str
    key: str

    @property
    def is_of_predictions(self) -> bool:
        """Whether predictions are lost, without which there is nothing."""
        return self.among is Among.PREDICTIONS

    def whole(self, measured: Measured, n: int) -> int:
        """What `n` rows of this kind are among, where they are counted as rows."""
        extent, window = measured.windows.extent, measured.current.confusion.n
        match self.among:
            case Among.PREDICTIONS:
                return extent.predictions + n
            case Among.LABELS:
                return extent.labels + n
            case Among.WINDOW:
                return max(window, n)
            case Among.WINDOW_AND_THESE:
                return window + n
            case Among.LABELS_OF_WINDOW:
                return max(extent.label_rows, n)
            case Among.NOTICED:
                return n


ORPHANS = "orphan_label"

ROWS_LOST, LABELS_LOST = "rows_lost", "label_rows_lost"
"""Metrics: rows of the whole log that no look can place in time or read at all."""

PREDICTIONS_GONE, LABELS_GONE = "predictions_gone", "labels_gone"
"""Metrics: predictions and labels that were counted and that the log has lost since, but for its old end."""

FAULTS = (
    LogFault(
        "null_time",
        Among.PREDICTIONS,
        Limit.LOST,
        "predictions have no readable time and are left out",
        "source.predictions.columns.at",
    ),
    LogFault(
        "implausible_time",
        Among.PREDICTIONS,
        Limit.LOST,
        "predictions have a time that no log has and are left out",
        "source.predictions.columns.at",
    ),
    LogFault(
        "malformed_line",
        Among.PREDICTIONS,
        Limit.LOST,
        "lines cannot be read as rows and are left out",
        "source.predictions.files",
    ),
    LogFault(
        "null_label_time",
        Among.LABELS,
        Limit.LOST,
        "label rows have no readable time and do not count",
        "source.labels.columns.at",
    ),
    LogFault(
        "implausible_label_time",
        Among.LABELS,
        Limit.LOST,
        "label rows have a time that no log has and do not count",
        "source.labels.columns.at",
    ),
    LogFault(
        "null_id",
        Among.WINDOW,
        Limit.REPEATED,
        "predictions have no id, so that no label can be found for them",
        "source.predictions.columns.id",
    ),
    LogFault(
        "duplicate_id",
        Among.WINDOW_AND_THESE,
        Limit.REPEATED,
        "rows repeat the id of another prediction and are left out; is it the id of a conversation?",
        "source.predictions.columns.id",
    ),
    LogFault(
        ORPHANS,
        Among.LABELS_OF_WINDOW,
        Limit.ORPHANS,
        "label rows are of no prediction; are both ids the same thing, written alike?",
        "source.labels.columns.id",
    ),
)
"""Kinds of rows that cannot be used, as `monitor.log.problems` counts them; in the order in which they are told."""

SIDES = {ROWS_LOST: Among.PREDICTIONS, LABELS_LOST: Among.LABELS}
"""What each of these metrics counts the kinds of."""

SKIPPED = LogFault("skipped_file", Among.NOTICED, Limit.LOST, "files of the log are not read", "source")
"""Files that cannot be read, and are not still being written."""

ABSENT = LogFault(
    "absent_column", Among.NOTICED, Limit.LOST, "newest files lack a column that older ones have", "source"
)
"""A column that was renamed or is no longer written: what is read of it is empty."""


def lost(measured: Measured) -> dict[str, int]:
    """Rows that are lost now, by metric."""
    counts = {problem.kind: problem.n for problem in measured.windows.problems}
    return {
        metric: sum(counts.get(fault.kind, 0) for fault in FAULTS if fault.among is among)
        for metric, among in SIDES.items()
    }
