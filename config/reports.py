"""Settings of the reports that Evidently writes."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from config.base import Name, Section
from config.duration import Duration


class ReportSettings(Section):
    """Evidently's HTML report of each study that warns of drift, or that is made while bad quality lasts."""

    folder: Name = "reports"
    """Folder of the reports."""
    keep: Duration = timedelta(days=90)
    """How long a report is kept."""
    max_mb: Annotated[int, Field(ge=10)] = 200
    """Megabytes that all reports may take; one takes about four. The oldest go first."""
    workspace: Name | None = None
    """Folder of an Evidently workspace that gets the figures of each report; `evidently ui --workspace` shows it."""
