"""The outbox as the delivery worker sees it: notifications written in the same transaction as the incident."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.incident import Transition


@dataclass(frozen=True, slots=True)
class Notification:
    """One step of an incident on its way to one channel.

    `id` is the same however often it is tried. `attempts` counts the tries that came before this one;
    `interrupted` says that one of them neither succeeded nor failed as far as the outbox knows (the process died, or
    the claim ran out), so that the message may be there already.
    """

    id: str
    channel: str
    transition: Transition
    created_at: datetime
    attempts: int = 0
    interrupted: bool = False


class Outbox(Protocol):
    """What the worker needs of the history. Every method is one short transaction; all times are UTC.

    Within one incident and channel, notifications come in the order in which they were written, and the next one only
    once the one before is sent or dead: a reply never overtakes the message that it answers.
    """

    def next_notification(self, now: datetime) -> Notification | None:
        """Claim the oldest one that is due, so that no other worker takes it before the claim runs out."""

    def mark_sent(self, notification_id: str, ref: str, now: datetime) -> None:
        """Keep where the message went; `ref` is "" where the channel has no such thing."""

    def mark_failed(self, notification_id: str, error: str, retry_at: datetime | None, now: datetime) -> None:
        """Keep why it failed, and try again at `retry_at`, or never (None: dead)."""

    def thread_ref(self, incident_id: str, channel: str) -> str | None:
        """The newest non-empty `ref` of the incident in that channel, or None when nothing of it was sent there."""
