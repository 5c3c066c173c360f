"""What the answers of an incoming webhook mean for whoever wants to be told.

Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
"""

import re
from typing import Final

from alerts.channels.answers import refusal
from alerts.channels.channel import ChannelError
from alerts.channels.http import Answer, Service

SERVICE: Final = Service("Slack", "slack_webhook")

_ANEW: Final = "make a new webhook and set slack_webhook.url"
_FIXABLE: Final = {
    "action_prohibited": "ask an administrator of the workspace to let the webhook post, or " + _ANEW,
    "channel_is_archived": "unarchive the channel, or " + _ANEW,
    "channel_not_found": _ANEW,
    "invalid_token": _ANEW,
    "no_active_hooks": _ANEW,
    "no_service": _ANEW,
    "no_service_id": _ANEW,
    "no_team": _ANEW,
    "posting_to_general_channel_denied": "ask an administrator of the workspace, or " + _ANEW,
    "team_disabled": _ANEW,
    "user_not_found": _ANEW,
}
_OK: Final = 200


def error_of(answer: Answer) -> ChannelError | None:
    """The error that an answer tells of, None where the message was taken.

    An error that is permanent and not fixable is about the message, which may be taken in another form.
    """
    word = answer.text.strip()
    if answer.status == _OK:
        if word == "ok":
            return None
        said = "the answer is not Slack's, so nothing was told; check the proxy (HTTPS_PROXY) and slack_webhook.url"
        return ChannelError(said, permanent=False, is_untaken=True)
    # Whatever else a proxy may say is no business of a log.
    known = word if re.fullmatch(r"[a-z][a-z_]{2,40}", word) else ""
    if hint := _FIXABLE.get(known):
        return ChannelError(f"Slack says {known}: {hint}", permanent=True, fixable=True)
    error = refusal(answer, SERVICE, {})
    if not known:
        return error
    return ChannelError(
        f"{error}; it says {known}",
        permanent=error.permanent,
        fixable=error.fixable,
        asks_to_wait=error.asks_to_wait,
        retry_after=error.retry_after,
    )
