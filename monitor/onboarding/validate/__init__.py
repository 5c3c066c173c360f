"""`tunewatch validate`: connect to a log, say what is in it, and what each check can and cannot do with it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from checks.rules.model_retirement import days_left
from config.monitor import MonitorSettings
from monitor.log.prediction_log import open_log
from monitor.log.reading.surveying import Survey
from monitor.onboarding.validate.abilities import judge_checks
from monitor.onboarding.validate.failures import find_failures
from monitor.onboarding.validate.hints import find_hints
from monitor.onboarding.validate.render import validation_parts
from monitor.onboarding.validate.report import Ability, CheckAbility, Hint, Validation
from monitor.study.scoring.model_folder import KEY, ModelError, kind_of

__all__ = ["Ability", "CheckAbility", "Hint", "Validation", "judge", "validate", "validation_parts"]


def validate(name: str, settings: MonitorSettings, as_of: datetime) -> Validation:
    """Connect to the log of a monitor and judge it as it was known at `as_of` (aware).

    Raises SourceError where the log cannot be read, MappingError where its columns do not fit.
    """
    source = settings.source
    log = open_log(source, bucket=settings.bucket, segments=source.segments, key=f"monitors.{name}.source")
    try:
        found = judge(name, settings, log.survey(as_of), as_of)
    finally:
        log.close()
    return replace(found, hints=(*found.hints, *_model_hints(settings), *_retiring(settings, as_of)))


def judge(name: str, settings: MonitorSettings, survey: Survey, as_of: datetime) -> Validation:
    """Judge what was found in a log."""
    failures = find_failures(settings, survey)
    hints = find_hints(settings, survey, as_of, frozenset(failure.key for failure in failures))
    return Validation(name, as_of, survey, judge_checks(settings, survey), hints, failures)


def _retiring(settings: MonitorSettings, as_of: datetime) -> Iterator[Hint]:
    """Models that are turned off soon, with the plan: the daemon tells of those that answer."""
    for name, version in settings.model_versions.items():
        if version.retires is None:
            continue
        if (days := days_left(version.retires, as_of)) > settings.checks.model_retirement.warn_days[0]:
            continue
        when = f"in {days} days" if days >= 0 else f"{-days} days ago"
        plan = "draw a sample (`tunewatch try sample`), try its successors on it, ship one to a canary, compare"
        yield Hint(f"model_versions.{name}.retires", f"is {version.retires}, {when}: {plan}")


def _model_hints(settings: MonitorSettings) -> Iterator[Hint]:
    """Why the model that is to estimate relevance cannot be one, before the first study finds out."""
    if settings.study.relevance_model is None:
        return
    try:
        kind_of(Path(settings.study.relevance_model))
    except ModelError as error:
        yield Hint(KEY, str(error).removeprefix(f"{KEY} "))
