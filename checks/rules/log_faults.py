"""What can be wrong with a log as a whole: which of its figures say so, how much is too much, and what to do."""

from dataclasses import dataclass
from enum import Enum, auto

from checks.estimates.cycle_data import Measured
from checks.rules.finding_clause import FindingClause


class Among(Enum):
    """What the rows of a kind are a share of."""

    PREDICTIONS = auto()  # all that were ever counted, and these
    LABELS = auto()  # all labels that were ever counted, and these
    WINDOW = auto()  # predictions of the window
    WINDOW_AND_THESE = auto()  # rows of the window, where these are left out of the window's predictions
    LABELS_OF_WINDOW = auto()
    NOTICED = auto()  # what the notice says


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
    clause: FindingClause
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
        FindingClause.NULL_TIME,
        "source.predictions.columns.at",
    ),
    LogFault(
        "implausible_time",
        Among.PREDICTIONS,
        Limit.LOST,
        FindingClause.IMPLAUSIBLE_TIME,
        "source.predictions.columns.at",
    ),
    LogFault(
        "malformed_line",
        Among.PREDICTIONS,
        Limit.LOST,
        FindingClause.MALFORMED_LINE,
        "source.predictions.files",
    ),
    LogFault(
        "null_label_time",
        Among.LABELS,
        Limit.LOST,
        FindingClause.NULL_LABEL_TIME,
        "source.labels.columns.at",
    ),
    LogFault(
        "implausible_label_time",
        Among.LABELS,
        Limit.LOST,
        FindingClause.IMPLAUSIBLE_LABEL_TIME,
        "source.labels.columns.at",
    ),
    LogFault(
        "null_id",
        Among.WINDOW,
        Limit.REPEATED,
        FindingClause.NULL_ID,
        "source.predictions.columns.id",
    ),
    LogFault(
        "duplicate_id",
        Among.WINDOW_AND_THESE,
        Limit.REPEATED,
        FindingClause.DUPLICATE_ID,
        "source.predictions.columns.id",
    ),
    LogFault(
        ORPHANS,
        Among.LABELS_OF_WINDOW,
        Limit.ORPHANS,
        FindingClause.ORPHAN_LABEL,
        "source.labels.columns.id",
    ),
)
"""Kinds of rows that cannot be used, as `monitor.log.problems` counts them; in the order in which they are told."""

SIDES = {ROWS_LOST: Among.PREDICTIONS, LABELS_LOST: Among.LABELS}
"""What each of these metrics counts the kinds of."""

SKIPPED = LogFault("skipped_file", Among.NOTICED, Limit.LOST, FindingClause.SKIPPED_FILE, "source")
"""Files that cannot be read, and are not still being written."""

ABSENT = LogFault("absent_column", Among.NOTICED, Limit.LOST, FindingClause.ABSENT_COLUMN, "source")
"""A column that was renamed or is no longer written: what is read of it is empty."""


def lost(measured: Measured) -> dict[str, int]:
    """Rows that are lost now, by metric."""
    counts = {problem.kind: problem.n for problem in measured.windows.problems}
    return {
        metric: sum(counts.get(fault.kind, 0) for fault in FAULTS if fault.among is among)
        for metric, among in SIDES.items()
    }
