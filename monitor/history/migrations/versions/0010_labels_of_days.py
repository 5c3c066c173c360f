"""An index along the labels of a class: `estimates_checked` sums them for many windows."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; nothing that is kept changes."""
    columns = ["slice_id", "label_id", "day", "predicted_id", "weight"]
    op.create_index("ix_outcome_days_by_label", "outcome_days", columns)
