"""What is sent to an incoming webhook of Slack; pure."""

import json
from typing import Final

from alerts.channels.channel import Post
from alerts.channels.slack.payload import payload
from alerts.incident import Event
from alerts.messages.slack import SlackMessage

_TAKEN: Final = ("text", "blocks")
"""Of what the bot sends; a webhook has no threads and no metadata, and reads markup as it stands."""


def body(form: SlackMessage, post: Post) -> bytes:
    """A form of the message as the webhook takes it. What opens an incident calls whoever the route calls."""
    part = "root" if post.first or post.step.event is Event.OPENED else "reply"
    sent = payload(form, post, part)
    taken = {key: sent[key] for key in _TAKEN} | {"unfurl_links": False, "unfurl_media": False}
    return json.dumps(taken, ensure_ascii=False).encode()
