"""What a configuration fails: columns that fit the log by their names, and cannot mean what they are mapped to."""

from collections.abc import Iterator
from typing import Final

from alerts.messages.figures import milliseconds, percent
from checks.counts.cells import NO_CLASS
from checks.rules.degenerate import FEWEST_AGREEING, Answers
from config.columns import LatencyColumn, ShareColumn
from config.monitor import MonitorSettings
from monitor.log.problems import ProblemKind
from monitor.log.reading.surveying import Survey
from monitor.onboarding.plausible import (
    ENOUGH_OF_ONE,
    FEW_ROWS,
    Doubt,
    of_class,
    of_confidence,
    of_join,
    of_latency,
    of_time,
)
from monitor.onboarding.validate.report import Hint

PREDICTED: Final = "source.predictions.columns.predicted"
LABEL: Final = "source.labels.columns.label"


def find_failures(settings: MonitorSettings, survey: Survey) -> tuple[Hint, ...]:
    """What cannot be meant so: the columns of the id and the time first, without which the others say little."""
    return (
        *_time(survey),
        *_join(survey),
        *_predicted(settings, survey),
        *_label(settings, survey),
        *_latency(settings, survey),
        *_confidence(settings, survey),
    )


def _problem(survey: Survey, kind: ProblemKind) -> int:
    return sum(problem.n for problem in survey.problems if problem.kind == kind)


def _time(survey: Survey) -> Iterator[Hint]:
    without = _problem(survey, ProblemKind.NULL_TIME)
    rows = survey.rows + without
    if rows >= FEW_ROWS and of_time(without / rows):
        sentence = (
            f"{without:,} of {rows:,} rows have no time in it that can be read; is it the time of the prediction?"
        )
        yield Hint("source.predictions.columns.at", sentence)


def _join(survey: Survey) -> Iterator[Hint]:
    rows, orphans = survey.label_rows, _problem(survey, ProblemKind.ORPHAN_LABEL)
    if survey.rows and rows >= FEW_ROWS and of_join(1 - orphans / rows) is Doubt.NO_JOIN:
        yield Hint(
            "source.labels.columns.id",
            f"{orphans:,} of {rows:,} label rows have an id that no prediction has; are both ids the same thing, and "
            "does the prediction log reach back as far as the labels?",
        )


def _predicted(settings: MonitorSettings, survey: Survey) -> Iterator[Hint]:
    counts = {each.name: each.predicted for each in survey.classes if each.predicted and each.name != NO_CLASS}
    rows = sum(counts.values())
    match of_class(len(counts), rows):
        case Doubt.CONSTANT if rows >= ENOUGH_OF_ONE and not settings.checks.log_health.allow_one_class:
            yield Hint(
                PREDICTED,
                f"all {rows:,} predictions are of one class, {next(iter(counts))!r}; is it the column of the bot's "
                "answer? If the bot truly has but one class, set checks.log_health.allow_one_class",
            )
        case Doubt.NEARLY_UNIQUE:
            yield Hint(PREDICTED, _too_many(len(counts), rows, "predictions"))
        case _:
            return


def _too_many(values: int, rows: int, what: str) -> str:
    return (
        f"{values:,} different classes in {rows:,} {what}; is it a column of answers or of ids? "
        "A class is one of a few names"
    )


def _label(settings: MonitorSettings, survey: Survey) -> Iterator[Hint]:
    labels = {each.name: each.labelled for each in survey.classes if each.labelled}
    predicted = {each.name for each in survey.classes if each.predicted and each.name != NO_CLASS}
    rows = sum(labels.values())
    if rows >= FEW_ROWS and predicted and not predicted & labels.keys():
        names = ", ".join(repr(name) for name in sorted(labels)[:5])
        yield Hint(LABEL, f"no class of the labels is ever predicted: they say {names}; do both columns name classes?")
    elif of_class(len(labels), rows) is Doubt.NEARLY_UNIQUE:
        yield Hint(LABEL, _too_many(len(labels), rows, "labelled predictions"))
    seen = Answers({}, labels, survey.agreeing)
    if seen.agree_on >= FEWEST_AGREEING and len(labels) > 1 and not settings.checks.log_health.allow_agreement:
        yield Hint(
            LABEL,
            f"all {seen.agree_on:,} labels are the class that was predicted; is the column a copy of the prediction? "
            "If people truly never correct the bot, set checks.log_health.allow_agreement",
        )


def _latency(settings: MonitorSettings, survey: Survey) -> Iterator[Hint]:
    mapped, median = settings.source.predictions.columns.latency_ms, survey.latency_p50
    if mapped is None or isinstance(mapped, LatencyColumn) or median is None:
        return  # none, or one whose unit is said
    column = mapped if isinstance(mapped, str) else " or ".join(mapped)
    key = "source.predictions.columns.latency_ms"
    match of_latency(median, column):
        case Doubt.SECONDS:
            said = f"half of the answers took less than {median:.2g} ms; is {column} in seconds?"
            yield Hint(key, f"{said} Then map latency: {_with(column, 's')}")
        case Doubt.TOO_LONG:
            said = f"half of the answers took more than {milliseconds(median)}; is {column} in milliseconds?"
            yield Hint(key, f"{said} Else map latency: {_with(column, 'us')}")
        case _:
            return


def _with(column: str, unit: str) -> str:
    return f"{{column: {column}, unit: {unit}}}"


def _confidence(settings: MonitorSettings, survey: Survey) -> Iterator[Hint]:
    mapped, bad = settings.source.predictions.columns.confidence, _problem(survey, ProblemKind.BAD_CONFIDENCE)
    column = mapped.column if isinstance(mapped, ShareColumn) else mapped
    if column is not None and survey.rows >= FEW_ROWS and of_confidence(bad / survey.rows):
        said = f"{percent(bad / survey.rows)} of them are not from 0 to 1; is {column} a percentage?"
        remedy = "" if isinstance(mapped, ShareColumn) else f" Then map confidence: {_with(str(column), 'percent')}"
        yield Hint("source.predictions.columns.confidence", said + remedy)
