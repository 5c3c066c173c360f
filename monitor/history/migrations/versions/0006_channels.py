"""Who sends a notification, and whether channels take it; what was given up of open incidents is due again."""

import sqlalchemy as sa
from alembic import op

from monitor.history.types import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column and a table; earlier releases gave alerts up after a day, and people still wait for them."""
    op.add_column("notifications", sa.Column("claimed_by", sa.Text()))
    op.create_table(
        "channels",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("paused_until", UtcTime()),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcTime()),
        sa.PrimaryKeyConstraint("channel", name="pk_channels"),
    )
    op.execute(
        "UPDATE notifications SET state = 'waiting' WHERE state = 'dead'"
        " AND incident_id IN (SELECT id FROM incidents WHERE state IN ('firing', 'recovering'))"
    )
