"""Tells incidents to a program: a POST of the event as JSON for each step that is told.

Delivery is at least once: whether a try without an answer arrived cannot be looked up, so it is made again under the
same Idempotency-Key (and Webhook-Id), by which the receiver drops it.
"""

from typing import Final

from alerts.channels.answers import raise_unless_taken
from alerts.channels.channel import Post, Receipt
from alerts.channels.http import Request, Service, call
from alerts.channels.reach import reach
from alerts.channels.standalone import standalone_event
from alerts.channels.webhook.payload import body, delivery_id, headers, secret_bytes

SERVICE: Final = Service("the webhook", "webhook")


class WebhookChannel:
    """Posts to `url`; `secret` signs what is sent; `timeout` is in seconds. Raises ValueError for a bad secret."""

    def __init__(self, url: str, secret: str | None = None, timeout: float = 10) -> None:
        self._url = url
        self._secret = None if secret is None else secret_bytes(secret)
        self._timeout = timeout

    def check(self) -> str:
        """What a connection proves; nothing is sent. Raises ChannelError."""
        return reach(SERVICE, self._url, self._timeout)

    def send(self, post: Post) -> Receipt:
        """Post the event. Raises ChannelError."""
        step = standalone_event(post)
        if step is None:
            return Receipt()
        sent = body(step, post.links)
        named = headers(delivery_id(post, step), sent, post.sent_at or step.at, self._secret)
        post.before_request()
        raise_unless_taken(call(SERVICE, Request(self._url, sent, named), self._timeout), SERVICE)
        return Receipt()
