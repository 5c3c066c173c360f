"""Settings of the reports that Evidently writes."""

from datetime import timedelta
from importlib.util import find_spec
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from config.base import Name, Section
from config.duration import Duration

NO_EVIDENTLY: Final = "needs Evidently, which is not installed here, as in the slim image"


def has_evidently() -> bool:
    """Whether Evidently is installed; asking does not import it."""
    return find_spec("evidently") is not None


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

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        if not has_evidently():
            raise ValueError(f"{NO_EVIDENTLY}: leave the section out, or run the full image")
        return self
