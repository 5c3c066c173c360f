"""Whether people have been told of what is open, as `/-/ready` tells it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from monitor.common.json_lines import iso
from monitor.common.redact import redact
from monitor.history.notifications import Undelivered

PATIENCE: Final = timedelta(minutes=5)
"""How long an open incident may wait to be told: a few tries, and less than anybody wants to be in the dark."""


def is_late(waiting: Undelivered, now: datetime, patience: timedelta = PATIENCE) -> bool:
    """Whether a channel has known nothing of something that is open for too long."""
    return now - waiting.oldest > patience


def described(waiting: Sequence[Undelivered], now: datetime, patience: timedelta = PATIENCE) -> Mapping[str, Any]:
    """What each channel that is behind has not been told, since when, and why."""
    return {
        each.channel: {
            "condition": "late" if is_late(each, now, patience) else "waiting",
            "notifications": each.notifications,
            "oldest": iso(each.oldest),
            "limit_seconds": patience.total_seconds(),
            "error": redact(each.error) or "not tried yet",
            "retry_at": iso(each.retry_at) if each.retry_at else None,
        }
        for each in waiting
    }
