"""Silences as the history keeps them."""

from datetime import datetime

from sqlalchemy import Connection, select

from alerts.routing.silence import Silence
from monitor.history.schema import SILENCES


def read_silences(connection: Connection, ended_after: datetime) -> tuple[Silence, ...]:
    """Those that have not ended by then, oldest first."""
    t = SILENCES.c
    columns = (t.id, t.matchers, t.starts_at, t.ends_at, t.by, t.reason)
    rows = connection.execute(select(*columns).where(t.ends_at > ended_after).order_by(t.id))
    return tuple(Silence(*row) for row in rows)
