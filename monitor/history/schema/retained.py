"""What the log has lost and the history keeps."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text

from monitor.history.schema.base import METADATA
from monitor.history.types import Stored, UtcTime

RetainedCells = tuple[tuple[str, str, tuple[tuple[tuple[str | int, ...], tuple[int | float, ...]], ...]], ...]
"""For each family of counts its kind, its name, and pairs of key and sums, as in `monitor.history.writing.retained`."""

RETAINED_CELLS: Final = Table(
    "retained_cells",
    METADATA,
    Column(
        "monitor_id", ForeignKey("monitors.id"), primary_key=True, autoincrement=False, comment="Key in `monitors`."
    ),
    Column(
        "bucket",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="Start of the bucket in epoch seconds (UTC).",
    ),
    Column("predictions", Integer, nullable=False, comment="Predictions that are kept and no longer in the log."),
    Column("labels", Integer, nullable=False, comment="Labels that are kept and no longer in the log."),
    Column(
        "cells",
        Stored(RetainedCells),
        comment="Their counts, which the cells of the bucket include, as JSON; null where all that is kept of it is.",
    ),
    sqlite_with_rowid=False,
    comment="What the cells hold of rows that the log no longer has; buckets without any mark hold nothing else.",
)

FORGETTING: Final = Table(
    "forgetting",
    METADATA,
    Column(
        "monitor_id", ForeignKey("monitors.id"), primary_key=True, autoincrement=False, comment="Key in `monitors`."
    ),
    Column(
        "bucket",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="Start of the bucket of the prediction in epoch seconds (UTC).",
    ),
    Column("digest", Text, primary_key=True, comment="Hash of the id of the prediction, so that none counts twice."),
    Column("requested_at", UtcTime, nullable=False, comment="When it was asked for (UTC)."),
    sqlite_with_rowid=False,
    comment="Predictions named to `tunewatch history forget`: once the log has lost them, so do the counts.",
)
