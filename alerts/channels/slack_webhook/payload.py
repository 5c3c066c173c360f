"""What is sent to an incoming webhook of Slack; pure."""

import json

from alerts.messages.slack import SlackMessage


def body(form: SlackMessage) -> bytes:
    """A form of the message as the webhook takes it: no thread, no metadata, no links that are looked up."""
    sent = {"text": form.text, "blocks": list(form.blocks), "unfurl_links": False, "unfurl_media": False}
    return json.dumps(sent, ensure_ascii=False).encode()
