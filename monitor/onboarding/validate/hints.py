"""What is probably not meant so: pure functions of settings and survey."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Final

from alerts.messages.figures import percent
from alerts.messages.numbers import when
from checks.counts.cells import NO_CLASS
from config.duration import format_duration
from config.monitor import MonitorSettings, ReferenceSpan
from monitor.log.mapping.spelling import class_name
from monitor.log.problems import ProblemKind
from monitor.log.reading.surveying import Survey
from monitor.onboarding.validate.report import Hint

STALE: Final = timedelta(days=1)
"""A log that ended longer ago is probably looked at as it was; a shorter silence is what the traffic check tells."""
LITTLE_LABELLED: Final = 0.02
MOSTLY_EMPTY: Final = 0.50
MANY_PROBLEMS: Final = 0.05  # of all predictions
PROBLEMS: Final = {
    ProblemKind.NO_CLASS: ("predictions.columns.predicted", "name no class, which always counts as a wrong answer"),
    ProblemKind.LONG_NAME: (
        "predictions.columns",
        "have a class, version or segment of more than 160 characters, or unreadable ones; is it the right column?",
    ),
    ProblemKind.LONG_LABEL: (
        "labels.columns.label",
        "have a label of more than 160 characters, or with unreadable ones; is it the right column?",
    ),
    ProblemKind.NULL_ID: ("predictions.columns.id", "have no id, so that no label can be found for them"),
    ProblemKind.BAD_LATENCY: ("predictions.columns.latency_ms", "have an impossible latency; is it in milliseconds?"),
    ProblemKind.BAD_CONFIDENCE: (
        "predictions.columns.confidence",
        "have no confidence from 0 to 1; is it a percentage?",
    ),
    ProblemKind.BAD_RELEVANCE: (
        "predictions.columns.relevance",
        "have a relevance that is not from 0 to 1; is it a number of stars?",
    ),
    ProblemKind.DUPLICATE_ID: ("predictions.columns.id", "repeat an id and are left out; is it that of a prediction?"),
    ProblemKind.LABEL_BEFORE_PREDICTION: ("labels.columns.at", "are labelled before they were predicted; same zone?"),
    ProblemKind.CORRECTED_LABEL: (
        "labels.columns.label",
        "were labelled as one class, and later as another: alarms allow for as much",
    ),
    ProblemKind.NO_LABEL: ("labels.no_label", "of the label log say that there is no label (None, nan, skip …)"),
    ProblemKind.NULL_LABEL: ("labels.columns.label", "of the label log name no class"),
    ProblemKind.ORPHAN_LABEL: ("labels.columns.id", "of the label log are of no prediction"),
    ProblemKind.BAD_PROBABILITY: ("labels.columns.inclusion_probability", "hold no probability above 0 and up to 1"),
    ProblemKind.LOST_PREDICTION: (
        "predictions",
        "were counted and are gone from the log; they are kept",
    ),
    ProblemKind.LOST_LABEL: ("labels", "were counted and are gone from the log; they are kept"),
    ProblemKind.NULL_TIME: ("predictions.columns.at", "have no readable time, and are left out"),
    ProblemKind.FUTURE_TIME: ("predictions.columns.at", "are dated more than a day after this look"),
    ProblemKind.IMPLAUSIBLE_TIME: ("predictions.columns.at", "are dated before 1990 or from 2100 on, and are left out"),
    ProblemKind.NULL_LABEL_TIME: ("labels.columns.at", "of the label log have no readable time, and are left out"),
    ProblemKind.FUTURE_LABEL_TIME: ("labels.columns.at", "of the label log are dated more than a day after this look"),
    ProblemKind.IMPLAUSIBLE_LABEL_TIME: (
        "labels.columns.at",
        "of the label log are dated before 1990 or from 2100 on, and are left out",
    ),
    ProblemKind.MALFORMED_LINE: ("predictions.files", "or lines cannot be read as rows"),
}
NOTICES: Final = {
    ProblemKind.SKIPPED_FILE: "{n} of {of} files are not read: {examples}; each is read as soon as it is whole",
    ProblemKind.RECODED_FILE: "{n} of {of} files are not UTF-8: {examples}; set encoding if that is wrong",
    ProblemKind.REWRITTEN_FILE: (
        "{n} of {of} files have broken quotes, mixed line ends or a form that is not one row a line: {examples}; "
        "their rows are read one by one, which takes longer"
    ),
    ProblemKind.MALFORMED_LINE: "{n} of {of} lines are no rows and are left out: {examples}",
    ProblemKind.ABSENT_COLUMN: (
        "the newest {n} of {of} files lack a column that older ones have: {examples}; it counts as empty there"
    ),
    ProblemKind.MIXED_TYPES: (
        "a column holds nested values in {n} of {of} files and plain ones in the others: {examples}; map a plain one"
    ),
}
"""For each notice of files what to say of it, below source."""
"""For each problem the key to look at, below source, and what is wrong with so many rows."""
MOST_SPELLINGS: Final = 5  # shown
SELDOM_FILLED: Final = ("relevance", "relevance_source")
"""Columns that may well be empty in most rows: few answers get a thumb."""
ADVICE_NEEDS: Final = ("model_version", "prompt_version")


def find_hints(
    settings: MonitorSettings, survey: Survey, as_of: datetime, failed: frozenset[str] = frozenset()
) -> tuple[Hint, ...]:
    """Return the hints, what matters most first; a key that `failed` is told already."""
    if not survey.rows:
        return (
            *_notices(survey),
            *_problems(survey),
            Hint("source.predictions", f"there are no predictions dated up to {when(as_of)}"),
        )
    return (
        *_notices(survey),
        *_ended(survey, as_of),
        *_pinned(settings, survey),
        *_labels(settings, survey, failed),
        *_absent_classes(settings, survey),
        *_foreign_labels(survey, failed),
        *_spellings(survey),
        *_columns(settings, survey),
        *(hint for hint in _problems(survey) if hint.key not in failed),
    )


def _ended(survey: Survey, as_of: datetime) -> Iterator[Hint]:
    if survey.last_at is None or as_of - survey.last_at <= STALE:
        return
    ago = format_duration((as_of - survey.last_at) // timedelta(hours=1) * timedelta(hours=1))
    then = _next_hour(survey.last_at)
    sentence = f"the log ended {ago} ago, at {when(survey.last_at)}; look at it as it was with --as-of {then}"
    yield Hint("source.predictions", sentence)


def _pinned(settings: MonitorSettings, survey: Survey) -> Iterator[Hint]:
    span = settings.reference
    if not isinstance(span, ReferenceSpan) or survey.first_at is None or survey.last_at is None:
        return
    if span.end <= survey.first_at or span.start > survey.last_at:
        covers = f"{when(survey.first_at)} to {when(survey.last_at)}"
        yield Hint("reference", f"the log has nothing in this span; it covers {covers}")


def _labels(settings: MonitorSettings, survey: Survey, failed: frozenset[str]) -> Iterator[Hint]:
    if settings.source.labels is None:
        return
    key = "source.labels.columns.id"
    if survey.label_rows and not survey.labelled and key not in failed:
        sentence = (
            f"none of the {survey.label_rows:,} label rows has the id of a prediction; are both ids the same thing?"
        )
        yield Hint(key, sentence)
    elif 0 < survey.labelled_share < LITTLE_LABELLED:
        yield Hint("source.labels", f"only {percent(survey.labelled_share)} of the predictions have a label")
    if survey.delay and survey.delay.p50 > settings.window.total_seconds():
        delay = format_duration(timedelta(hours=round(survey.delay.p50 / 3600)))
        yield Hint("window", f"half of the labels take longer than {delay}; a longer window would see them")


def _absent_classes(settings: MonitorSettings, survey: Survey) -> Iterator[Hint]:
    known = [each.name for each in survey.classes if each.name != NO_CLASS]
    for name in settings.classes:
        if class_name(name) not in known:
            yield Hint(f"classes.{name}", f"no prediction and no label is of this class{_nearest(name, known)}")


def _nearest(name: str, known: list[str]) -> str:
    by_case = {each.casefold(): each for each in known}
    near = get_close_matches(name.casefold(), by_case, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {by_case[near[0]]}?"
    return f"; the log has {', '.join(known[:10])}" if known else ""


def _foreign_labels(survey: Survey, failed: frozenset[str]) -> Iterator[Hint]:
    """Labels of classes that are never predicted: often the same class, written in another way."""
    labelled = {each.name for each in survey.classes if each.labelled}
    predicted = {each.name for each in survey.classes if each.predicted and each.name != NO_CLASS}
    twins = {each.strip().casefold(): each for each in sorted(predicted - labelled)}
    for name in sorted(labelled - predicted):
        if twin := twins.get(name.strip().casefold()):
            sentence = f"labels say {name!r} where predictions say {twin!r}; they count as two classes"
            yield Hint("source.labels.columns.label", sentence)
    key = "source.labels.columns.label"
    if labelled and predicted and not labelled & predicted and key not in failed:
        yield Hint(key, "no class of the labels is ever predicted; do both columns hold class names?")


def _spellings(survey: Survey) -> Iterator[Hint]:
    """What was read as the same class, or as no label, so that nobody wonders where it went."""
    spelt = survey.spellings
    for key, names in (("predictions.columns.predicted", spelt.predicted), ("labels.columns.label", spelt.labels)):
        same = [f"{raw!r} as {name!r}" for raw, name in names.items() if name is not None]
        if same:
            more = f" and {len(same) - MOST_SPELLINGS} more" if len(same) > MOST_SPELLINGS else ""
            shown = ", ".join(same[:MOST_SPELLINGS])
            yield Hint(f"source.{key}", f"counts {shown}{more}: the same class, written in another way")
    if spelt.refused:
        sentence = f"{_counted(spelt.refused)}: read as no label, since the bot never predicts it"
        yield Hint("source.labels.no_label", f"{sentence}; where it is a class, leave it out of this list")
    if spelt.claimed:
        sentence = f"{_counted(spelt.claimed)}: read as a class, since the bot predicts it too"
        yield Hint("source.labels.no_label", f"{sentence}; where it means no label, clean it in a query")


def _counted(words: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} label rows say {word!r}" for word, n in words.items())


def _columns(settings: MonitorSettings, survey: Survey) -> Iterator[Hint]:
    columns = settings.source.predictions.columns
    for meaning in ADVICE_NEEDS:
        if getattr(columns, meaning) is None:
            said = meaning.replace("_version", "")
            sentence = f"not mapped: advice cannot tell whether a new {said} is the cause, nor recommend going back"
            yield Hint(f"source.predictions.columns.{meaning}", sentence)
    for column in survey.columns:
        most_empty = 1.0 if column.meaning in SELDOM_FILLED else MOSTLY_EMPTY
        if column.null_share == 1 or column.null_share > most_empty:
            sentence = f"{percent(column.null_share)} of the predictions have nothing in {column.name}"
            yield Hint(f"source.predictions.columns.{column.meaning}", sentence)


def _problems(survey: Survey) -> Iterator[Hint]:
    told = {notice.kind for notice in survey.notices}
    for problem in survey.problems:
        if problem.kind not in told and problem.n > MANY_PROBLEMS * survey.rows:
            key, sentence = PROBLEMS[ProblemKind(problem.kind)]
            yield Hint(f"source.{key}", f"{problem.n:,} rows {sentence}")


def _notices(survey: Survey) -> Iterator[Hint]:
    for notice in survey.notices:
        if sentence := NOTICES.get(ProblemKind(notice.kind)):
            examples = ", ".join(notice.examples)
            yield Hint("source", sentence.format(n=f"{notice.n:,}", of=f"{notice.of:,}", examples=examples))


def _next_hour(time: datetime) -> str:
    up = time.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return f"{up:%Y-%m-%dT%H:%M:%SZ}"
