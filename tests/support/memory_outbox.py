"""An outbox in memory, with the promises of `monitor.outbox.Outbox`."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.incident import Transition
from monitor.outbox import Notification

CLAIM = timedelta(minutes=5)


@dataclass
class Row:
    notification: Notification
    due_at: datetime
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    dead: bool = False
    ref: str = ""
    error: str = ""

    @property
    def is_done(self) -> bool:
        return self.dead or self.sent_at is not None

    @property
    def stream(self) -> tuple[str, str]:
        return (self.notification.transition.incident.id, self.notification.channel)


class MemoryOutbox:
    def __init__(self) -> None:
        self.rows: list[Row] = []

    def put(self, step: Transition, *channels: str) -> None:
        """What the history does in the transaction of a cycle."""
        for channel in channels:
            if step.is_posted:
                number = len(self.rows) + 1
                self.rows.append(Row(Notification(str(number), channel, step, step.at), due_at=step.at))

    def next_notification(self, now: datetime) -> Notification | None:
        waiting: set[tuple[str, str]] = set()
        for row in self.rows:
            if row.is_done or row.stream in waiting:
                continue
            waiting.add(row.stream)
            interrupted = row.claimed_at is not None
            if row.due_at <= now and not (row.claimed_at and now - row.claimed_at < CLAIM):
                row.claimed_at = now
                return replace(row.notification, interrupted=interrupted)
        return None

    def mark_sent(self, notification_id: str, ref: str, now: datetime) -> None:
        row = self._row(notification_id)
        row.sent_at, row.ref, row.claimed_at, row.error = now, ref, None, ""

    def mark_failed(self, notification_id: str, error: str, retry_at: datetime | None, now: datetime) -> None:
        assert retry_at is None or retry_at >= now
        row = self._row(notification_id)
        row.notification = replace(row.notification, attempts=row.notification.attempts + 1)
        row.error, row.claimed_at, row.dead = error, None, retry_at is None
        row.due_at = retry_at or row.due_at

    def thread_ref(self, incident_id: str, channel: str) -> str | None:
        refs = [row.ref for row in self.rows if row.stream == (incident_id, channel) and row.ref]
        return refs[-1] if refs else None

    def _row(self, notification_id: str) -> Row:
        return next(row for row in self.rows if row.notification.id == notification_id)
