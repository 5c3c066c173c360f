"""Why there was no answer from Slack, in words that say where to look; nothing of the request is in them."""

import ssl
from http.client import HTTPException
from socket import gaierror
from typing import Final
from urllib.error import URLError

from alerts.channels.slack.errors import SlackError

_PROXY = "check the proxy (HTTPS_PROXY) and slack.base_url"
_TOKEN = "slack.token has a character that no token has, such as a line break or a space: set it anew"  # noqa: S105


_SAID: Final[tuple[tuple[type[Exception], str], ...]] = (
    # The first kind that fits counts, so what is more special comes first.
    (gaierror, "the name of its server cannot be resolved (DNS); check the network and slack.base_url"),
    (ssl.SSLCertVerificationError, f"its certificate is not trusted (TLS); {_PROXY}"),
    (ssl.SSLError, f"no secure connection (TLS); {_PROXY}"),
    (ConnectionRefusedError, f"connection refused; {_PROXY}"),
    (TimeoutError, "time-out; if this lasts, check the network, or raise slack.timeout"),
    (ConnectionError, "the connection was closed before it answered"),
    (HTTPException, f"what came is no HTTP; {_PROXY}"),
)


def unanswered(error: Exception) -> SlackError:
    """The error for a call that ended without an answer."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    if isinstance(cause, ValueError) and not isinstance(cause, OSError):
        return SlackError(f"no call to Slack can be made: {_TOKEN}", permanent=True, fixable=True)
    return SlackError(f"no answer from Slack: {_said(cause)} [{type(cause).__name__}]")


def _said(cause: Exception) -> str:
    known = next((said for kind, said in _SAID if isinstance(cause, kind)), None)
    if known is not None:
        return known
    if isinstance(cause, OSError):
        through_proxy = "Tunnel connection failed" in str(cause)
        return f"the proxy does not let the call through; {_PROXY}" if through_proxy else "no connection"
    return "the call failed"
