"""Studies of sampled rows, relevance scores, and what was decided on advice."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of each."""
