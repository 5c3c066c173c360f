"""Sums of the cells by UTC day."""

from typing import Final

from sqlalchemy import BigInteger, Column, Double, Index, Integer, SmallInteger, Table

from monitor.history.schema.base import METADATA

_DAY: Final = "Start of the UTC day in epoch seconds."


def _key(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False, comment=comment)


def _day() -> Column[int]:
    return Column("day", BigInteger, primary_key=True, autoincrement=False, comment=_DAY)


OUTCOME_DAYS: Final = Table(
    "outcome_days",
    METADATA,
    _key("slice_id", "Key in `slices`, of a slice of all rows."),
    _day(),
    _key("version_id", "Key in `versions`."),
    _key("predicted_id", "Predicted class: key in `classes`."),
    _key("label_id", "Label: key in `classes`, or 0 for predictions without a label."),
    Column("n", BigInteger, nullable=False, comment="Predictions."),
    Column("weight", Double, nullable=False, comment="As in `outcome_cells`."),
    Column("weight_squared", Double, nullable=False, comment="As in `outcome_cells`."),
    Index("ix_outcome_days_by_label", "slice_id", "label_id", "day", "predicted_id", "weight"),
    sqlite_with_rowid=False,
    comment="Sums of `outcome_cells` by day, without segments and bands; read them as `daily_outcomes`.",
)

LATENCY_DAYS: Final = Table(
    "latency_days",
    METADATA,
    _key("monitor_id", "Key in `monitors`."),
    _day(),
    _key("version_id", "Key in `versions`."),
    _key("bin", "Key in `latency_bins`."),
    Column("n", BigInteger, nullable=False, comment="Answers."),
    sqlite_with_rowid=False,
    comment="Sums of `latency_cells` by day; written with them.",
)

DELAY_DAYS: Final = Table(
    "delay_days",
    METADATA,
    _key("monitor_id", "Key in `monitors`."),
    _day(),
    _key("label_id", "Label: key in `classes`."),
    Column(
        "bin",
        SmallInteger,
        primary_key=True,
        autoincrement=False,
        comment="floor(ln(max(seconds, 1)) / ln(1.1)) of the delay of the first label.",
    ),
    Column("n", BigInteger, nullable=False, comment="Labelled predictions."),
    sqlite_with_rowid=False,
    comment="Sums of `delay_cells` by day and label; written with them, and read as `label_delays`.",
)

RELEVANCE_DAYS: Final = Table(
    "relevance_days",
    METADATA,
    _key("monitor_id", "Key in `monitors`."),
    _day(),
    _key("version_id", "Key in `versions`."),
    _key("source_id", "Key in `relevance_sources`."),
    Column("bin", SmallInteger, primary_key=True, autoincrement=False, comment="As in `relevance_cells`."),
    Column("n", BigInteger, nullable=False, comment="Scored answers."),
    Column("score_millionths", BigInteger, nullable=False, comment="Sum of their scores in millionths."),
    sqlite_with_rowid=False,
    comment="Sums of `relevance_cells` by day, without classes; written with them.",
)
