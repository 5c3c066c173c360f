"""Tells incidents in a Slack channel by an incoming webhook, for whoever may install no bot.

A webhook posts and nothing else: each step is a message of its own, and none is changed, put into a thread, or found
again. So a try without an answer is made again, and the message says that it may be there twice.
"""

from alerts.channels.channel import ChannelError, Post, Receipt
from alerts.channels.http import Request, call
from alerts.channels.slack.payload import forms
from alerts.channels.slack_webhook.errors import SERVICE, error_of
from alerts.channels.slack_webhook.payload import body
from alerts.channels.standalone import in_doubt, standalone_message
from alerts.messages.slack import SlackMessage

_JSON = {"Content-Type": "application/json; charset=utf-8"}


class SlackWebhookChannel:
    """Posts to `url`; `timeout` is in seconds."""

    def __init__(self, url: str, timeout: float = 10) -> None:
        self._url = url
        self._timeout = timeout

    def check(self) -> str:
        """Post nothing, which Slack refuses where the webhook is there. Raises ChannelError."""
        error = error_of(call(SERVICE, Request(self._url, b"{}", _JSON), self._timeout))
        if error is not None and (not error.permanent or error.fixable):
            raise error
        return "the webhook is there"

    def send(self, post: Post) -> Receipt:
        """Tell the step, in the richest form that Slack takes. Raises ChannelError."""
        message = standalone_message(post)
        if message is None:
            return Receipt()
        refused = ""
        *richer, plainest = forms(in_doubt(message, post))
        for form in richer:
            error = self._post(form, post)
            if error is None:
                return Receipt(note=refused)
            if not error.permanent or error.fixable:
                raise error
            refused = f"told in a plainer form: {error}"
        if error := self._post(plainest, post):
            raise error
        return Receipt(note=refused)

    def _post(self, form: SlackMessage, post: Post) -> ChannelError | None:
        post.before_request()
        return error_of(call(SERVICE, Request(self._url, body(form, post), _JSON), self._timeout))
