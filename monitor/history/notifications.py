"""The outbox as the delivery worker sees it: notifications written in the same transaction as the incident."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from alerts.incident import Transition
from monitor.common.retrying import Plan

PATIENCE: Final = timedelta(minutes=10)
"""How long a channel may fail before that is told elsewhere; what only a person can mend is told at once."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One step of an incident on its way to one channel.

    `id` is the same however often it is tried. `attempts` counts the tries that came before this one, without those
    that were asked to wait; `interrupted` says that one of them neither succeeded nor failed for certain (the process
    died, the claim ran out, there was no answer), so that the message may be there already. `present` is how the
    incident stands now. `first` says that the channel has been told nothing of the incident yet: then this one
    speaks for all steps that wait, up to the one with the id `through`. `failures` counts the tries in a row of any
    notification that the channel as a whole did not take. `mention` is who is called there, `zone` by
    whose clocks times are told beside UTC.
    """

    id: str
    channel: str
    transition: Transition
    created_at: datetime
    present: Transition
    first: bool
    through: str
    attempts: int = 0
    interrupted: bool = False
    failures: int = 0
    mention: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What a channel has not been told of incidents that are open. `error` is "" before the first try."""

    channel: str
    notifications: int
    oldest: datetime
    error: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failing:
    """Why a channel takes nothing, since when (UTC), and whether that lasts until a person does something."""

    error: str
    since: datetime
    lasts: bool = False

    def is_to_be_told(self, now: datetime) -> bool:
        """Whether it is more than a hiccup."""
        return self.lasts or now - self.since >= PATIENCE


class ClaimLostError(Exception):
    """Another worker has taken the notification over: whatever is left to do for it is no longer ours."""


class Outbox(Protocol):
    """What the worker needs of the history. Every method is one short transaction; all times are UTC.

    Within one incident and channel, notifications come in the order in which they were written, and the next one only
    once the one before is sent or dead: a reply never overtakes the message that it answers.
    """

    def begin(self, channels: Collection[str], now: datetime) -> int:
        """Start afresh, as a process does that may have another token: try again now what waits for a later try.

        Notifications that dead processes of this machine were sending are freed, and open incidents that a channel
        has heard nothing of are told in it. Returns how many were freed or added.
        """

    def plan(self, channels: Collection[str], now: datetime) -> int:
        """Put into the outbox what is due now in these channels and is not in it; how many notifications that are.

        That is what routes lead to, what nobody acknowledged, what an acknowledgement or a silence left when it ended,
        and numbers that have moved.
        """

    def next_notification(self, channels: Collection[str], now: datetime) -> Notification | None:
        """Claim one that is due in one of these channels, so that no other worker takes it before the claim ends."""

    def keep_claim(self, notification: Notification, now: datetime) -> None:
        """Make the claim last from now on as long as a new one. Raises ClaimLostError."""

    def mark_sent(self, notification: Notification, ref: str, note: str, now: datetime) -> None:
        """Keep where the message went; `ref` is "" where the channel has no such thing. `note` is what went amiss."""

    def mark_failed(self, notification: Notification, error: str, plan: Plan, now: datetime) -> None:
        """Keep why it failed, and when to try again what."""

    def newest_ref(self, channel: str) -> str | None:
        """The newest non-empty `ref` of any incident in that channel, or None."""

    def standing(self, channel: str, ended_after: datetime) -> tuple[Transition, ...]:
        """How the incidents stand that the channel was told of, and that are open or ended after a time (UTC)."""

    def thread_ref(self, incident_id: str, channel: str) -> str | None:
        """The newest non-empty `ref` of the incident in that channel, or None when nothing of it was sent there."""
