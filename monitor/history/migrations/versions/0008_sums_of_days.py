"""Sums of the cells by UTC day, from the cells that are there; the views of days are read from them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and fill them."""
    op.create_table(
        "outcome_days",
        *_keys("slice_id", "day", "version_id", "predicted_id", "label_id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("weight_squared", sa.Double(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "latency_days",
        *_keys("monitor_id", "day", "version_id", "bin"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "relevance_days",
        *_keys("monitor_id", "day", "version_id", "source_id"),
        sa.Column("bin", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("score_millionths", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO outcome_days SELECT slice_id, bucket - bucket % 86400, version_id, predicted_id, label_id,"
        " SUM(n), SUM(weight), SUM(weight_squared) FROM outcome_cells"
        " WHERE slice_id IN (SELECT id FROM slices WHERE segment = '') GROUP BY 1, 2, 3, 4, 5"
    )
    op.execute(
        "INSERT INTO latency_days SELECT monitor_id, bucket - bucket % 86400, version_id, bin, SUM(n)"
        " FROM latency_cells GROUP BY 1, 2, 3, 4"
    )
    op.execute(
        "INSERT INTO relevance_days SELECT monitor_id, bucket - bucket % 86400, version_id, source_id, bin,"
        " SUM(n), SUM(score_millionths) FROM relevance_cells GROUP BY 1, 2, 3, 4, 5"
    )


def _keys(*names: str) -> list[sa.Column[int]]:
    kinds = {"day": sa.BigInteger()}
    return [sa.Column(name, kinds.get(name, sa.Integer()), primary_key=True, autoincrement=False) for name in names]
