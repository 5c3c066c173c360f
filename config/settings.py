"""All that an operator may set."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config import routes as routing
from config.alerting import AlertingSettings
from config.base import Name
from config.channels import (
    AlertmanagerSettings,
    AppriseSettings,
    EmailSettings,
    PagerDutySettings,
    SlackWebhookSettings,
    TeamsSettings,
    WebhookSettings,
)
from config.duration import format_duration
from config.errors import ImpossibleError, Problem
from config.ingest import IngestSettings
from config.links import LinksSettings
from config.monitor import MonitorSettings
from config.named_channels import ChannelName, NamedChannel, inherited
from config.reports import ReportSettings
from config.routes import RouteSettings
from config.services import (
    ChannelSettings,
    ConsoleSettings,
    HistorySettings,
    LoggingSettings,
    SlackSettings,
    WebSettings,
)

PREFIX: Final = "TUNEWATCH_"
SEPARATOR: Final = "__"


def folded(name: str) -> str:
    """Return the name as an environment variable can spell it: lower case, words joined by single underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower())


def _monitor_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name) or SEPARATOR in name:
        raise ValueError("must be up to 64 letters, digits, dashes and single underscores, a letter or digit first")
    return name


MonitorName = Annotated[Name, AfterValidator(_monitor_name)]


@dataclass(frozen=True, slots=True)
class ChannelSetUp:
    """A channel that is set up: its name, its kind, where its section is, and what that says.

    `elsewhere` are keys that are those of the section of the kind itself.
    """

    name: str
    kind: str
    key: str
    section: ChannelSettings
    elsewhere: frozenset[str] = frozenset()


