"""Label delays by UTC day and label, from the packed counts of the buckets: the view of them is read from these."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from monitor.history.packed import sums_of_labels

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_DAY: Final = 86_400  # seconds
_ROWS_AT_ONCE: Final = 20_000


def upgrade() -> None:
    """Add the table and fill it."""
    days = op.create_table(
        "delay_days",
        *(_key("monitor_id"), _key("day", sa.BigInteger), _key("label_id"), _key("bin", sa.SmallInteger)),
        sa.Column("n", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    months = connection.execute(
        sa.text(
            "SELECT DISTINCT monitor_id, bucket / 2592000 FROM delay_cells WHERE labels IS NOT NULL"  # 30 whole days
        )
    ).all()
    for monitor, month in months:
        _fill(connection, days, monitor, month * 30 * _DAY)


def _fill(connection: sa.Connection, days: sa.Table, monitor: int, start: int) -> None:
    rows: Sequence[Any] = connection.execute(
        sa.text(
            "SELECT bucket - bucket % 86400, counts, labels FROM delay_cells WHERE monitor_id = :monitor"
            " AND labels IS NOT NULL AND bucket >= :start AND bucket < :end"
        ),
        {"monitor": monitor, "start": start, "end": start + 30 * _DAY},
    ).all()
    found = [
        {"monitor_id": monitor, "day": day, "label_id": label, "bin": bin_, "n": n}
        for day, label, bin_, n in sums_of_labels(*zip(*rows, strict=True))
    ]
    for first in range(0, len(found), _ROWS_AT_ONCE):
        connection.execute(sa.insert(days), found[first : first + _ROWS_AT_ONCE])


def _key(name: str, kind: type[sa.Integer] = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)
