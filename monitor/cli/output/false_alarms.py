"""How many incidents somebody called false alarms, against how many are allowed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts.messages.numbers import when
from config.settings import Settings
from monitor.history.queries.queries import Queries


def false_alarms_line(settings: Settings, queries: Queries, monitor: str, now: datetime) -> dict[str, Any]:
    """As JSON; `allowed` is in so many days."""
    budget = settings.monitors[monitor].false_alarms
    n = queries.false_alarms(monitor, now - budget.per)
    return {
        "type": "false_alarms",
        "monitor": monitor,
        "n": n,
        "allowed": budget.count,
        "per_days": budget.per.total_seconds() / 86_400,
        "since": now - budget.per,
    }


def false_alarms_in_words(line: Mapping[str, Any]) -> str:
    """As a person reads it."""
    times = (
        "1 incident was called a false alarm" if line["n"] == 1 else f"{line['n']} incidents were called false alarms"
    )
    return f"{times} since {when(line['since'])}; false_alarms allows {line['allowed']} in that time"
