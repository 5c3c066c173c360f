"""What people do with incidents, what they silence, what each channel shows, and what holds a notification back."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from monitor.history.types import UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column and three tables; nothing that is kept changes."""
    op.add_column("notifications", sa.Column("held", sa.Text))
    detail: sa.JSON[Any] = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "silences",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("matchers", detail, nullable=False),
        sa.Column("starts_at", UtcTime, nullable=False),
        sa.Column("ends_at", UtcTime, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_silences_ends_at", "silences", ["ends_at"])
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("incident_id", sa.Text, sa.ForeignKey("incidents.id", name="fk_acts_incident_id_incidents")),
        sa.Column("silence_id", sa.Integer, sa.ForeignKey("silences.id", name="fk_acts_silence_id_silences")),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("until", UtcTime),
        sa.Column("note", sa.Text, nullable=False),
        sa.UniqueConstraint("key", name="uq_acts_key"),
    )
    op.create_index("ix_acts_incident_id", "acts", ["incident_id"])
    op.create_table(
        "standings",
        sa.Column("incident_id", sa.Text, sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("shown_at", UtcTime, nullable=False),
        sa.Column("detail", detail, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "channel", name="pk_standings"),
    )
