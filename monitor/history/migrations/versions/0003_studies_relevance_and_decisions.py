"""Studies of sampled rows, relevance scores, and what was decided on advice."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from monitor.history.types import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of each."""
    _add_relevance()
    _add_studies()
    _add_holdouts()
    _add_registered_sets()
    _follow_advice()
    _tell_delays_apart_by_label()


def _tell_delays_apart_by_label() -> None:
    """What was counted before stays as it is: of its labels nothing is known."""
    op.add_column("delay_cells", sa.Column("labels", sa.LargeBinary()))


def _add_relevance() -> None:
    op.create_table(
        "relevance_sources",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
    )
    op.create_table(
        "relevance_cells",
        sa.Column("monitor_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("predicted_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bin", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("score_millionths", sa.BigInteger(), nullable=False),
        sa.Column("square_millionths", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )


def _json() -> sa.JSON[Any]:
    return sa.JSON().with_variant(JSONB(), "postgresql")


def _add_studies() -> None:
    """What samples of rows showed."""
    op.create_table(
        "studies",
        sa.Column("monitor", sa.Text(), nullable=False),
        sa.Column("as_of", UtcTime(), nullable=False),
        sa.Column("n_current", sa.Integer(), nullable=False),
        sa.Column("n_reference", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("study", _json()),
        sa.PrimaryKeyConstraint("monitor", "as_of", name="pk_studies"),
    )


def _follow_advice() -> None:
    """Make `advice_outcomes` anew: nothing has ever been written to it."""
    op.drop_table("advice_outcomes")
    op.create_table(
        "advice_outcomes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("advice_id", sa.Integer(), sa.ForeignKey("advice.id"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("frozen_at", UtcTime(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("goal", sa.Double(), nullable=False),
        sa.Column("min_effect", sa.Double(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean()),
        sa.Column("acted_at", UtcTime()),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("measured_at", UtcTime()),
        sa.Column("before_value", sa.Double()),
        sa.Column("after_value", sa.Double()),
        sa.Column("low", sa.Double()),
        sa.Column("high", sa.Double()),
        sa.Column("beyond_low", sa.Double()),
        sa.Column("beyond_high", sa.Double()),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", _json(), nullable=False),
    )
    op.create_index("ix_advice_outcomes_advice_id", "advice_outcomes", ["advice_id"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Text(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("ix_decisions_incident_id", "decisions", ["incident_id"])


def _add_holdouts() -> None:
    """What exports keep for testing."""
    op.create_table(
        "holdouts",
        sa.Column("monitor", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("monitor", name="pk_holdouts"),
    )


def _add_registered_sets() -> None:
    """What models were trained on and evaluated with."""
    op.create_table(
        "registered_sets",
        sa.Column("monitor", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("registered_at", UtcTime(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("signatures", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("monitor", "model_version", "kind", name="pk_registered_sets"),
    )
