"""Why there was no answer from Slack."""

import ssl
from socket import gaierror
from typing import Final
from urllib.error import URLError

from alerts.channels.silence import said_of
from alerts.channels.slack.errors import SlackError

_TOKEN: Final = "slack.token has a character that no token has, such as a line break or a space: set it anew"  # noqa: S105

_UNSENT: Final = (gaierror, ConnectionRefusedError, ssl.SSLCertVerificationError)
"""Failures before a message was on its way."""


def unanswered(error: Exception) -> SlackError:
    """The error for a call that ended without an answer."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    if isinstance(cause, ValueError) and not isinstance(cause, OSError):
        return SlackError(f"no call to Slack can be made: {_TOKEN}", permanent=True, fixable=True)
    said = said_of(cause, "slack.base_url", "slack.timeout")
    failure = SlackError(f"no answer from Slack: {said} [{type(cause).__name__}]")
    failure.is_untaken = isinstance(cause, _UNSENT)
    return failure
