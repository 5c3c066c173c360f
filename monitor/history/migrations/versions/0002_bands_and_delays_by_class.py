"""Outcomes by confidence band, and label delays by predicted class."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the outcomes that are there, without band, and have every log that is still there counted anew."""
    _rebuild_outcomes()
    op.drop_table("delay_cells")  # nothing tells their classes apart
    op.create_table(
        "delay_cells",
        sa.Column("monitor_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("predicted_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute("UPDATE monitors SET shape = ''")


def _rebuild_outcomes() -> None:
    """Make the table anew: SQLite cannot change a primary key."""
    op.create_table(
        "outcome_cells_by_band",
        sa.Column("slice_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("predicted_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("label_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("band", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("weight_squared", sa.Double(), nullable=False),
        sa.Column("confidence_millionths", sa.BigInteger(), nullable=False),
        sa.Column("designed", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO outcome_cells_by_band"
        " SELECT slice_id, bucket, version_id, predicted_id, label_id, -1, n, weight, weight_squared, 0, 0"
        " FROM outcome_cells"
    )
    op.drop_table("outcome_cells")
    op.rename_table("outcome_cells_by_band", "outcome_cells")
