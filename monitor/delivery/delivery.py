"""Carries notifications from the outbox to the channels, at least once each, and gives none up.

A notification is sent again when a try failed, and when a try was cut short (the process died between sending and
keeping that it was sent). Only the channel can tell whether such a message arrived; Slack can where it may look (see
`alerts.channels.slack`), a console cannot, and then people read it twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alerts.channels.channel import Channel, ChannelError, Draw, Picture, Post, Receipt, draw_nothing
from alerts.incident import Incident
from alerts.messages.links import NO_LINKS, Links
from monitor.common.clock import Clock
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.common.retrying import Trouble, plan, trouble_of
from monitor.common.tracing import TraceSpan, span
from monitor.delivery.pictures import Pictures
from monitor.delivery.resending import Resending
from monitor.history.notifications import ClaimLostError, Notification, Outbox

_LOG = get_logger(__name__)


_TOLD_EACH: Final = 5
_TOLD_EVERY: Final = 20
"""The first failures in a row are logged each, then one in so many, which is every 15 minutes."""

PLAN_EVERY: Final = timedelta(seconds=15)
"""How often what is due is planned while there is no end of what is to be sent: a page is not to wait for 200 edits."""


@dataclass(slots=True)
class Deliverer:
    """Delivers what an outbox holds for these channels.

    Its methods raise only what the outbox raises: what a channel does is logged and kept with the notification.
    `resending` tells channels again that forget; None where there is none. `links` are what messages lead to, `draw`
    makes the charts that go with them.
    """

    outbox: Outbox
    channels: Mapping[str, Channel]
    clock: Clock
    resending: Resending | None = None
    links: Links = NO_LINKS
    draw: Draw = draw_nothing
    _pictures: Pictures = field(init=False)
    _planned_at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._pictures = Pictures(self._drawn, self.channels, self.clock)

    def begin(self) -> None:
        """Start afresh; see `Outbox.begin`."""
        if self.draw is not draw_nothing:
            self._resume_pictures()
        if changed := self.outbox.begin(self.channels.keys(), self.clock()):
            _LOG.info("notifications taken up", notifications=changed)

    def deliver_one(self) -> bool:
        """Try one notification that is due, and keep what came of it; whether there was one."""
        notification = self._next()
        if notification is None:
            if self.resending is not None:
                self.resending.resend_due()
            return self._pictures.put_one()
        step = notification.transition
        try:
            with span("deliver", (step.incident.monitor, step.at), **_about(notification)) as delivering:
                self._deliver(notification, delivering)
        except ClaimLostError as lost:  # whoever has it now looks what we sent, and tells the rest
            _LOG.warning("notification taken over", error=str(lost), **_about(notification))
        return True

    def deliver_all(self, until: datetime) -> int:
        """Try what is due until nothing is, or `until`; how many tries that took."""
        tries = 0
        while self.clock() < until and self.deliver_one():
            tries += 1
        return tries

    def _next(self) -> Notification | None:
        """The next one; what has come due in the meantime is planned when none is left, and every few seconds."""
        channels, now = self.channels.keys(), self.clock()
        self._planned_at = planned_at = self._planned_at or now
        if not planned_at <= now < planned_at + PLAN_EVERY:  # also where the clock was set back
            self._plan()
        found = self.outbox.next_notification(channels, self.clock())
        while found is None and self._plan():
            found = self.outbox.next_notification(channels, self.clock())
        return found

    def _plan(self) -> int:
        self._planned_at = self.clock()
        return self.outbox.plan(self.channels.keys(), self._planned_at)

    def _deliver(self, notification: Notification, delivering: TraceSpan) -> None:
        try:
            post = self._post(notification)
            receipt = self.channels[notification.channel].send(post)
        except ClaimLostError:
            raise
        except ChannelError as error:
            delivering.failed(error)
            self._fail(notification, trouble_of(error), error)
        except Exception as error:  # noqa: BLE001 - one message that cannot be built must not hold up all others
            delivering.failed(error)
            _LOG.exception("channel crashed", channel=notification.channel, notification=notification.id)
            fault = f"a fault of tunewatch, see its log: {type(error).__name__}"
            self._fail(notification, Trouble.MESSAGE_CRASHED, ChannelError(fault, permanent=False))
        else:
            self._succeed(notification, receipt)
            if self.draw is not draw_nothing:
                self._pictures.told(notification.channel, post, receipt.ref)

    def _resume_pictures(self) -> None:
        """Look for the charts of what is open: the process before may have ended between a text and its chart."""
        for name in self._pictures.illustrating:
            for step in self.outbox.standing(name, self.clock()):
                self._pictures.resumed(name, step, self.outbox.thread_ref(step.incident.id, name))

    def _drawn(self, incident: Incident) -> Picture | None:
        """The chart; none where it cannot be drawn, since no text waits for one."""
        try:
            return self.draw(incident)
        except Exception:  # noqa: BLE001 - whatever is wrong with a chart, people are told
            _LOG.exception("chart not drawn", incident=incident.id)
            return None

    def _post(self, notification: Notification) -> Post:
        thread = self.outbox.thread_ref(notification.transition.incident.id, notification.channel)
        is_lost = thread is None and notification.interrupted
        return Post(
            notification.id,
            notification.transition,
            thread,
            maybe_sent=notification.interrupted,
            present=notification.present,
            first=notification.first,
            mention=notification.mention,
            zone=notification.zone,
            draw=self._drawn,
            links=self.links.of(notification.present.incident),
            nearby=self.outbox.newest_ref(notification.channel) if is_lost else None,
            before_request=lambda: self.outbox.keep_claim(notification, self.clock()),
            sent_at=self.clock(),
        )

    def _succeed(self, notification: Notification, receipt: Receipt) -> None:
        note = redact(receipt.note)
        self.outbox.mark_sent(notification, receipt.ref, note, self.clock())
        if note:
            _LOG.warning("notification sent", note=note, **_about(notification))
        else:
            _LOG.info("notification sent", **_about(notification))

    def _fail(self, notification: Notification, trouble: Trouble, error: ChannelError) -> None:
        problem, now = redact(str(error)), self.clock()
        before = notification.failures if trouble.is_of_channel else notification.attempts
        planned = plan(trouble, before, error.retry_after, now, is_untaken=error.is_untaken)
        self.outbox.mark_failed(notification, problem, planned, now)
        tell = _LOG.error if trouble in (Trouble.CHANNEL_REFUSES, Trouble.MESSAGE_REFUSED) else _LOG.warning
        if before >= _TOLD_EACH and before % _TOLD_EVERY:
            tell = _LOG.debug
        tell("notification failed", error=problem, retry_at=str(planned.retry_at), **_about(notification))


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
