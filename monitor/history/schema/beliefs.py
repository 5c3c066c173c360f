"""What was believed at each cycle: metrics and findings."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from monitor.history.schema.base import METADATA
from monitor.history.types import Stored, UtcTime

METRIC_SERIES: Final = Table(
    "metric_series",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="Key of the series."),
    Column("monitor_id", ForeignKey("monitors.id"), nullable=False, comment="Key in `monitors`."),
    Column("metric", Text, nullable=False, comment="Metric, as in `metric_history`."),
    Column("class", Text, nullable=False, comment="Class, as in `metric_history`."),
    Column("slice", Text, nullable=False, comment="Slice, as in `metric_history`."),
    UniqueConstraint("monitor_id", "metric", "class", "slice"),
    comment="The names of the metrics that are kept.",
)

BELIEF_TIMES: Final = Table(
    "belief_times",
    METADATA,
    Column(
        "monitor_id", ForeignKey("monitors.id"), primary_key=True, autoincrement=False, comment="Key in `monitors`."
    ),
    Column(
        "micros",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="Time of the cycle in microseconds since 1970 (UTC), as in `metric_points`; of whole seconds.",
    ),
    Column("as_of", UtcTime, nullable=False, index=True, comment="The same time (UTC)."),
    sqlite_with_rowid=False,
    comment="The cycles that `metric_points` has rows of: times by which `metric_history` is searched.",
)

METRIC_POINTS: Final = Table(
    "metric_points",
    METADATA,
    Column(
        "series_id",
        ForeignKey("metric_series.id"),
        primary_key=True,
        autoincrement=False,
        comment="Key in `metric_series`.",
    ),
    Column(
        "as_of",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="Time of the cycle in microseconds since 1970 (UTC).",
    ),
    Column("window_start", BigInteger, primary_key=True, autoincrement=False, comment="Epoch seconds (UTC)."),
    Column("window_end", BigInteger, primary_key=True, autoincrement=False, comment="Epoch seconds (UTC)."),
    Column("value", Double, comment="As in `metric_history`."),
    Column("low", Double, comment="As in `metric_history`."),
    Column("high", Double, comment="As in `metric_history`."),
    Column("raw", Double, comment="As in `metric_history`."),
    Column("n", BigInteger, nullable=False, comment="As in `metric_history`."),
    Column("n_labelled", BigInteger, nullable=False, comment="As in `metric_history`."),
    Column("coverage", Double, comment="As in `metric_history`."),
    Column("provisional", Boolean, nullable=False, comment="As in `metric_history`."),
    sqlite_with_rowid=False,
    comment="What was believed of a metric at a cycle; read it as `metric_history`.",
)

FINDINGS: Final = Table(
    "findings",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row."),
    Column("monitor", Text, nullable=False, comment="Name of the monitor."),
    Column("as_of", UtcTime, nullable=False, comment="Time of the cycle (UTC)."),
    Column("check", Text, nullable=False, comment='Check that says it. Write `"check"` in SQL: the word is reserved.'),
    Column("subject", Text, nullable=False, comment="What it is about, such as a class or a quantile."),
    Column("slice", Text, nullable=False, comment="Slice of the rows; `all` for all of them."),
    Column("verdict", Text, nullable=False, comment="`ok`, `warning`, `critical` or `not_enough_data`."),
    Column("cause", Text, nullable=False, comment="Why, such as `below_floor` or `below_reference`."),
    Column("message", Text, nullable=False, comment="The finding in a sentence."),
    Column("window_start", UtcTime, nullable=False, comment="Start of the window looked at (UTC)."),
    Column("window_end", UtcTime, nullable=False, comment="End of the window, not included (UTC)."),
    Column("value", Double, comment="Estimate, in the unit of the check: a share, ms, hours or a ratio."),
    Column("low", Double, comment="Lower end of its 95% interval."),
    Column("high", Double, comment="Upper end of its 95% interval."),
    Column("threshold", Double, comment="Limit that it was held against."),
    Column("reference", Double, comment="Value of the reference window that it was held against."),
    Column("n", Integer, nullable=False, comment="Rows that the value rests on."),
    Column("provisional", Boolean, nullable=False, comment="Whether many labels of the window are still to come."),
    Column(
        "clear",
        Boolean,
        nullable=False,
        comment="Whether the data speaks for the subject being well, more than not alarming.",
    ),
    Index(None, "monitor", "as_of"),
    comment="What each check said: when it changed, each new number of an alarm, and otherwise once an hour.",
)

CYCLES: Final = Table(
    "cycles",
    METADATA,
    Column("monitor", Text, primary_key=True, comment="Name of the monitor."),
    Column(
        "as_of", UtcTime, primary_key=True, comment="Time of the cycle (UTC): rows of the log up to it were counted."
    ),
    Column("buckets_read", Integer, nullable=False, comment="Buckets that had changed and were counted again."),
    Column("metrics", Integer, nullable=False, comment="Metrics estimated."),
    Column("findings", Integer, nullable=False, comment="Findings made."),
    Column("alarms", Integer, nullable=False, comment="Findings that were a warning or critical."),
    Column("transitions", Integer, nullable=False, comment="Steps that incidents made."),
    Column("faults", Stored(tuple[str, ...]), nullable=False, comment="Checks that crashed, and how; a JSON array."),
    Column("seconds", Double, nullable=False, comment="How long it took, without what it took to write this."),
    Column(
        "looked_at",
        UtcTime,
        comment="What the clock of the machine said then (UTC); empty where it was simulated, or not kept yet.",
    ),
    comment="The cycles that were completed.",
)
