"""Calls people by PagerDuty: an incident here is an alert there, triggered, acknowledged and resolved.

Delivery is at least once, and a second event of the same incident adds to the first: a try without an answer is made
again, and nobody is called twice.
"""

import json
from typing import Final

from alerts.channels.answers import refusal
from alerts.channels.channel import ChannelError, Post, Receipt
from alerts.channels.http import Answer, Request, Service, call
from alerts.channels.pagerduty.payload import Json, event_of, plain
from alerts.channels.reach import reach

SERVICE: Final = Service("PagerDuty", "pagerduty", credential="routing_key")

_ACCEPTED: Final = 202
_BAD_REQUEST: Final = 400
_HEADERS: Final = {"Content-Type": "application/json; charset=utf-8"}
_ROUTING: Final = (
    "PagerDuty does not know the routing key; check pagerduty.routing_key: it has to be the integration key (32 "
    "characters) of an integration Events API v2"
)


class PagerDutyChannel:
    """Sends events by the routing key of an integration. `url` ends with a slash; `timeout` is in seconds."""

    def __init__(self, routing_key: str, url: str = "https://events.pagerduty.com/", timeout: float = 10) -> None:
        self._routing_key = routing_key
        self._url = f"{url}v2/enqueue"
        self._timeout = timeout

    def check(self) -> str:
        """What a connection proves; nothing is sent. Raises ChannelError."""
        return reach(SERVICE, self._url, self._timeout)

    def send(self, post: Post) -> Receipt:
        """Trigger, acknowledge or resolve. Raises ChannelError."""
        event = event_of(post)
        if event is None:
            return Receipt()
        error = self._post(event, post)
        if error is None:
            return Receipt()
        if not error.permanent or error.fixable or "payload" not in event:
            raise error
        if again := self._post(plain(event), post):
            raise again
        return Receipt(note=f"told without its details: {error}")

    def _post(self, event: Json, post: Post) -> ChannelError | None:
        post.before_request()
        body = json.dumps({"routing_key": self._routing_key, **event}, ensure_ascii=False).encode()
        return _error(call(SERVICE, Request(self._url, body, _HEADERS), self._timeout))


def _error(answer: Answer) -> ChannelError | None:
    if answer.status == _ACCEPTED:
        return None
    if answer.status in range(200, 300):
        said = "the answer is not PagerDuty's, so nobody was called; check the proxy (HTTPS_PROXY) and pagerduty.url"
        return ChannelError(said, permanent=False, is_untaken=True)
    if answer.status == _BAD_REQUEST and "routing" in answer.text.lower():
        return ChannelError(_ROUTING, permanent=True, fixable=True)
    return refusal(answer, SERVICE, {})
