"""Settings of what surrounds the monitors: history, Slack, web page, logging."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator
from sqlalchemy.engine import make_url

from config.base import Name, Section
from config.duration import Duration
from config.errors import ImpossibleError
from config.url import DatabaseUrl, mask

LEAST_TOKEN: Final = 16
"""Characters of a token that strangers may try to guess."""


def _can_keep_history(url: str) -> str:
    if make_url(url).get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError("must be a sqlite or a postgresql URL; other databases cannot keep the history")
    return url


def _web_address(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise ValueError("must begin with https:// or http:// and name a host")
    return url if url.endswith("/") else f"{url}/"


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""A web address, with a slash at its end."""


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class HistorySettings(Section):
    """Where the metric history is kept."""

    url: Annotated[DatabaseUrl, AfterValidator(_can_keep_history)] = "sqlite:///tunewatch.db"
    """SQLAlchemy URL of a SQLite or PostgreSQL database."""
    keep: Duration = timedelta(days=400)
    """How long the history is kept. Longer than 400d where it is not set and a `lookback` is."""
    hourly_after: Duration = timedelta(days=14)
    """Age from which `metric_history` has one row an hour left. Shorter than 14d where `daily_after` is."""
    daily_after: Duration = timedelta(days=90)
    """Age from which `metric_history` has one row a day left. Longer than 90d if only `hourly_after` is set."""

    @model_validator(mode="after")
    def _thinned_in_order(self) -> Self:
        if {"hourly_after", "daily_after"} <= self.model_fields_set and self.hourly_after >= self.daily_after:
            raise ImpossibleError(("daily_after", "must be longer than hourly_after"))
        return self

    @property
    def thinned_after(self) -> tuple[timedelta, timedelta]:
        """Ages from which one row an hour and one a day is left: what is not set follows what is."""
        if "daily_after" in self.model_fields_set:
            return min(self.hourly_after, self.daily_after), self.daily_after
        return self.hourly_after, max(self.hourly_after, self.daily_after)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Show the URL without its password."""
        return [(name, mask(self.url) if name == "url" else value) for name, value in super().__repr_args__()]


class ChannelSettings(Section):
    """What all channels have that incidents are told in; a channel's section is a subclass of this."""

    secrets: ClassVar[tuple[str, ...]] = ()
    """Keys without which nothing can be sent; the daemon does not start without them."""

    timeout: Duration = timedelta(seconds=10)
    """How long one call may take."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The secrets that are not set."""
        return tuple(key for key in self.secrets if getattr(self, key) is None)


class SlackSettings(ChannelSettings):
    """The Slack channel that incidents are told in."""

    secrets = ("token",)

    channel: Name
    """Channel name or id, in quotes: `"#chatbot-oncall"`."""
    token: SecretStr | None = None
    """Bot token. Never in this file: `TUNEWATCH_SLACK__TOKEN`, or a secret file `tunewatch_slack__token`."""
    app_token: SecretStr | None = None
    """App-level token (xapp-…), for buttons. A secret: `TUNEWATCH_SLACK__APP_TOKEN`, or a secret file."""
    base_url: WebAddress = "https://slack.com/api/"
    """Another address for a proxy or a test server."""
    timeout: Duration = timedelta(seconds=10)
    """How long one call to Slack may take."""


class ConsoleSettings(Section):
    """The console, or the log where that is JSON, as a channel that incidents are told in."""

    enabled: bool = True
    """Whether incidents are told there at all; not without it only where another channel is set up."""
    routed: bool = False
    """Whether it hears only what `routes` lead there by its name, `console`, as other channels do; else it hears of
    everything."""


class WebSettings(Section):
    """The web page and the health endpoints."""

    host: Name = "127.0.0.1"
    """Address to listen on; `0.0.0.0` in a container."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8787
    """Port to listen on; 0 takes any free one."""
    pages: bool = True
    """Whether there are pages to look at, at `/`; without them only the health endpoints answer."""
    hosts: tuple[Name, ...] = ()
    """Names under which pages and `/metrics` are asked for, such as `tunewatch.example.org`, besides addresses and
    `localhost`."""
    token: SecretStr | None = None
    """What people sign in to the page with, to act on incidents; of at least 16 characters. Never in this file:
    `TUNEWATCH_WEB__TOKEN`, or a secret file `tunewatch_web__token`. Without it the page only shows."""

    examples: bool = False
    """Whether who is signed in may see messages of users that an incident's classes were mistaken in, without personal
    data as in exports."""

    @field_validator("token")
    @classmethod
    def _long_enough(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value().strip()) < LEAST_TOKEN:
            raise ValueError(f"must have at least {LEAST_TOKEN} characters; `openssl rand -hex 16` prints some")
        return token


class LoggingSettings(Section):
    """What the daemon writes to stderr."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"
    """Least level that is written."""
    format: Annotated[Literal["auto", "json", "console"], BeforeValidator(_lower)] = "auto"
    """`auto` is console on a terminal and json elsewhere."""
