"""What can be wrong with a row of the log: each is counted and reported, none stops a cycle."""

from enum import StrEnum
from typing import Final


class ProblemKind(StrEnum):
    """Why a row could not be used as it is.

    Problems of predictions are counted in the bucket of the prediction, those of label rows in the bucket of the label.
    Kinds whose rows have no usable time have no bucket: their number is of the whole log, each time it is counted.
    """

    NO_CLASS = "no_class"
    """The predicted class is null or empty; counted as the class `NO_CLASS`, which is always a wrong answer."""
    LONG_NAME = "long_name"
    """A class, version, segment value or source is longer than 160 characters, or holds characters that no database
    takes: it is kept by its start and a hash."""
    NULL_ID = "null_id"
    """A prediction without an id: counted, but no label can ever be found for it."""
    BAD_LATENCY = "bad_latency"
    """The latency is zero, negative, not a number or longer than a year; left out of the latency histogram."""
    BAD_CONFIDENCE = "bad_confidence"
    """The confidence is not a number from 0 to 1; the prediction is counted as one without confidence."""
    BAD_RELEVANCE = "bad_relevance"
    """The relevance is not a number from 0 to 1 (nor true or false); the answer is counted as one without a score."""
    DUPLICATE_ID = "duplicate_id"
    """The id was used by a later prediction, such as a retry, which is the one that counts; this row is left out.

    With `duplicates: first` it is the earlier one that counts.
    """
    LABEL_BEFORE_PREDICTION = "label_before_prediction"
    """The first label is dated before its prediction: counted as a label, with a delay of one second."""
    CORRECTED_LABEL = "corrected_label"
    """The prediction's label rows name several classes; the latest counts."""

    NO_LABEL = "no_label"
    """A label that says that there is none, such as None, nan, N/A or skip (no bucket); the row labels nothing."""
    NULL_LABEL = "null_label"
    """A label row that names no class; it neither labels nor takes an earlier label back."""
    LONG_LABEL = "long_label"
    """A label is longer than 160 characters, or holds characters that no database takes; kept as a long name is."""
    ORPHAN_LABEL = "orphan_label"
    """A label whose id (perhaps null) is of no prediction in the log."""
    BAD_PROBABILITY = "bad_probability"
    """The inclusion probability is not above 0 and up to 1; treated as not logged, so the label counts once."""

    LOST_PREDICTION = "lost_prediction"
    """A prediction that was counted and that the log no longer has: what was counted of it is kept."""
    LOST_LABEL = "lost_label"
    """A label that was counted and that the log no longer has, with its prediction or without: it is kept."""

    NULL_TIME = "null_time"
    """A prediction without a readable time (no bucket); it can be counted nowhere else."""
    FUTURE_TIME = "future_time"
    """A prediction dated more than a day ahead (no bucket); counted once its time has come."""
    IMPLAUSIBLE_TIME = "implausible_time"
    """A prediction dated before 1990 or from 2100 on (no bucket): no log is so old, and such times mean "not set"."""
    NULL_LABEL_TIME = "null_label_time"
    """A label without a readable time (no bucket); nobody can say when it was known, so it does not count."""
    IMPLAUSIBLE_LABEL_TIME = "implausible_label_time"
    """A label dated before 1990 or from 2100 on (no bucket); nobody can say when it was known: it does not count."""
    FUTURE_LABEL_TIME = "future_label_time"
    """A label dated more than a day ahead (no bucket); counted once its time has come."""
    MALFORMED_LINE = "malformed_line"
    """A line of a CSV or JSONL file that is not a row (no bucket); a line that is still being written is one too."""

    SKIPPED_FILE = "skipped_file"
    """A file that is not read in this look: not whole yet, damaged, gone, not to be opened, or of no known form."""
    RECODED_FILE = "recoded_file"
    """A file that is not UTF-8, read with the encoding that its bytes tell or that is set."""
    REWRITTEN_FILE = "rewritten_file"
    """A file with broken quotes, mixed line ends or JSON that is no lines: its rows were read one by one."""
    ABSENT_COLUMN = "absent_column"
    """A mapped column that older files have and the newest have not: renamed, or no longer written."""
    MIXED_TYPES = "mixed_types"
    """A mapped column that is a struct or a list in some files, and a plain value in others."""


WITHOUT_BUCKET: Final = frozenset(
    {
        ProblemKind.NO_LABEL,
        ProblemKind.NULL_TIME,
        ProblemKind.FUTURE_TIME,
        ProblemKind.IMPLAUSIBLE_TIME,
        ProblemKind.NULL_LABEL_TIME,
        ProblemKind.FUTURE_LABEL_TIME,
        ProblemKind.IMPLAUSIBLE_LABEL_TIME,
        ProblemKind.MALFORMED_LINE,
    }
)
"""Kinds that are counted over the whole log rather than by bucket."""
