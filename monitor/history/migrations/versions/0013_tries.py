"""Candidates that were tried before they shipped."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from monitor.history.types import UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table; nothing that is kept changes."""
    detail: sa.JSON[Any] = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "tries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("monitor", sa.Text, nullable=False),
        sa.Column("incident_id", sa.Text, sa.ForeignKey("incidents.id", name="fk_tries_incident_id_incidents")),
        sa.Column("sample", sa.Text, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("candidate", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("candidates", sa.Integer, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("canary", sa.Text, nullable=False),
        sa.Column("detail", detail, nullable=False),
        sa.UniqueConstraint("sample", "answers", name="uq_tries_sample_answers"),
    )
    op.create_index("ix_tries_incident_id", "tries", ["incident_id"])
    op.create_index("ix_tries_monitor_at", "tries", ["monitor", "at"])
