"""Every channel, a row each: the one place that lists them. `docs/extending.md` shows how to add one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from alerts.channels.alertmanager.channel import AlertmanagerChannel
from alerts.channels.apprise.channel import AppriseChannel
from alerts.channels.channel import Channel
from alerts.channels.console.channel import ConsoleChannel
from alerts.channels.email.channel import EmailChannel
from alerts.channels.log.channel import LogChannel
from alerts.channels.pagerduty.channel import PagerDutyChannel
from alerts.channels.slack.channel import SlackChannel
from alerts.channels.slack_webhook.channel import SlackWebhookChannel
from alerts.channels.teams.channel import TeamsChannel
from alerts.channels.webhook.channel import WebhookChannel


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel.

    `name` is its name in the outbox and the history, its section at the top of the configuration (one that
    `is_always_there` needs none) and its folder (`alerts/channels/NAME/`). `build` makes it of the `keys` of its
    section, as arguments of the same names: secrets as text, spans in seconds. It is ready once the section has all
    its secrets. `in_log` makes what takes its place where the daemon's log is JSON, for a channel that writes into it.
    `resend` is for a channel that forgets: so often it is told again, by its `renew`, how open incidents stand.
    """

    name: str
    build: Callable[..., Channel]
    keys: tuple[str, ...] = ()
    is_always_there: bool = False
    in_log: Callable[[], Channel] | None = None
    resend: timedelta | None = None


ROWS: Final = (
    ChannelRow("console", ConsoleChannel.on_stderr, is_always_there=True, in_log=LogChannel),
    ChannelRow("slack", SlackChannel, keys=("token", "channel", "base_url", "timeout", "app_token")),
    ChannelRow("slack_webhook", SlackWebhookChannel, keys=("url", "timeout")),
    ChannelRow("pagerduty", PagerDutyChannel, keys=("routing_key", "url", "timeout")),
    ChannelRow(
        "alertmanager",
        AlertmanagerChannel,
        keys=("urls", "username", "password", "token", "timeout"),
        resend=timedelta(minutes=1),
    ),
    ChannelRow(
        "email",
        EmailChannel,
        keys=("host", "sender", "to", "port", "security", "username", "password", "timeout"),
    ),
    ChannelRow("teams", TeamsChannel, keys=("url", "timeout")),
    ChannelRow("apprise", AppriseChannel, keys=("urls", "timeout")),
    ChannelRow("webhook", WebhookChannel, keys=("url", "secret", "timeout")),
)
"""The rows, in the order in which a step is told."""
