"""What each check can do with a log: pure functions of settings and survey."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from checks.rules.labels_needed import NEED_LABELS
from checks.rules.relevance import MIN_SCORES
from checks.statistics.intervals import Proportion
from config.duration import format_duration
from config.monitor import MonitorSettings
from monitor.log.reading.surveying import Survey
from monitor.onboarding.validate.report import Ability, CheckAbility
from monitor.study.plan import plan_of

WIDE: Final = 0.10  # an interval that reaches further than this to either side decides little
WEEKS_TO_COMPARE: Final = timedelta(days=14)

Judged = tuple[Ability, str]
FULL: Final[Judged] = (Ability.FULL, "")


def judge_checks(settings: MonitorSettings, survey: Survey) -> tuple[CheckAbility, ...]:
    """Return what each check can do, in the order of the configuration."""
    return tuple(CheckAbility(name, *_judge(name, settings, survey)) for name in type(settings.checks).model_fields)


def _judge(name: str, settings: MonitorSettings, survey: Survey) -> Judged:
    if not getattr(settings.checks, name).enabled:
        return Ability.OFF, "switched off by enabled: false"
    if not survey.rows:
        return Ability.WAITING, "there are no predictions yet"
    if name in NEED_LABELS and settings.source.labels is None:
        return Ability.OFF, "needs labels: set source.labels; it comes alive with the first ones"
    if name in NEED_LABELS and name != "label_health" and not survey.labelled:
        return Ability.WAITING, "no prediction has a label yet; it comes alive with the first ones"
    return _JUDGES[name](settings, survey)


def _accuracy(settings: MonitorSettings, survey: Survey) -> Judged:
    limits = settings.checks.accuracy
    return _against_reference(settings, survey, f"good {limits.good:g} and bad {limits.bad:g}")


def _class_recall(settings: MonitorSettings, survey: Survey) -> Judged:
    floors = {name: floor.min_recall for name, floor in settings.classes.items() if floor.min_recall is not None}
    labelled = {each.name: each.labelled for each in survey.classes}
    everywhere = settings.checks.class_recall.min_recall
    return _per_class(settings, survey, floors, labelled, everywhere, "labels")


def _class_precision(settings: MonitorSettings, survey: Survey) -> Judged:
    floors = {name: floor.min_precision for name, floor in settings.classes.items() if floor.min_precision is not None}
    predicted = {each.name: round(each.predicted * survey.labelled_share) for each in survey.classes}
    everywhere = settings.checks.class_precision.min_precision
    return _per_class(settings, survey, floors, predicted, everywhere, "labelled predictions")


def _per_class(
    settings: MonitorSettings,
    survey: Survey,
    floors: dict[str, float],
    counts: dict[str, int],
    everywhere: float | None,
    counted: str,
) -> Judged:
    """Say how much a window will know of each class that has a floor, going by the log as a whole."""
    in_window = _share_in_window(settings, survey)
    few = [
        sentence
        for name, floor in floors.items()
        if (sentence := _few(name, floor, round(counts.get(name, 0) * in_window), counted))
    ]
    if few:
        return Ability.PARTLY, "; ".join(few)
    limits = "the floors that are set" if floors or everywhere is not None else ""
    return _against_reference(settings, survey, limits)


def _few(name: str, floor: float, n: int, counted: str) -> str:
    if not n:
        return f"{name}: no {counted} in a window"
    low, high = Proportion(floor, n, n).interval()
    reach = max(high - floor, floor - low)
    if reach <= WIDE:
        return ""
    return f"{name}: about {n} {counted} in a window, so that {floor:g} is only known to within {reach:.2f}"


def _share_in_window(settings: MonitorSettings, survey: Survey) -> float:
    covered = _covered(survey)
    return min(1.0, settings.window / covered) if covered else 1.0


def _paradox(settings: MonitorSettings, survey: Survey) -> Judged:  # noqa: ARG001 - the signature of a judge
    classes = sum(each.labelled > 0 for each in survey.classes)
    if classes < 2:  # noqa: PLR2004 - one class cannot be missed for another
        return Ability.WAITING, "all labels are of one class"
    return FULL


def _latency(settings: MonitorSettings, survey: Survey) -> Judged:
    lacking = _lacking("latency_ms", settings, survey)
    if lacking is not None:
        return lacking
    checks = settings.checks.latency
    limited = any(limit is not None for limit in (checks.p50_ms, checks.p95_ms, checks.p99_ms))
    return _against_reference(settings, survey, "the limits that are set" if limited else "")


def _calibration(settings: MonitorSettings, survey: Survey) -> Judged:
    return _lacking("confidence", settings, survey) or _against_reference(settings, survey, "")


def _relevance(settings: MonitorSettings, survey: Survey) -> Judged:
    lacking = _lacking("relevance", settings, survey)
    if lacking is not None:
        return lacking
    missing = next((column.null_share for column in survey.columns if column.meaning == "relevance"), 0.0)
    scored = round(survey.rows * (1 - missing) * _share_in_window(settings, survey))
    if scored < MIN_SCORES:
        return Ability.WAITING, f"about {scored} scored answers in a window, and it takes {MIN_SCORES}"
    checks = settings.checks.relevance
    limited = checks.min_mean is not None or checks.max_low_share is not None
    return _against_reference(settings, survey, "the limits that are set" if limited else "")


def _drift(settings: MonitorSettings, survey: Survey) -> Judged:
    if not settings.study.enabled:
        return Ability.OFF, "needs studies of sampled rows: set study.enabled"
    if plan_of(settings) is None:
        return Ability.OFF, "needs a column: map source.predictions.columns.text, confidence or tokens, or set segments"
    if isinstance(settings.reference, timedelta) and _covered(survey) < settings.window + WEEKS_TO_COMPARE:
        known = f"the log covers {format_duration(_whole(_covered(survey), settings.bucket))}"
        return Ability.WAITING, f"{known}, and to compare each weekday with its like takes two weeks before the window"
    return FULL


def _generalisation_gap(settings: MonitorSettings, survey: Survey) -> Judged:  # noqa: ARG001 - the signature of a judge
    return FULL if settings.model_versions else (Ability.OFF, "needs what models reached offline: set model_versions")


def _leakage(settings: MonitorSettings, survey: Survey) -> Judged:
    said = "it tells of models whose training or evaluation messages are registered: tunewatch register"
    return _lacking("text", settings, survey) or (Ability.PARTLY, said)


def _prompt_bias(settings: MonitorSettings, survey: Survey) -> Judged:
    if not settings.source.segments:
        return Ability.OFF, "needs segments: set source.segments"
    if len({version.prompt_version for version in survey.versions if version.prompt_version}) < 2:  # noqa: PLR2004 - a pair
        return Ability.WAITING, "it takes two prompts to compare"
    return FULL


def _lacking(meaning: str, settings: MonitorSettings, survey: Survey) -> Judged | None:
    """Say what is missing of an optional column that the check lives on; None when it is there."""
    if getattr(settings.source.predictions.columns, meaning) is None:
        return Ability.OFF, f"needs a column: map source.predictions.columns.{meaning}"
    missing = next((column.null_share for column in survey.columns if column.meaning == meaning), 0.0)
    return (Ability.WAITING, "the column has no values yet") if missing == 1 else None


def _label_health(settings: MonitorSettings, survey: Survey) -> Judged:
    if not survey.labelled:
        return Ability.PARTLY, f"no label yet: it tells when there is none for {_said(settings.checks.label_health)}"
    return _against_reference(settings, survey, f"a silence of {_said(settings.checks.label_health)}")


def _traffic(settings: MonitorSettings, survey: Survey) -> Judged:
    return _against_reference(settings, survey, f"a silence of {_said(settings.checks.traffic)}")


def _log_health(_settings: MonitorSettings, _survey: Survey) -> Judged:
    """It counts, and needs nothing to compare with."""
    return FULL


def _said(check: object) -> str:
    silence: timedelta = getattr(check, "max_silence", timedelta(0))
    return format_duration(silence)


def _against_reference(settings: MonitorSettings, survey: Survey, limits: str) -> Judged:
    """Judge a check that compares with the reference, and with limits beside it where there are any."""
    if not isinstance(settings.reference, timedelta):
        return FULL
    covered, least = _covered(survey), settings.window + settings.bucket
    if covered >= settings.window + settings.reference:
        return FULL
    has = f"the log covers {format_duration(_whole(covered, settings.bucket))}"
    if covered < least:
        when = f"{has}, and a comparison needs more than the window of {format_duration(settings.window)}"
        return (Ability.PARTLY, f"only against {limits}: {when}") if limits else (Ability.WAITING, when)
    full = format_duration(settings.window + settings.reference)
    return Ability.PARTLY, f"the reference is still short: {has} of {full}"


def _covered(survey: Survey) -> timedelta:
    if survey.first_at is None or survey.last_at is None:
        return timedelta(0)
    return survey.last_at - survey.first_at


def _whole(length: timedelta, bucket: timedelta) -> timedelta:
    return length // bucket * bucket


_JUDGES: Final[dict[str, Callable[[MonitorSettings, Survey], Judged]]] = {
    "accuracy": _accuracy,
    "class_recall": _class_recall,
    "class_precision": _class_precision,
    "accuracy_paradox": _paradox,
    "latency": _latency,
    "label_health": _label_health,
    "traffic": _traffic,
    "log_health": _log_health,
    "calibration": _calibration,
    "relevance": _relevance,
    "drift": _drift,
    "generalisation_gap": _generalisation_gap,
    "leakage": _leakage,
    "prompt_bias": _prompt_bias,
}
