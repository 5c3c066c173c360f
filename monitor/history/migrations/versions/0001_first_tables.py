"""The first tables."""

import math
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from monitor.history.types import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BINS = range(-700, 1401)  # a nanosecond to 35 years, in ms to the base of 1.02


def upgrade() -> None:
    """Create everything; views and comments are made after every upgrade, outside of it."""
    _create_keys()
    _create_cells()
    _create_beliefs()
    _create_incidents()


def _json() -> sa.JSON[Any]:
    return sa.JSON().with_variant(JSONB(), "postgresql")


def _create_keys() -> None:
    op.create_table(
        "monitors",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("cursor", UtcTime()),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("last_label_bucket", sa.BigInteger()),
    )
    op.create_table(
        "classes",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
    )
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.UniqueConstraint("model_version", "prompt_version"),
    )
    op.create_table(
        "slices",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("monitor_id", sa.Integer(), sa.ForeignKey("monitors.id"), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.UniqueConstraint("monitor_id", "segment", "value"),
    )
    op.create_table(
        "latency_bins",
        sa.Column("bin", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("low_ms", sa.Double(), nullable=False),
        sa.Column("mid_ms", sa.Double(), nullable=False),
        sa.Column("high_ms", sa.Double(), nullable=False),
    )
    bins = sa.table("latency_bins", *(sa.column(name) for name in ("bin", "low_ms", "mid_ms", "high_ms")))
    rows = [
        {"bin": b, "low_ms": math.pow(1.02, b), "mid_ms": math.pow(1.02, b + 0.5), "high_ms": math.pow(1.02, b + 1)}
        for b in BINS
    ]
    op.bulk_insert(bins, rows)


def _create_cells() -> None:
    op.create_table(
        "outcome_cells",
        sa.Column("slice_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("predicted_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("label_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("weight_squared", sa.Double(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "total_cells",
        sa.Column("monitor_id", sa.Integer(), sa.ForeignKey("monitors.id"), primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("n_labelled", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "latency_cells",
        sa.Column("monitor_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bin", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delay_cells",
        sa.Column("monitor_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("bin", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "problem_cells",
        sa.Column("monitor_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_marks",
        sa.Column("monitor_id", sa.Integer(), sa.ForeignKey("monitors.id"), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("bucket", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )


def _create_beliefs() -> None:
    op.create_table(
        "metric_series",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("monitor_id", sa.Integer(), sa.ForeignKey("monitors.id"), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("slice", sa.Text(), nullable=False),
        sa.UniqueConstraint("monitor_id", "metric", "class", "slice"),
    )
    op.create_table(
        "metric_points",
        sa.Column("series_id", sa.Integer(), sa.ForeignKey("metric_series.id"), primary_key=True, autoincrement=False),
        sa.Column("as_of", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("window_start", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("window_end", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.Double()),
        sa.Column("low", sa.Double()),
        sa.Column("high", sa.Double()),
        sa.Column("raw", sa.Double()),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("n_labelled", sa.BigInteger(), nullable=False),
        sa.Column("coverage", sa.Double()),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("monitor", sa.Text(), nullable=False),
        sa.Column("as_of", UtcTime(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("slice", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("window_start", UtcTime(), nullable=False),
        sa.Column("window_end", UtcTime(), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("low", sa.Double()),
        sa.Column("high", sa.Double()),
        sa.Column("threshold", sa.Double()),
        sa.Column("reference", sa.Double()),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_findings_monitor_as_of", "findings", ["monitor", "as_of"])
    op.create_table(
        "cycles",
        sa.Column("monitor", sa.Text(), primary_key=True),
        sa.Column("as_of", UtcTime(), primary_key=True),
        sa.Column("buckets_read", sa.Integer(), nullable=False),
        sa.Column("metrics", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("transitions", sa.Integer(), nullable=False),
        sa.Column("faults", _json(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
    )


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("monitor", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("onset", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("opened_at", UtcTime()),
        sa.Column("clear_since", UtcTime()),
        sa.Column("resolved_at", UtcTime()),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", _json(), nullable=False),
    )
    op.create_index("ix_incidents_monitor_state", "incidents", ["monitor", "state"])
    op.create_table(
        "incident_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Text(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("event", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", _json(), nullable=False),
    )
    op.create_index("ix_incident_events_incident_id_id", "incident_events", ["incident_id", "id"])
    op.create_table(
        "advice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Text(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("monitor", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("runner_up", sa.Text()),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("experiment", sa.Text(), nullable=False),
        sa.Column("reasons", _json(), nullable=False),
        sa.Column("detail", _json(), nullable=False),
    )
    op.create_index("ix_advice_incident_id_id", "advice", ["incident_id", "id"])
    op.create_table(
        "advice_outcomes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("advice_id", sa.Integer(), sa.ForeignKey("advice.id"), nullable=False),
        sa.Column("measured_at", UtcTime(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("before_value", sa.Double()),
        sa.Column("after_value", sa.Double()),
        sa.Column("low", sa.Double()),
        sa.Column("high", sa.Double()),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
    )
    op.create_index("ix_advice_outcomes_advice_id", "advice_outcomes", ["advice_id"])
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("event_id", sa.Integer(), sa.ForeignKey("incident_events.id"), nullable=False),
        sa.Column("incident_id", sa.Text(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("claimed_until", UtcTime()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("sent_at", UtcTime()),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.UniqueConstraint("event_id", "channel"),
    )
    op.create_index("ix_notifications_incident_id_channel_id", "notifications", ["incident_id", "channel", "id"])
    op.create_index("ix_notifications_state_due_at", "notifications", ["state", "due_at"])
