"""Carries notifications from the outbox to the channels, at least once each.

A notification is sent again when a try failed, and when a try was cut short (the process died between sending and
keeping that it was sent). Only the channel can tell whether such a message arrived; Slack can where it may look (see
`alerts.channels.slack`), a console cannot, and then people read it twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.channels.channel import Channel, ChannelError, Post, Receipt
from monitor.logs import get_logger
from monitor.outbox import Notification, Outbox
from monitor.redact import redact

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=30)
FIX_PAUSE: Final = timedelta(minutes=15)
"""Between tries that fail until a person mends the token or the channel: soon enough once they did."""
MAX_AGE: Final = timedelta(hours=24)
FEWEST_ATTEMPTS: Final = 5
"""Tries that an old notification gets all the same: after days off, a daemon may find no network at first."""
MAX_ATTEMPTS: Final = 100
"""Tries that fit into a day at these pauses; a bound for a clock that stands still."""

_LOG = get_logger(__name__)


class Fate(StrEnum):
    """What becomes of a notification whose try failed."""

    AGAIN = "again"
    NO_SUCH_CHANNEL = "no_such_channel"
    REFUSED = "refused"  # the channel will never take this message
    TOO_OLD = "too_old"
    TOO_MANY_TRIES = "too_many_tries"


@dataclass(frozen=True, slots=True)
class Plan:
    """Whether and when to try again; `retry_at` is set exactly when the fate is AGAIN."""

    fate: Fate
    retry_at: datetime | None = None


def deliver_one(outbox: Outbox, channels: Mapping[str, Channel], now: datetime) -> bool:
    """Try one notification that is due, and keep what came of it; whether there was one.

    Raises only what the outbox raises: what a channel does is logged and kept with the notification.
    """
    notification = outbox.next_notification(now)
    if notification is None:
        return False
    channel = channels.get(notification.channel)
    if channel is None:
        problem = f"there is no channel {notification.channel!r} in the configuration"
        _fail(outbox, notification, Plan(Fate.NO_SUCH_CHANNEL), problem, now)
        return True
    thread = outbox.thread_ref(notification.transition.incident.id, notification.channel)
    uncertain = notification.interrupted or notification.attempts > 0
    post = Post(notification.id, notification.transition, thread, maybe_sent=uncertain)
    try:
        receipt = channel.send(post)
    except ChannelError as error:
        _fail(outbox, notification, plan(notification, error, now), str(error), now)
    except Exception as error:  # noqa: BLE001 - one message that cannot be built must not hold up all others
        _LOG.exception("channel crashed", channel=notification.channel, notification=notification.id)
        fault = ChannelError(f"a fault of tunewatch, see its log: {type(error).__name__}", permanent=False)
        _fail(outbox, notification, plan(notification, fault, now), str(fault), now)
    else:
        _succeed(outbox, notification, receipt, now)
    return True


def deliver_all(outbox: Outbox, channels: Mapping[str, Channel], clock: Callable[[], datetime], until: datetime) -> int:
    """Try what is due until nothing is, or `until`; how many tries that took."""
    tries = 0
    while (now := clock()) < until and deliver_one(outbox, channels, now):
        tries += 1
    return tries


def plan(notification: Notification, error: ChannelError, now: datetime) -> Plan:
    """When to try again: after 5 s, 10 s, 20 s, … up to 30 min, for a day; what the channel asks for comes first."""
    if error.permanent and not error.fixable:
        return Plan(Fate.REFUSED)
    tries = notification.attempts + 1
    if tries >= MAX_ATTEMPTS:
        return Plan(Fate.TOO_MANY_TRIES)
    retry_at = now + _pause(notification.attempts, error)
    if retry_at - notification.created_at > MAX_AGE and tries >= FEWEST_ATTEMPTS:
        return Plan(Fate.TOO_OLD)
    return Plan(Fate.AGAIN, retry_at)


def _pause(attempts: int, error: ChannelError) -> timedelta:
    if error.retry_after is not None:
        return timedelta(seconds=error.retry_after)
    if error.permanent:
        return FIX_PAUSE
    doublings = min(attempts, 10)  # beyond, the pause is the longest anyway
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _succeed(outbox: Outbox, notification: Notification, receipt: Receipt, now: datetime) -> None:
    outbox.mark_sent(notification.id, receipt.ref, now)
    _LOG.info("notification sent", **_about(notification))


def _fail(outbox: Outbox, notification: Notification, plan: Plan, problem: str, now: datetime) -> None:
    problem = redact(problem)
    if plan.fate is Fate.AGAIN:
        outbox.mark_failed(notification.id, problem, plan.retry_at, now)
        _LOG.warning("notification failed", error=problem, retry_at=str(plan.retry_at), **_about(notification))
    else:
        outbox.mark_failed(notification.id, f"{plan.fate}: {problem}", None, now)
        _LOG.error("notification given up", error=problem, fate=plan.fate.value, **_about(notification))


def _about(notification: Notification) -> dict[str, str | int]:
    step = notification.transition
    return {
        "channel": notification.channel,
        "notification": notification.id,
        "monitor": step.incident.monitor,
        "incident": step.incident.id,
        "told": step.event.value if step.event else step.reason.value,
        "attempt": notification.attempts + 1,
    }
