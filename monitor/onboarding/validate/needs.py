"""Whether a log has what checks need: a function for each need, which all checks that have it share."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from checks.rules.relevance import MIN_SCORES
from checks.rules.row import CheckRow, Given, Need, Source
from checks.statistics.intervals import Proportion
from config.duration import format_duration
from config.monitor import MonitorSettings
from monitor.log.reading.surveying import Survey
from monitor.onboarding.validate.coverage import covered, share_in_window, whole
from monitor.onboarding.validate.report import Ability
from monitor.study.plan import plan_of

WIDE: Final = 0.10  # an interval that reaches further than this to either side decides little
WEEKS_TO_COMPARE: Final = timedelta(days=14)

FLOOR_KEYS: Final[Mapping[Source, str]] = MappingProxyType(
    {Given.RECALL_FLOORS: "min_recall", Given.PRECISION_FLOORS: "min_precision"}
)
"""The key of `classes.NAME` that holds each kind of floor."""

Judged = tuple[Ability, str]
Judge = Callable[[CheckRow, MonitorSettings, Survey], Judged | None]


def _class_labels(_row: CheckRow, settings: MonitorSettings, survey: Survey) -> Judged | None:
    counts = {each.name: each.labelled for each in survey.classes}
    return _per_class(settings, survey, FLOOR_KEYS[Given.RECALL_FLOORS], counts, "labels")


def _class_predictions(_row: CheckRow, settings: MonitorSettings, survey: Survey) -> Judged | None:
    counts = {each.name: round(each.predicted * survey.labelled_share) for each in survey.classes}
    return _per_class(settings, survey, FLOOR_KEYS[Given.PRECISION_FLOORS], counts, "labelled predictions")


def _per_class(
    settings: MonitorSettings, survey: Survey, key: str, counts: Mapping[str, int], counted: str
) -> Judged | None:
    """Say how much a window will know of each class that has a floor, going by the log as a whole."""
    in_window = share_in_window(settings, survey)
    floors = {name: floor for name, each in settings.classes.items() if (floor := getattr(each, key)) is not None}
    few = [
        sentence
        for name, floor in floors.items()
        if (sentence := _few(name, floor, round(counts.get(name, 0) * in_window), counted))
    ]
    return (Ability.PARTLY, "; ".join(few)) if few else None


def _few(name: str, floor: float, n: int, counted: str) -> str:
    if not n:
        return f"{name}: no {counted} in a window"
    low, high = Proportion(floor, n, n).interval()
    reach = max(high - floor, floor - low)
    if reach <= WIDE:
        return ""
    return f"{name}: about {n} {counted} in a window, so that {floor:g} is only known to within {reach:.2f}"


def _two_classes(_row: CheckRow, _settings: MonitorSettings, survey: Survey) -> Judged | None:
    classes = sum(each.labelled > 0 for each in survey.classes)
    if classes < 2:  # noqa: PLR2004 - one class cannot be missed for another
        return Ability.WAITING, "all labels are of one class"
    return None


def _first_label(row: CheckRow, settings: MonitorSettings, survey: Survey) -> Judged | None:
    if survey.labelled:
        return None
    silence = format_duration(getattr(settings.checks, row.name).max_silence)
    return Ability.PARTLY, f"no label yet: it tells when there is none for {silence}"


def _scores(_row: CheckRow, settings: MonitorSettings, survey: Survey) -> Judged | None:
    missing = next((column.null_share for column in survey.columns if column.meaning == "relevance"), 0.0)
    scored = round(survey.rows * (1 - missing) * share_in_window(settings, survey))
    if scored < MIN_SCORES:
        return Ability.WAITING, f"about {scored} scored answers in a window, and it takes {MIN_SCORES}"
    return None


def _study(_row: CheckRow, settings: MonitorSettings, survey: Survey) -> Judged | None:
    if not settings.study.enabled:
        return Ability.OFF, "needs studies of sampled rows: set study.enabled"
    if plan_of(settings) is None:
        return Ability.OFF, "needs a column: map source.predictions.columns.text, confidence or tokens, or set segments"
    if isinstance(settings.reference, timedelta) and covered(survey) < settings.window + WEEKS_TO_COMPARE:
        known = f"the log covers {format_duration(whole(covered(survey), settings.bucket))}"
        return Ability.WAITING, f"{known}, and to compare each weekday with its like takes two weeks before the window"
    return None


def _offline_figures(_row: CheckRow, settings: MonitorSettings, _survey: Survey) -> Judged | None:
    has_figures = any(each.has_figures for each in settings.model_versions.values())
    return None if has_figures else (Ability.OFF, "needs what models reached offline: set model_versions")


def _registered(_row: CheckRow, _settings: MonitorSettings, _survey: Survey) -> Judged:
    """Only the history knows of held-out data, and it is not asked here."""
    return Ability.PARTLY, (
        "it tells of models whose training or evaluation messages are registered: tunewatch register"
    )


def _segments(_row: CheckRow, settings: MonitorSettings, _survey: Survey) -> Judged | None:
    return None if settings.source.segments else (Ability.OFF, "needs segments: set source.segments")


def _two_prompts(_row: CheckRow, _settings: MonitorSettings, survey: Survey) -> Judged | None:
    if len({version.prompt_version for version in survey.versions if version.prompt_version}) < 2:  # noqa: PLR2004 - a pair
        return Ability.WAITING, "it takes two prompts to compare"
    return None


def _retirements(_row: CheckRow, settings: MonitorSettings, _survey: Survey) -> Judged | None:
    if any(each.retires is not None for each in settings.model_versions.values()):
        return None
    return Ability.OFF, "needs the day on which a model is turned off: set model_versions.VERSION.retires"


NEEDS: Final[Mapping[Need, Judge]] = MappingProxyType(
    {
        Need.CLASS_LABELS: _class_labels,
        Need.CLASS_PREDICTIONS: _class_predictions,
        Need.TWO_CLASSES: _two_classes,
        Need.FIRST_LABEL: _first_label,
        Need.SCORES: _scores,
        Need.STUDY: _study,
        Need.OFFLINE_FIGURES: _offline_figures,
        Need.REGISTERED: _registered,
        Need.SEGMENTS: _segments,
        Need.TWO_PROMPTS: _two_prompts,
        Need.RETIREMENTS: _retirements,
    }
)
"""What to say of a check whose need is not met, or met in part only; None where it is."""
