"""What the health endpoints answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from monitor.common.clock import Clocks
from monitor.common.errors import UnreachableError
from monitor.common.json_lines import iso
from monitor.common.redact import redact
from monitor.daemon.configured import Configured
from monitor.daemon.heartbeat import Heartbeat
from monitor.daemon.vitals import Looks, Vitals
from monitor.delivery.probing import Probed
from monitor.delivery.undelivered import PATIENCE, described, is_late
from monitor.delivery.worker import Pulse
from monitor.history.notifications import Undelivered
from monitor.web.server import Answer


class Ingest(Protocol):
    """The receiver of predictions and labels."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that it listens on."""

    @property
    def is_alive(self) -> bool:
        """Whether what is received is kept."""

    @property
    def trouble(self) -> str:
        """Why what is received has not become part of the log for long; "" where it does."""

    def start(self) -> None:
        """Begin to receive."""

    def stop(self, patience: float) -> bool:
        """Finish what is under way; whether `patience` seconds sufficed."""


@dataclass(frozen=True, slots=True)
class Health:
    """Answers whether the process works (`healthy`: restart it if not) and whether what it says is current (`ready`).

    `undelivered` reads what people were not told from the history, and raises UnreachableError when it cannot.
    """

    heartbeat: Heartbeat
    courier: Callable[[], Pulse]
    vitals: Vitals
    undelivered: Callable[[], Sequence[Undelivered]]
    clocks: Clocks
    ingest: Ingest | None = None
    channels: Callable[[], Mapping[str, Probed]] = dict
    patience: timedelta = PATIENCE
    configured: Configured | None = None

    def healthy(self) -> Answer:
        """Whether the scheduler, the delivery and the receiver work."""
        detail = {
            "scheduler": "alive" if self.heartbeat.is_alive() else "stuck",
            "delivery": self.courier().value,
        }
        if self.ingest is not None:
            detail["ingest"] = "alive" if self.ingest.is_alive else "stuck"
        return Answer(set(detail.values()) == {"alive"}, detail)

    def ready(self) -> Answer:
        """Whether the history can be read, every last look is recent and whole and told, and the log can be written."""
        tick, now = self.clocks.ticks(), self.clocks.now()
        looks = self.vitals.looks()
        waiting, error = self._waiting()
        detail = {
            "history": error or "reachable",
            "monitors": {name: _described(look, tick, now) for name, look in looks.items()},
            "undelivered": described(waiting, now, self.patience),
        }
        if probed := self.channels():
            detail["channels"] = {name: _answered(each) for name, each in probed.items()}
        if self.configured is not None:
            detail["configuration"] = self.configured.described()
        trouble = "" if self.ingest is None else self.ingest.trouble
        if self.ingest is not None:
            detail["ingest"] = redact(trouble) or "writing"
        told = not any(is_late(each, now, self.patience) for each in waiting)
        return Answer(
            not error and not trouble and told and all(look.is_ready(tick, now) for look in looks.values()), detail
        )

    def _waiting(self) -> tuple[Sequence[Undelivered], str]:
        try:
            return self.undelivered(), ""
        except UnreachableError as error:
            return (), redact(str(error)) or "unreachable"


def _answered(probed: Probed) -> dict[str, Any]:
    """What a channel said when it was asked last."""
    failing = probed.failing
    return {
        "condition": "works" if failing is None else "fails",
        "asked_at": iso(probed.at),
        "answer": probed.said or None,
        "error": None if failing is None else failing.error,
        "failing_since": None if failing is None else iso(failing.since),
    }


def _described(look: Looks, tick: float, now: datetime) -> dict[str, Any]:
    age, succeeded = look.age(tick), look.succeeded_at
    return {
        "condition": look.condition(tick, now).value,
        "last_success": iso(succeeded) if succeeded else None,
        "age_seconds": round(age, 1) if age is not None else None,
        "limit_seconds": look.patience.total_seconds(),
        "crashed_checks": list(look.crashed),
        "error": look.error if look.is_failing else None,
    }
