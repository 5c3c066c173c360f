"""Settings of the reports that Evidently writes."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from config.base import Name, Section
from config.duration import Duration


class ReportSettings(Section):
    """Evidently's HTML report of each study that warns of drift, or that is made while bad quality lasts."""

    folder: Name = "reports"
    """Where they are kept."""
    keep: Duration = timedelta(days=90)
    """How long each is kept."""
    max_mb: Annotated[int, Field(ge=10)] = 200
    """How much room they may take, in megabytes; one takes about four. The oldest go first."""
    workspace: Name | None = None
    """Folder of an Evidently workspace that is given each one's figures too; `evidently ui --workspace` shows it."""
