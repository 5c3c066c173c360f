"""Who gave the labels, and what became of them."""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, Table, Text

from monitor.history.schema.base import METADATA

_FATE: Final = (
    "What became of their last label: 0 no other labeller, 1 all named one class, 2 upheld against a later one, "
    "3 corrected an earlier one, 4 overruled."
)


def _key(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False, comment=comment)


def _start(name: str, comment: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False, comment=comment)


def _fate() -> Column[int]:
    return Column("fate", SmallInteger, primary_key=True, autoincrement=False, comment=_FATE)


LABELLERS: Final = Table(
    "labellers",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="Key of the labeller."),
    Column("name", Text, nullable=False, unique=True, comment="Name, as in the log; empty where the log names none."),
    comment="Who gave labels: people, or judges.",
)

LABELLER_CELLS: Final = Table(
    "labeller_cells",
    METADATA,
    _key("monitor_id", "Key in `monitors`."),
    _start("bucket", "Start of the bucket in epoch seconds (UTC)."),
    _key("labeller_id", "Key in `labellers`."),
    _fate(),
    Column("n", Integer, nullable=False, comment="Predictions that they gave a label."),
    sqlite_with_rowid=False,
    comment="Labelled predictions by bucket and who gave them a label, once for each labeller.",
)

LABELLER_DAYS: Final = Table(
    "labeller_days",
    METADATA,
    _key("monitor_id", "Key in `monitors`."),
    _start("day", "Start of the UTC day in epoch seconds."),
    _key("labeller_id", "Key in `labellers`."),
    _fate(),
    Column("n", BigInteger, nullable=False, comment="Predictions that they gave a label."),
    sqlite_with_rowid=False,
    comment="Sums of `labeller_cells` by day, written with them; read them as `daily_labellers`.",
)
