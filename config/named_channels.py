"""More channels of a kind, each under a name of the operator's choice."""

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, model_validator

from config.base import Name, Section
from config.channels import (
    AlertmanagerSettings,
    AppriseSettings,
    EmailSettings,
    PagerDutySettings,
    SlackWebhookSettings,
    TeamsSettings,
    WebhookSettings,
)
from config.errors import ImpossibleError
from config.services import ChannelSettings, SlackSettings

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def _channel_name(name: str) -> str:
    if not _NAME.fullmatch(name) or "__" in name:
        raise ValueError("must be up to 32 small letters, digits, dashes and single underscores, a letter first")
    return name


ChannelName = Annotated[Name, AfterValidator(_channel_name)]
"""What routes, the history and metrics call a channel."""


class NamedChannel(Section):
    """One channel: exactly one of these sections."""

    slack: SlackSettings | None = None
    """As `slack`; `token` and `base_url` are those of `slack` where they are not set here."""
    slack_webhook: SlackWebhookSettings | None = None
    """As `slack_webhook`."""
    pagerduty: PagerDutySettings | None = None
    """As `pagerduty`."""
    alertmanager: AlertmanagerSettings | None = None
    """As `alertmanager`."""
    email: EmailSettings | None = None
    """As `email`."""
    teams: TeamsSettings | None = None
    """As `teams`."""
    apprise: AppriseSettings | None = None
    """As `apprise`."""
    webhook: WebhookSettings | None = None
    """As `webhook`."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            kinds = ", ".join(type(self).model_fields)
            raise ImpossibleError(("", f"must have exactly one of {kinds}; {{}} where nothing is to be said of it"))
        if self.slack is not None and self.slack.app_token is not None:
            raise ImpossibleError(
                ("slack.app_token", "belongs to the section slack: one connection hears of the clicks in all channels")
            )
        return self

    @property
    def kind(self) -> str:
        """Which of the sections it has."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def section(self) -> ChannelSettings:
        """That section."""
        section: ChannelSettings = getattr(self, self.kind)
        return section


def inherited(mine: SlackSettings, main: SlackSettings | None) -> dict[str, object]:
    """What a channel of Slack takes over from the section `slack`: the bot is the same unless it has its own."""
    if main is None or mine.token is not None:
        return {}
    address = {} if "base_url" in mine.model_fields_set else {"base_url": main.base_url}
    return {"token": main.token, "app_token": main.app_token, **address}
