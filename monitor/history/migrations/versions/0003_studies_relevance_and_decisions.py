"""Studies of sampled rows, relevance scores, and what was decided on advice."""

import sqlalchemy as sa
from alembic import op

from monitor.history.types import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of each."""
    _add_holdouts()


def _add_holdouts() -> None:
    """What exports keep for testing."""
    op.create_table(
        "holdouts",
        sa.Column("monitor", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("monitor", name="pk_holdouts"),
    )
