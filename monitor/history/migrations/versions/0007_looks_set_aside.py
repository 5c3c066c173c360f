"""Where the clock of a look is kept beside its `as_of`, and the table of looks that are dated after the present."""

import sqlalchemy as sa
from alembic import op

from monitor.history.types import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column and a table; nothing that is kept changes."""
    op.add_column("cycles", sa.Column("looked_at", UtcTime))
    op.create_table(
        "set_aside",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("monitor", sa.Text, nullable=False),
        sa.Column("set_aside_at", UtcTime, nullable=False),
        sa.Column("kept_from", sa.Text, nullable=False),
        sa.Column("as_of", UtcTime, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_set_aside_monitor_as_of", "set_aside", ["monitor", "as_of"])
