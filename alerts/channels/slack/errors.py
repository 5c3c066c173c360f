"""What Slack's error codes mean for whoever wants to be told.

Source: the error tables of https://docs.slack.dev/reference/methods/chat.postMessage and chat.update.
"""

import re
from typing import Final

from alerts.channels.channel import ChannelError

_CREDENTIAL = "check slack.token: it has to be the bot token (xoxb-…) of an app installed in this workspace"
_INVITE = "invite the bot to the channel (/invite @tunewatch), or check slack.channel"

_FIXABLE = {
    "account_inactive": _CREDENTIAL,
    "invalid_auth": _CREDENTIAL,
    "not_allowed_token_type": _CREDENTIAL,
    "not_authed": _CREDENTIAL,
    "token_expired": _CREDENTIAL,
    "token_revoked": _CREDENTIAL,
    "missing_scope": "give the app the scope chat:write and install it again",
    "channel_not_found": _INVITE,
    "not_in_channel": _INVITE,
    "is_archived": "unarchive the channel, or name another one in slack.channel",
    "restricted_action": "ask an administrator of the workspace to let the app post in this channel",
    "ekm_access_denied": "ask an administrator of the workspace to let the app post in this channel",
    "access_denied": "ask an administrator of the workspace to let the app post in this channel",
}
_REFUSED = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "too_many_blocks",
    }
)
_RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

_HTTP_SERVER_ERROR = 500
_HTTP_TOO_MANY = 429

ROOT_IS_GONE = frozenset({"message_not_found", "channel_not_found", "is_archived", "not_in_channel"})
"""Codes of chat.update after which the first message has to be posted anew, in the channel that is configured now."""

ROOT_IS_FIXED = frozenset({"cant_update_message", "edit_window_closed", "update_failed"})
"""Codes of chat.update after which the first message stays as it is, and the thread says what is new."""

_NO_FILES = (
    "Slack takes no charts: give the app the scope files:write and install it again, or set alerting.charts: false"
)

CANNOT_LOOK = frozenset(
    {"missing_scope", "not_allowed_token_type", "channel_not_found", "not_in_channel", "thread_not_found"}
)
"""Codes of conversations.* after which nobody knows what was sent."""


class SlackError(ChannelError):
    """An answer of Slack other than ok; `code` is Slack's word for it, "" where it said none."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        permanent: bool = False,
        fixable: bool = False,
        asks_to_wait: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(
            message, permanent=permanent, fixable=fixable, asks_to_wait=asks_to_wait, retry_after=retry_after
        )
        self.code = code

    @property
    def is_about_message(self) -> bool:
        """Whether Slack may take the same news in another form."""
        return self.permanent and not self.fixable


def slack_error(status: int, code: str, wait: float | None) -> SlackError:
    """The error for an HTTP status, Slack's `error` and the seconds that it asks to wait.

    A code that is not known counts as temporary: it costs a few tries, and not an alert.
    """
    if status == _HTTP_TOO_MANY or code in _RATE_LIMITED:
        return SlackError("Slack asks to wait", code=code, asks_to_wait=True, retry_after=wait)
    if not re.fullmatch(r"[a-z0-9_]+", code):  # a proxy's page; whatever stands in it is no business of a log
        return SlackError(f"the answer (HTTP {status}) is not Slack's; check slack.base_url if this lasts")
    if status >= _HTTP_SERVER_ERROR:
        return SlackError(f"Slack has a problem: HTTP {status}, {code}", code=code, retry_after=wait)
    if code in _FIXABLE:
        return SlackError(f"Slack says {code}: {_FIXABLE[code]}", code=code, permanent=True, fixable=True)
    if code in _REFUSED:
        return SlackError(f"Slack refuses the message: {code}; this is a fault of tunewatch", code=code, permanent=True)
    return SlackError(f"Slack says {code}", code=code)


_APP_TOKEN: Final = (
    "buttons do nothing: set slack.app_token to an app-level token (xapp-…) with the scope connections:write, of the "  # noqa: S105
    "same app"
)
_SWITCHED_OFF: Final = "buttons do nothing: switch Socket Mode on in the settings of the Slack app"
_ABOUT_APP_TOKEN: Final = {
    **dict.fromkeys(_FIXABLE, _APP_TOKEN),
    "no_permission": _APP_TOKEN,
    "forbidden_token_type": _SWITCHED_OFF,
    "socket_mode_not_enabled": _SWITCHED_OFF,
}


def about_app_token(error: SlackError) -> SlackError:
    """The error of a call by an app-level token, which has another key than the bot's."""
    if error.code not in _ABOUT_APP_TOKEN:
        return error
    said = f"Slack says {error.code}: {_ABOUT_APP_TOKEN[error.code]}"
    return SlackError(said, code=error.code, permanent=True, fixable=True)


def no_files() -> SlackError:
    """The error for an app that may not upload."""
    return SlackError(_NO_FILES, code="missing_scope", permanent=True, fixable=True)
