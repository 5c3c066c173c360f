"""Times of whole seconds, and the times of the metric history in a table that is searched by them.

Views say counts in a type that is not cut in a division: no table holds that.
"""

# ruff: noqa: S608 - SQL of names that are written here

import sqlalchemy as sa
from alembic import op

from monitor.history.types import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SECOND = 1_000_000  # microseconds
ONCE = ("cycles", "studies")  # have a key of monitor and `as_of`: of several in one second the last one stays
TIMES = {
    "advice": ("at",),
    "advice_outcomes": ("frozen_at", "acted_at", "measured_at"),
    "cycles": ("as_of",),
    "decisions": ("at",),
    "findings": ("as_of", "window_start", "window_end"),
    "holdouts": ("since",),
    "incident_events": ("at",),
    "incidents": ("since", "onset", "updated_at", "opened_at", "clear_since", "resolved_at"),
    "monitors": ("cursor",),
    "notifications": ("created_at", "due_at", "claimed_until", "sent_at"),
    "registered_sets": ("registered_at",),
    "studies": ("as_of",),
}


def upgrade() -> None:
    """Cut the times that are there, and keep each time of the metric history once."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    whole = "substr({0}, 1, 19)" if is_sqlite else "date_trunc('second', {0})"
    for table in ONCE:
        second = whole.format("as_of")
        op.execute(
            f"DELETE FROM {table} WHERE (monitor, as_of) NOT IN"
            f" (SELECT monitor, MAX(as_of) FROM {table} GROUP BY monitor, {second})"
        )
    for table, columns in TIMES.items():
        for column in columns:
            second = whole.format(column)
            op.execute(f"UPDATE {table} SET {column} = {second} WHERE {column} <> {second}")
    _cut_beliefs()
    _add_belief_times("datetime({0}, 'unixepoch')" if is_sqlite else "to_timestamp({0})")


def _cut_beliefs() -> None:
    op.execute(
        "DELETE FROM metric_points WHERE EXISTS (SELECT 1 FROM metric_points AS later"
        " WHERE later.series_id = metric_points.series_id AND later.as_of > metric_points.as_of"
        f" AND later.as_of < (metric_points.as_of / {SECOND} + 1) * {SECOND}"
        " AND later.window_start = metric_points.window_start AND later.window_end = metric_points.window_end)"
    )
    op.execute(f"UPDATE metric_points SET as_of = as_of / {SECOND} * {SECOND} WHERE as_of % {SECOND} <> 0")


def _add_belief_times(time: str) -> None:
    op.create_table(
        "belief_times",
        sa.Column("monitor_id", sa.Integer(), sa.ForeignKey("monitors.id"), primary_key=True, autoincrement=False),
        sa.Column("micros", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("as_of", UtcTime(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO belief_times SELECT monitor_id, micros, {time.format(f'(micros / {SECOND})')} FROM"
        " (SELECT DISTINCT s.monitor_id, p.as_of AS micros FROM metric_points p"
        " JOIN metric_series s ON s.id = p.series_id) t"
    )
    op.create_index("ix_belief_times_as_of", "belief_times", ["as_of"])
