"""Labels by who gave them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables; nothing that is kept changes."""
    op.create_table(
        "labellers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("name", name="uq_labellers_name"),
    )
    for name, start, number in (
        ("labeller_cells", "bucket", sa.Integer),
        ("labeller_days", "day", sa.BigInteger),
    ):
        op.create_table(
            name,
            *(_key("monitor_id"), _key(start, sa.BigInteger), _key("labeller_id"), _key("fate", sa.SmallInteger)),
            sa.Column("n", number, nullable=False),
            sqlite_with_rowid=False,
        )


def _key(name: str, kind: type[sa.Integer] = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)
