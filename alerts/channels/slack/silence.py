"""Why there was no answer from Slack."""

from typing import Final
from urllib.error import URLError

from alerts.channels.silence import said_of
from alerts.channels.slack.errors import SlackError

_TOKEN: Final = "slack.token has a character that no token has, such as a line break or a space: set it anew"  # noqa: S105


def unanswered(error: Exception) -> SlackError:
    """The error for a call that ended without an answer."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    if isinstance(cause, ValueError) and not isinstance(cause, OSError):
        return SlackError(f"no call to Slack can be made: {_TOKEN}", permanent=True, fixable=True)
    said = said_of(cause, "slack.base_url", "slack.timeout")
    return SlackError(f"no answer from Slack: {said} [{type(cause).__name__}]")
