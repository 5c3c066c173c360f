"""Whether a channel takes what is sent: its pauses are for all that waits for it, and for all daemons."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update

from monitor.common.retrying import Plan, Trouble
from monitor.history.schema import CHANNELS
from monitor.history.types import rounded_up
from monitor.history.writing.bulk import insert_if_new

_WELL: Final[dict[str, Any]] = {
    "paused_until": None,
    "trouble": "",
    "error": "",
    "failures": 0,
    "failing_since": None,
}


def pause_channel(connection: Connection, channel: str, error: str, plan: Plan, now: datetime) -> None:
    """Pause a channel until the time planned."""
    insert_if_new(connection, CHANNELS, {"channel": channel, **_WELL})
    before = connection.execute(select(CHANNELS).where(CHANNELS.c.channel == channel).with_for_update()).one()
    counted = plan.trouble is not Trouble.ASKED_TO_WAIT
    values = {
        "paused_until": rounded_up(plan.retry_at),
        "trouble": plan.trouble,
        "error": error,
        "failures": before.failures + counted,
        "failing_since": before.failing_since or now,
    }
    connection.execute(update(CHANNELS).where(CHANNELS.c.channel == channel).values(values))


def resume_channel(connection: Connection, channel: str) -> None:
    """Note that the channel took a message."""
    connection.execute(update(CHANNELS).where(CHANNELS.c.channel == channel).values(_WELL))


def revive_channels(connection: Connection, channels: Collection[str]) -> None:
    """Forget pauses, but those that the channel asked for: whatever was amiss may be mended."""
    t = CHANNELS.c
    theirs = (t.channel.in_(channels), t.trouble != Trouble.ASKED_TO_WAIT)
    connection.execute(update(CHANNELS).where(*theirs).values(paused_until=None, failures=0))
