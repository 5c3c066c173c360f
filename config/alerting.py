"""Settings of alerting as a whole."""

from datetime import timedelta

from config.base import Section
from config.channels import SecretAddress
from config.duration import Duration


class AlertingSettings(Section):
    """How alerting is kept honest."""

    refresh: Duration = timedelta(hours=6)
    """How old the numbers may be that a channel shows of an open incident."""
    patience: Duration = timedelta(minutes=5)
    """How long an open incident may wait to be told before `/-/ready` fails."""
    charts: bool = True
    """Whether a chart goes into Slack's threads and into mails."""
    heartbeat_url: SecretAddress | None = None
    """Pinged after looks while all is well, for a dead man's switch. A secret: `TUNEWATCH_ALERTING__HEARTBEAT_URL`."""
