"""Settings of the channels besides Slack's bot. An address that lets in whoever knows it is a secret."""

import base64
import binascii
import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

from config.duration import Duration
from config.services import ChannelSettings, WebAddress


def _secret_address(url: SecretStr) -> SecretStr:
    text = url.get_secret_value().strip()
    if not re.fullmatch(r"https?://[^/?#\s@]+([/?]\S*)?", text):
        raise ValueError("must begin with https:// or http://, name a host, and have no space and no user in it")
    try:
        urlsplit(text).port  # noqa: B018 - it is looked at by asking for it
    except ValueError:
        raise ValueError("has a port that is none") from None
    return url


SecretAddress = Annotated[SecretStr, AfterValidator(_secret_address)]
"""A web address that lets in whoever knows it."""


def _signing_secret(secret: SecretStr) -> SecretStr:
    prefix, _, rest = secret.get_secret_value().strip().partition("whsec_")
    if not prefix and rest:
        try:
            base64.b64decode(rest, validate=True)
        except binascii.Error:
            raise ValueError("begins with whsec_ and does not go on in base64") from None
    return secret


class PagerDutySettings(ChannelSettings):
    """A service of PagerDuty that calls people."""

    secrets = ("routing_key",)

    routing_key: SecretStr | None = None
    """Integration key of *Events API v2*. A secret: `TUNEWATCH_PAGERDUTY__ROUTING_KEY`, or a secret file."""
    url: WebAddress = "https://events.pagerduty.com/"
    """`https://events.eu.pagerduty.com/` for accounts in the EU; another address for a proxy or a test server."""
    timeout: Duration = timedelta(seconds=10)
    """How long one call may take to connect, to send, and to be answered."""


class SlackWebhookSettings(ChannelSettings):
    """A Slack channel that incidents are told in by an incoming webhook, without a bot."""

    secrets = ("url",)

    url: SecretAddress | None = None
    """Its address. A secret: `TUNEWATCH_SLACK_WEBHOOK__URL`, or a secret file `tunewatch_slack_webhook__url`."""
    timeout: Duration = timedelta(seconds=10)
    """How long one call may take to connect, to send, and to be answered."""


class WebhookSettings(ChannelSettings):
    """A program that gets each event as JSON."""

    secrets = ("url",)

    url: SecretAddress | None = None
    """Its address. A secret: `TUNEWATCH_WEBHOOK__URL`, or a secret file `tunewatch_webhook__url`."""
    secret: Annotated[SecretStr, AfterValidator(_signing_secret)] | None = None
    """Signs what is sent, by HMAC-SHA256; `whsec_` and base64, or any text. `TUNEWATCH_WEBHOOK__SECRET`, or a file."""
    timeout: Duration = timedelta(seconds=10)
    """How long one call may take to connect, to send, and to be answered."""
