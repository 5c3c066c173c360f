"""Views of weeks, versions, label delays and incident times: views are made anew, so there is nothing else to do."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change no table."""
