"""What each check can do with a log: pure functions of settings and survey."""

from datetime import timedelta
from itertools import chain
from typing import Final

from checks.rules.registry import row_of
from checks.rules.row import CheckRow, Given, Labels
from config.duration import format_duration
from config.monitor import MonitorSettings
from monitor.log.reading.surveying import Survey
from monitor.onboarding.validate.coverage import covered, whole
from monitor.onboarding.validate.needs import FLOOR_KEYS, NEEDS, Judged
from monitor.onboarding.validate.report import Ability, CheckAbility

FULL: Final[Judged] = (Ability.FULL, "")


def judge_checks(settings: MonitorSettings, survey: Survey) -> tuple[CheckAbility, ...]:
    """Return what each check can do, in the order of the configuration."""
    rows = (row_of(name) for name in type(settings.checks).model_fields)
    return tuple(CheckAbility(row.name, *_judge(row, settings, survey)) for row in rows)


def _judge(row: CheckRow, settings: MonitorSettings, survey: Survey) -> Judged:
    if not getattr(settings.checks, row.name).enabled:
        return Ability.OFF, "switched off by enabled: false"
    if not survey.rows:
        return Ability.WAITING, "there are no predictions yet"
    if row.needs_labels and settings.source.labels is None:
        return Ability.OFF, "needs labels: set source.labels; it comes alive with the first ones"
    if row.labels is Labels.TRUTH and not survey.labelled:
        return Ability.WAITING, "no prediction has a label yet; it comes alive with the first ones"
    lacking = (_lacking(meaning, settings, survey) for meaning in row.columns)
    unmet = (NEEDS[need](row, settings, survey) for need in row.needs)
    judged = next(filter(None, chain(lacking, unmet)), None)
    if judged is not None or not row.compares:
        return judged or FULL
    return _against_reference(settings, survey, _limits(row, settings))


def _lacking(meaning: str, settings: MonitorSettings, survey: Survey) -> Judged | None:
    """Say what is missing of an optional column that the check lives on; None when it is there."""
    if getattr(settings.source.predictions.columns, meaning) is None:
        return Ability.OFF, f"needs a column: map source.predictions.columns.{meaning}"
    missing = next((column.null_share for column in survey.columns if column.meaning == meaning), 0.0)
    return (Ability.WAITING, "the column has no values yet") if missing == 1 else None


def _limits(row: CheckRow, settings: MonitorSettings) -> str:
    """Say what a check goes by before there is a reference; "" where nothing is set."""
    section = getattr(settings.checks, row.name)
    values = {key: getattr(section, key) for key in row.limits}
    if any(type(section).model_fields[key].default is None for key in row.limits):
        floored = [source for source in row.arguments.values() if source in FLOOR_KEYS]
        values |= {str(source): _any_floor(source, settings) for source in floored}
        noun = "floors" if floored else "limits"
        return f"the {noun} that are set" if any(value is not None for value in values.values()) else ""
    return " and ".join(
        f"a silence of {format_duration(value)}" if isinstance(value, timedelta) else f"{key} {value:g}"
        for key, value in values.items()
    )


def _any_floor(source: str | Given, settings: MonitorSettings) -> float | None:
    """A floor that some class has of its own."""
    floors = (getattr(floors, FLOOR_KEYS[source]) for floors in settings.classes.values())
    return next((floor for floor in floors if floor is not None), None)


def _against_reference(settings: MonitorSettings, survey: Survey, limits: str) -> Judged:
    """Judge a check that compares with the reference, and with limits beside it where there are any."""
    if not isinstance(settings.reference, timedelta):
        return FULL
    length, least = covered(survey), settings.window + settings.bucket
    if length >= settings.window + settings.reference:
        return FULL
    has = f"the log covers {format_duration(whole(length, settings.bucket))}"
    if length < least:
        when = f"{has}, and a comparison needs more than the window of {format_duration(settings.window)}"
        return (Ability.PARTLY, f"only against {limits}: {when}") if limits else (Ability.WAITING, when)
    full = format_duration(settings.window + settings.reference)
    return Ability.PARTLY, f"the reference is still short: {has} of {full}"
