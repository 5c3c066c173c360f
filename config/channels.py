"""Settings of the channels besides Slack's bot. An address that lets in whoever knows it is a secret."""

import base64
import binascii
import re
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from config.base import Name
from config.duration import Duration
from config.errors import ImpossibleError
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


def _open_address(url: str) -> str:
    if "@" in url:
        raise ValueError("must have no user in it")
    return url


OpenAddress = Annotated[WebAddress, AfterValidator(_open_address)]
"""A web address that is no secret."""


def _mail_address(address: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", address):
        raise ValueError("must be a mail address such as oncall@acme.example, without a name")
    return address


MailAddress = Annotated[Name, AfterValidator(_mail_address)]
"""A mail address without the name of whoever reads it."""


def _signing_secret(secret: SecretStr) -> SecretStr:
    prefix, _, rest = secret.get_secret_value().strip().partition("whsec_")
    if not prefix and rest:
        try:
            base64.b64decode(rest, validate=True)
        except binascii.Error:
            raise ValueError("begins with whsec_ and does not go on in base64") from None
    return secret


class AlertmanagerSettings(ChannelSettings):
    """A Prometheus Alertmanager that incidents are told to."""

    urls: Annotated[tuple[OpenAddress, ...], Field(min_length=1)]
    """Its address, or those of all members of its cluster: `[http://alertmanager:9093]`."""
    username: Name | None = None
    """For basic authentication, with `password`."""
    password: SecretStr | None = None
    """A secret: `TUNEWATCH_ALERTMANAGER__PASSWORD`, or a secret file `tunewatch_alertmanager__password`."""
    token: SecretStr | None = None
    """A bearer token instead. A secret: `TUNEWATCH_ALERTMANAGER__TOKEN`, or a secret file."""
    timeout: Duration = timedelta(seconds=10)
    """How long one call may take to connect, to send, and to be answered."""

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        if self.username is not None and self.token is not None:
            raise ImpossibleError(("token", "must not be set beside username: only one of them can be sent"))
        if self.password is not None and self.username is None:
            raise ImpossibleError(("password", "needs username"))
        return self


class AppriseSettings(ChannelSettings):
    """Services that have no channel of their own here, by Apprise (`pip install 'tunewatch[apprise]'`)."""

    secrets = ("urls",)

    urls: SecretStr | None = None
    """Addresses as Apprise writes them, with space between. A secret: `TUNEWATCH_APPRISE__URLS`, or a secret file."""
    timeout: Duration = timedelta(seconds=10)
    """How long one call may take to connect, and to be answered."""


class EmailSettings(ChannelSettings):
    """A mail server that incidents are told by, and to whom."""

    host: Name
    """Mail server: `smtp.acme.example`."""
    port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    """Its port. Unset: 587 with STARTTLS, 465 with TLS, 25 with neither."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the talk is encrypted; with `none` no login is possible, as its password would be read on the way."""
    username: Name | None = None
    """For the login, with `password`. Unset, there is none."""
    password: SecretStr | None = None
    """A secret: `TUNEWATCH_EMAIL__PASSWORD`, or a secret file `tunewatch_email__password`."""
    sender: MailAddress
    """Whom mails are from: `tunewatch@acme.example`."""
    to: Annotated[tuple[MailAddress, ...], Field(min_length=1)]
    """Whom mails are to: `[oncall@acme.example]`."""
    timeout: Duration = timedelta(seconds=10)
    """How long each step of a talk with the server may take."""

    @model_validator(mode="after")
    def _login_is_possible(self) -> Self:
        if self.username is not None and self.security == "none":
            raise ImpossibleError(("username", "needs security: starttls or tls, or its password is read on the way"))
        if self.password is not None and self.username is None:
            raise ImpossibleError(("password", "needs username"))
        return self

    @property
    def missing(self) -> tuple[str, ...]:
        """The password, where there is a login."""
        return ("password",) if self.username is not None and self.password is None else ()


class PagerDutySettings(ChannelSettings):
    """A service of PagerDuty that calls people."""

    secrets = ("routing_key",)

    routing_key: SecretStr | None = None
    """Integration key of *Events API v2*. A secret: `TUNEWATCH_PAGERDUTY__ROUTING_KEY`, or a secret file."""
    url: OpenAddress = "https://events.pagerduty.com/"
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


class TeamsSettings(ChannelSettings):
    """A channel of Microsoft Teams that incidents are told in."""

    secrets = ("url",)

    url: SecretAddress | None = None
    """Address of a workflow's webhook. A secret: `TUNEWATCH_TEAMS__URL`, or a secret file `tunewatch_teams__url`."""
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
