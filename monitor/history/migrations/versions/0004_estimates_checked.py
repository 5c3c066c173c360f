"""The view `estimates_checked`: views are made anew with every revision, so there is nothing else to do."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change no table."""
