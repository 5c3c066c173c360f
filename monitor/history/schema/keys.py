"""Names as small integers: cells hold the integer, so that a year of them stays small."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import BigInteger, Column, Double, ForeignKey, Integer, Table, Text, UniqueConstraint

from monitor.history.schema.base import METADATA
from monitor.history.types import UtcTime

NO_LABEL: Final = 0
"""`label_id` of predictions without a label; no class has it."""

MONITORS: Final = Table(
    "monitors",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="Key of the monitor."),
    Column("name", Text, nullable=False, unique=True, comment="Name, as in the configuration."),
    Column("cursor", UtcTime, comment="The `as_of` of the newest cycle; the next one goes on from there."),
    Column(
        "shape", Text, nullable=False, comment="What the counts were made with; when it changes, they are made anew."
    ),
    Column(
        "last_label_bucket",
        BigInteger,
        comment="Newest bucket, by their own time, that ever had labels; epoch seconds.",
    ),
    Column(
        "counted_as_of",
        BigInteger,
        comment="Time of which `log_marks` are, in microseconds since 1970 (UTC); empty to have all counted anew.",
    ),
    Column("bucket_seconds", Integer, comment="Length of the buckets that were counted last, in seconds."),
    comment="The monitors, and how far each has read.",
)

CLASSES: Final = Table(
    "classes",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="Key of the class, from 1 on; 0 is no label."),
    Column(
        "name",
        Text,
        nullable=False,
        unique=True,
        comment="Name, as in the log; `(none)` is a prediction that named none.",
    ),
    comment="The classes that were ever predicted or labelled.",
)

VERSIONS: Final = Table(
    "versions",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="Key of the pair of versions."),
    Column("model_version", Text, nullable=False, comment="Model version; empty where the log has none."),
    Column("prompt_version", Text, nullable=False, comment="Prompt version; empty where the log has none."),
    UniqueConstraint("model_version", "prompt_version"),
    comment="The pairs of model and prompt version that ever answered.",
)

SLICES: Final = Table(
    "slices",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="Key of the slice."),
    Column("monitor_id", ForeignKey("monitors.id"), nullable=False, comment="The monitor it belongs to."),
    Column("segment", Text, nullable=False, comment="Segment column of the log; empty for the slice of all rows."),
    Column("value", Text, nullable=False, comment="Value of that column; empty for the slice of all rows."),
    UniqueConstraint("monitor_id", "segment", "value"),
    comment="For each monitor the slice of all rows, and one for each value of each segment column.",
)

LATENCY_BINS: Final = Table(
    "latency_bins",
    METADATA,
    Column("bin", Integer, primary_key=True, autoincrement=False, comment="floor(ln(ms) / ln(1.02))."),
    Column("low_ms", Double, nullable=False, comment="Lower edge in ms: 1.02 ^ bin."),
    Column(
        "mid_ms",
        Double,
        nullable=False,
        comment="Geometric middle in ms: 1.02 ^ (bin + 0.5), within 1% of all in the bin.",
    ),
    Column("high_ms", Double, nullable=False, comment="Upper edge in ms, outside of the bin: 1.02 ^ (bin + 1)."),
    comment="What each latency bin covers, so that a query needs no logarithms.",
)

_BINS: Final = range(-700, 1401)
"""From a nanosecond to 35 years."""


def latency_bins() -> Sequence[Mapping[str, float]]:
    """The rows of `latency_bins`, which a history has from its beginning."""
    return [{"bin": b, "low_ms": 1.02**b, "mid_ms": 1.02 ** (b + 0.5), "high_ms": 1.02 ** (b + 1)} for b in _BINS]
