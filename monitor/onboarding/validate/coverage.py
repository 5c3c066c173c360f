"""How much time a log covers."""

from datetime import timedelta

from config.monitor import MonitorSettings
from monitor.log.reading.surveying import Survey


def covered(survey: Survey) -> timedelta:
    """From the first prediction to the last."""
    if survey.first_at is None or survey.last_at is None:
        return timedelta(0)
    return survey.last_at - survey.first_at


def whole(length: timedelta, bucket: timedelta) -> timedelta:
    """A length in whole buckets."""
    return length // bucket * bucket


def share_in_window(settings: MonitorSettings, survey: Survey) -> float:
    """The share of the log that a window holds, going by the log as a whole."""
    length = covered(survey)
    return min(1.0, settings.window / length) if length else 1.0
