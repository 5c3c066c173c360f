"""From when on a monitor's messages are kept for testing."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from monitor.history.schema import HOLDOUTS


def read_holdout(connection: Connection, monitor: str) -> datetime | None:
    """The time from which new messages are held out; None before the first export."""
    return connection.scalar(select(HOLDOUTS.c.since).where(HOLDOUTS.c.monitor == monitor))


def write_holdout(connection: Connection, monitor: str, since: datetime) -> None:
    """Hold messages out from another time on."""
    connection.execute(delete(HOLDOUTS).where(HOLDOUTS.c.monitor == monitor))
    connection.execute(insert(HOLDOUTS), {"monitor": monitor, "since": since})
