"""Tells incidents in a channel of Microsoft Teams, by a workflow that posts what its webhook gets.

Such a webhook posts and nothing else: each step is a card of its own, and none is changed, answered, or found again. So
a try without an answer is made again, and the card says that it may be there twice.
"""

import re
from dataclasses import replace
from typing import Final

from alerts.channels.answers import refusal
from alerts.channels.channel import ChannelError, Post, Receipt
from alerts.channels.http import Answer, Request, Service, call
from alerts.channels.reach import reach
from alerts.channels.standalone import in_doubt, standalone_message
from alerts.channels.teams.payload import bodies

SERVICE: Final = Service("Teams", "teams")

_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}  # without charset Teams counts each letter twice
_OK, _ACCEPTED = 200, 202
_NOT_ENABLED: Final = (
    "Teams says that the workflow is switched off or gone: switch it on, or make another one and set teams.url"
)
_HINTS: Final = {
    401: "its signature is wrong, or it lets in members alone; copy the address of the workflow anew into {address}, "
    "and let anyone trigger it",
    403: "its signature is wrong, or it lets in members alone; copy the address of the workflow anew into {address}, "
    "and let anyone trigger it",
}


class TeamsChannel:
    """Posts to `url`; `timeout` is in seconds."""

    def __init__(self, url: str, timeout: float = 10) -> None:
        self._url = url
        self._timeout = timeout

    def check(self) -> str:
        """What a connection proves; nothing is sent. Raises ChannelError."""
        return reach(SERVICE, self._url, self._timeout)

    def send(self, post: Post) -> Receipt:
        """Post a card of the step, the richest that Teams takes. Raises ChannelError."""
        message = standalone_message(post)
        if message is None:
            return Receipt()
        incident = (post.now if post.first else post.step).incident
        refused, error = "", None
        for body in bodies(in_doubt(message, post), incident):
            post.before_request()
            error = _error(call(SERVICE, Request(self._url, body, _JSON), self._timeout))
            if error is None:
                return Receipt(note=refused)
            if not error.permanent or error.fixable:
                raise error
            refused = f"told in a plainer form: {error}"
        raise error or ChannelError("the message is too large for Teams in every form", permanent=True)


def _error(answer: Answer) -> ChannelError | None:
    said = answer.text.strip()
    if answer.status == _ACCEPTED or (answer.status == _OK and said in {"", "1"}):
        return None
    if answer.status == _OK:
        # The webhooks of before say so what Teams itself answered them.
        if inner := re.search(r"returned HTTP error (\d{3})\b", said):
            return refusal(replace(answer, status=int(inner[1])), SERVICE, _HINTS)
        stranger = "the answer is not that of Teams, so nothing was told; check the proxy (HTTPS_PROXY) and teams.url"
        return ChannelError(stranger, permanent=False, is_untaken=True)
    if re.search(r"WorkflowTriggerIsNotEnabled|WorkflowNotFound|WorkflowDisabled", said):
        return ChannelError(_NOT_ENABLED, permanent=True, fixable=True)
    return refusal(answer, SERVICE, _HINTS)
