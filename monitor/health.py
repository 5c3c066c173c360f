"""What the health endpoints answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.clock import Clock
from monitor.errors import UnreachableError
from monitor.heartbeat import Heartbeat
from monitor.output.jsonl import iso
from monitor.redact import redact
from monitor.vitals import Looks, Vitals
from monitor.web import Answer


@dataclass(frozen=True, slots=True)
class Health:
    """Answers whether the process works (`healthy`: restart it if not) and whether what it says is current (`ready`).

    `reach_history` raises UnreachableError when the history cannot be read.
    """

    heartbeat: Heartbeat
    courier_is_alive: Callable[[], bool]
    vitals: Vitals
    reach_history: Callable[[], object]
    clock: Clock

    def healthy(self) -> Answer:
        """Whether the scheduler and the delivery work."""
        detail = {
            "scheduler": "alive" if self.heartbeat.is_alive(self.clock()) else "stuck",
            "delivery": "alive" if self.courier_is_alive() else "dead",
        }
        return Answer(set(detail.values()) == {"alive"}, detail)

    def ready(self) -> Answer:
        """Whether the history can be read and every monitor's last look is recent and whole."""
        now = self.clock()
        looks = self.vitals.looks()
        error = self._history_error()
        detail = {
            "history": error or "reachable",
            "monitors": {name: _described(look, now) for name, look in looks.items()},
        }
        return Answer(not error and all(look.is_ready(now) for look in looks.values()), detail)

    def _history_error(self) -> str:
        try:
            self.reach_history()
        except UnreachableError as error:
            return redact(str(error)) or "unreachable"
        return ""


def _described(look: Looks, now: datetime) -> dict[str, Any]:
    succeeded = look.succeeded_at
    return {
        "condition": look.condition(now).value,
        "last_success": iso(succeeded) if succeeded else None,
        "age_seconds": round((now - succeeded).total_seconds(), 1) if succeeded else None,
        "limit_seconds": look.patience.total_seconds(),
        "crashed_checks": list(look.crashed),
        "error": look.error if look.failed_at and (not succeeded or look.failed_at > succeeded) else None,
    }
