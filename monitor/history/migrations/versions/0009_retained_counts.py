"""What the log has lost and the history keeps, and what is to be forgotten."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from monitor.history.types import UtcTime, to_micros

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; what was counted last was counted at the newest cycle."""
    op.add_column("monitors", sa.Column("counted_as_of", sa.BigInteger()))
    op.add_column("monitors", sa.Column("bucket_seconds", sa.Integer()))
    _note_when_it_was_counted()
    op.create_table(
        "retained_cells",
        _monitor(),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("predictions", sa.Integer(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("cells", _json()),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "forgetting",
        _monitor(),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("requested_at", UtcTime(), nullable=False),
        sqlite_with_rowid=False,
    )


def _note_when_it_was_counted() -> None:
    """The cursor is cut to the second, so the time of the counts is up to a second later."""
    t = sa.table("monitors", sa.column("id"), sa.column("cursor", UtcTime()), sa.column("counted_as_of"))
    connection = op.get_bind()
    for key, cursor in connection.execute(sa.select(t.c.id, t.c.cursor).where(t.c.cursor.is_not(None))).all():
        as_of = to_micros(cursor) + 1_000_000
        connection.execute(sa.update(t).where(t.c.id == key).values(counted_as_of=as_of))


def _monitor() -> sa.Column[int]:
    return sa.Column("monitor_id", sa.Integer(), sa.ForeignKey("monitors.id"), primary_key=True, autoincrement=False)


def _json() -> sa.JSON[Any]:
    return sa.JSON().with_variant(JSONB(), "postgresql")
