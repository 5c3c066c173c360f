"""The additive counts. Their primary keys are how they are read: by slice or monitor, then along time."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from monitor.history.schema.base import METADATA

NO_BUCKET: Final = -1
"""`bucket` of problem rows that have no usable time."""

_BUCKET: Final = "Start of the bucket in epoch seconds (UTC)."
_MONITOR: Final = "Key in `monitors`."
_VERSION: Final = "Key in `versions`."

# The keys of names have no foreign key in the cells: names are only ever added, in the transaction that uses them, and
# on PostgreSQL four checks for each of 150,000 cells would take longer than to write them.


def _key(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False, comment=comment)


def _bucket(comment: str = _BUCKET) -> Column[int]:
    return Column("bucket", BigInteger, primary_key=True, autoincrement=False, comment=comment)


OUTCOME_CELLS: Final = Table(
    "outcome_cells",
    METADATA,
    _key("slice_id", "Key in `slices`."),
    _bucket(),
    _key("version_id", _VERSION),
    _key("predicted_id", "Predicted class: key in `classes`."),
    _key("label_id", "Label: key in `classes`, or 0 for predictions without a label."),
    Column(
        "band",
        SmallInteger,
        primary_key=True,
        autoincrement=False,
        comment="Confidence band, 0 to 7 from least to most; -1 without confidence, and in slices of a segment.",
    ),
    Column("n", Integer, nullable=False, comment="Predictions."),
    Column(
        "weight",
        Double,
        nullable=False,
        comment="Sum of 1/inclusion_probability over labelled predictions; 0 without label.",
    ),
    Column("weight_squared", Double, nullable=False, comment="Sum of its square."),
    Column(
        "confidence_millionths",
        BigInteger,
        nullable=False,
        comment="Sum of the confidences in millionths; 0 without confidence.",
    ),
    Column("designed", Integer, nullable=False, comment="Labelled predictions whose inclusion probability is known."),
    PrimaryKeyConstraint(
        *("slice_id", "bucket", "version_id", "predicted_id", "label_id", "band"), name="pk_outcome_cells_by_band"
    ),
    sqlite_with_rowid=False,
    comment="Predictions by slice, bucket, versions, predicted class, label and confidence band.",
)

TOTAL_CELLS: Final = Table(
    "total_cells",
    METADATA,
    Column("monitor_id", ForeignKey("monitors.id"), primary_key=True, autoincrement=False, comment=_MONITOR),
    _bucket(),
    _key("version_id", _VERSION),
    Column("n", Integer, nullable=False, comment="Predictions."),
    Column("n_labelled", Integer, nullable=False, comment="Those that have a label."),
    sqlite_with_rowid=False,
    comment="Sums of `outcome_cells` over classes, written with them: when which versions answered, and how much.",
)

LATENCY_CELLS: Final = Table(
    "latency_cells",
    METADATA,
    _key("monitor_id", _MONITOR),
    _bucket(),
    _key("version_id", _VERSION),
    _key("bin", "Key in `latency_bins`."),
    Column("n", Integer, nullable=False, comment="Answers."),
    sqlite_with_rowid=False,
    comment="Answers by bucket, versions and latency bin; read them as `bucket_latency`.",
)

DELAY_CELLS: Final = Table(
    "delay_cells",
    METADATA,
    _key("monitor_id", _MONITOR),
    _bucket(),
    _key("predicted_id", "Predicted class: key in `classes`."),
    Column(
        "counts",
        LargeBinary,
        nullable=False,
        comment="Pairs of bin (16 bits) and labelled predictions (32 bits), lowest byte first.",
    ),
    Column(
        "labels",
        LargeBinary,
        comment="Label of each pair: keys in `classes` (32 bits each); null where it was counted by an older version.",
    ),
    sqlite_with_rowid=False,
    comment="Labelled predictions by bucket, predicted class, label and delay of the first label.",
)

PROBLEM_CELLS: Final = Table(
    "problem_cells",
    METADATA,
    _key("monitor_id", _MONITOR),
    _bucket(_BUCKET[:-1] + ", or -1 for rows without a usable time."),
    Column("kind", Text, primary_key=True, comment="What is wrong with the rows."),
    Column("n", Integer, nullable=False, comment="Rows of the log."),
    sqlite_with_rowid=False,
    comment="Rows of the log that could not be used as they are.",
)

LOG_MARKS: Final = Table(
    "log_marks",
    METADATA,
    Column("monitor_id", ForeignKey("monitors.id"), primary_key=True, autoincrement=False, comment=_MONITOR),
    Column("kind", Text, primary_key=True, comment="`predictions` or `labels`: the log that was read."),
    _bucket("Start of the bucket of the rows' own time in epoch seconds (UTC)."),
    Column("rows", BigInteger, nullable=False, comment="Rows when it was last read."),
    Column("digest", Text, nullable=False, comment="Digest of those rows, a whole number."),
    sqlite_with_rowid=False,
    comment="How each bucket of the log looked when it was last read; a difference has it counted again.",
)