class Settings(BaseSettings):
    """The whole configuration. `load` reads it; made directly, it takes its arguments and nothing else."""

    model_config = SettingsConfigDict(
        case_sensitive=True,
        extra="forbid",
        frozen=True,
    )

    history: HistorySettings = HistorySettings()
    """Where the metric history is kept."""
    slack: SlackSettings | None = None
    """Where incidents are told, besides the console."""
    slack_webhook: SlackWebhookSettings | None = None
    """A Slack channel that incidents are told in by an incoming webhook, where no bot may be installed."""
    pagerduty: PagerDutySettings | None = None
    """A service of PagerDuty that calls people."""
    alertmanager: AlertmanagerSettings | None = None
    """A Prometheus Alertmanager that incidents are told to."""
    email: EmailSettings | None = None
    """A mail server that incidents are told by, and to whom."""
    teams: TeamsSettings | None = None
    """A channel of Microsoft Teams that incidents are told in."""
    apprise: AppriseSettings | None = None
    """Services that have no channel of their own here, by Apprise."""
    webhook: WebhookSettings | None = None
    """A program that gets each event as JSON."""
    channels: dict[ChannelName, NamedChannel] = Field(default_factory=dict)
    """More channels of these kinds, by a name of your choice that `routes` use: `payments: {slack: {channel: …}}`."""
    console: ConsoleSettings = ConsoleSettings()
    """The console, or the log where that is JSON, as a channel that incidents are told in."""
    web: WebSettings = WebSettings()
    """The web page and the health endpoints."""
    ingest: IngestSettings | None = None
    """Receives predictions and labels over HTTP, for chatbots without a log; nothing listens unless this is set."""
    reports: ReportSettings | None = None
    """Where Evidently's reports of drift are kept; `{}` for a folder `reports`. None are written unless this is set."""
    alerting: AlertingSettings = AlertingSettings()
    """How alerting is kept honest."""
    routes: tuple[RouteSettings, ...] = ()
    """Who is told of what; the first route that matches counts. Without any, everything is told in every channel."""
    links: LinksSettings = LinksSettings()
    """Addresses that messages link to."""
    logging: LoggingSettings = LoggingSettings()
    """What the daemon writes to stderr."""
    monitors: Annotated[dict[MonitorName, MonitorSettings], Field(min_length=1)]
    """The chatbots that are watched, by a name of your choice."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing that was not given: `load` hands over its sources."""
        return (init_settings,)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [*self._names_apart(), *self._channels_apart(), *self._nobody_told()]
        ImpossibleError.raise_for([*names, *self._kept_long_enough(), *self._wrong_routes()])
        return self

    @property
    def keep_history(self) -> timedelta:
        """How long the history is kept: `history.keep`, at least the longest lookback where that is not set."""
        if "keep" in self.history.model_fields_set:
            return self.history.keep
        return max(self.history.keep, *(monitor.lookback for monitor in self.monitors.values()))

    def missing_secrets(self) -> tuple[Problem, ...]:
        """Name the secrets that the daemon cannot do without and that are not set; other commands need none."""
        sections = [(channel.key, channel.section.missing) for channel in self.told_in]
        sections += [] if self.ingest is None else [("ingest", self.ingest.missing)]
        keys = (f"{at}.{key}" for at, missing in sections for key in missing)
        return tuple(Problem(key, f"is not set; {where_secrets_go(key)}") for key in keys)

    @property
    def told_in(self) -> tuple[ChannelSetUp, ...]:
        """The channels that are set up: those of a section of their own, then those that have a name."""
        sections = ((name, getattr(self, name)) for name in type(self).model_fields)
        kinds = (ChannelSetUp(name, name, name, each) for name, each in sections if isinstance(each, ChannelSettings))
        return (*kinds, *(self._named(name, each) for name, each in self.channels.items()))

    def _named(self, name: str, channel: NamedChannel) -> ChannelSetUp:
        section = channel.section
        taken = inherited(section, self.slack) if isinstance(section, SlackSettings) else {}
        key, whole = f"channels.{name}.{channel.kind}", section.model_copy(update=taken)
        return ChannelSetUp(name, channel.kind, key, whole, frozenset(taken))

    def _channels_apart(self) -> list[tuple[str, str]]:
        first = {folded(name): name for name in (*NamedChannel.model_fields, *routing.ALWAYS_THERE)}
        return [
            (f"channels.{name}", f"cannot be told from {other}; give it another name")
            for name in self.channels
            if (other := first.setdefault(folded(name), f"channels.{name}")) != f"channels.{name}"
        ]

    def _nobody_told(self) -> list[tuple[str, str]]:
        if self.console.enabled or self.told_in:
            return []
        return [("console.enabled", "must not be false where no other channel is set up: nobody would be told")]

    def _names_apart(self) -> list[tuple[str, str]]:
        first: dict[str, str] = {}
        return [
            (f"monitors.{name}", f"cannot be told from {other} in an environment variable")
            for name in self.monitors
            if (other := first.setdefault(folded(name), name)) != name
        ]

    def _wrong_routes(self) -> list[tuple[str, str]]:
        always = routing.ALWAYS_THERE if self.console.enabled else ()
        channels = (*always, *(each.name for each in self.told_in))
        return routing.faults(self.routes, channels, tuple(self.monitors))

    def _kept_long_enough(self) -> list[tuple[str, str]]:
        name, monitor = max(self.monitors.items(), key=lambda item: item[1].lookback)
        if self.keep_history >= monitor.lookback:
            return []
        lookback = format_duration(monitor.lookback)
        return [("history.keep", f"must be at least as long as monitors.{name}.lookback ({lookback})")]


def variable_of(key: str) -> str:
    """Return the environment variable of a key.

    >>> variable_of("monitors.support-bot.every")
    'TUNEWATCH_MONITORS__SUPPORT_BOT__EVERY'
    """
    return PREFIX + SEPARATOR.join(folded(part) for part in key.split(".")).upper()


def where_secrets_go(key: str) -> str:
    """Say how a secret is set."""
    variable = variable_of(key)
    return (
        f"set the environment variable {variable}, or put it into the file {variable.lower()} of the secrets directory"
    )
