"""What the health endpoints answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.clock import Clock
from monitor.courier import Pulse
from monitor.errors import UnreachableError
from monitor.heartbeat import Heartbeat
from monitor.outbox import Undelivered
from monitor.output.jsonl import iso
from monitor.redact import redact
from monitor.undelivered import described, is_late
from monitor.vitals import Looks, Vitals
from monitor.web import Answer


@dataclass(frozen=True, slots=True)
class Health:
    """Answers whether the process works (`healthy`: restart it if not) and whether what it says is current (`ready`).

    `undelivered` reads what people were not told from the history, and raises UnreachableError when it cannot.
    """

    heartbeat: Heartbeat
    courier: Callable[[], Pulse]
    vitals: Vitals
    undelivered: Callable[[], Sequence[Undelivered]]
    clock: Clock

    def healthy(self) -> Answer:
        """Whether the scheduler and the delivery work."""
        detail = {
            "scheduler": "alive" if self.heartbeat.is_alive(self.clock()) else "stuck",
            "delivery": self.courier().value,
        }
        return Answer(set(detail.values()) == {"alive"}, detail)

    def ready(self) -> Answer:
        """Whether the history can be read, every monitor's last look is recent and whole, and people know of it."""
        now = self.clock()
        looks = self.vitals.looks()
        waiting, error = self._waiting()
        detail = {
            "history": error or "reachable",
            "monitors": {name: _described(look, now) for name, look in looks.items()},
            "undelivered": described(waiting, now),
        }
        told = not any(is_late(each, now) for each in waiting)
        return Answer(not error and told and all(look.is_ready(now) for look in looks.values()), detail)

    def _waiting(self) -> tuple[Sequence[Undelivered], str]:
        try:
            return self.undelivered(), ""
        except UnreachableError as error:
            return (), redact(str(error)) or "unreachable"


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
