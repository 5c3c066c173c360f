"""The overview: every monitor on one page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alerts.incident import Incident, State
from alerts.messages.figures import percent
from alerts.messages.lines import figure
from checks.metrics.line import MetricLine
from checks.rules.finding import Verdict
from monitor.history.history import History
from monitor.history.queries.charted import NewestFigures
from monitor.history.queries.queries import Belief
from monitor.web.page.charts import Spark, TimeAxis, points_of, spark
from monitor.web.page.watched import LookState, Watched
from monitor.web.page.words import condition_in_words, incidents_in_words, unjudged_in_words

SPARK_SPAN: Final = timedelta(days=30)
SHOWN_WITHOUT_FLOORS: Final = 2
"""Classes of lowest recall that stand for a monitor whose configuration names no critical one."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by name, in words; `limit` says what it is held against, or ""."""

    name: str
    said: str
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One monitor. `level` (one of _LEVELS) is for its colour; `state` says it in words."""

    name: str
    level: str
    state: str
    incidents: tuple[Incident, ...]
    as_of: datetime | None
    look: str
    error: str
    figures: tuple[Figure, ...]
    provisional: bool
    spark: Spark | None


def cards(history: History, watched: Sequence[Watched], looks: Mapping[str, LookState]) -> tuple[Card, ...]:
    """The monitors, those with the worst incidents first. Raises HistoryError."""
    unresolved = history.queries.unresolved()
    found = [
        _card(
            history,
            each,
            history.charted.newest(each.name),
            tuple(incident for incident in unresolved if incident.monitor == each.name),
            looks.get(each.name),
        )
        for each in watched
    ]
    return tuple(sorted(found, key=lambda card: _LEVELS.index(card.level)))


_LEVELS: Final = ("critical", "warning", "recovering", "unknown", "ok")


def level(incidents: Iterable[Incident]) -> str:
    """The worst of what people were told and is not over."""
    told = [incident for incident in incidents if incident.state in (State.FIRING, State.RECOVERING)]
    firing = {incident.severity for incident in told if incident.state is State.FIRING}
    if Verdict.CRITICAL in firing:
        return "critical"
    if firing:
        return "warning"
    return "recovering" if told else "ok"


def _card(
    history: History,
    watched: Watched,
    newest: NewestFigures | None,
    incidents: tuple[Incident, ...],
    look: LookState | None,
) -> Card:
    accuracy = None if newest is None else newest.of("accuracy")
    told = any(incident.state is not State.PENDING for incident in incidents)
    unjudged = "" if told else unjudged_in_words(newest, None if look is None else look.condition)
    return Card(
        name=watched.name,
        level="unknown" if unjudged else level(incidents),
        state=unjudged or incidents_in_words(incidents),
        incidents=incidents,
        as_of=None if newest is None else newest.as_of,
        look=""
        if look is None or (newest is None and look.condition == "late")
        else condition_in_words(look.condition),
        error="" if look is None else look.error,
        figures=() if newest is None else tuple(figures(watched, newest)),
        provisional=accuracy is not None and accuracy.provisional,
        spark=None if newest is None else _spark(history, watched.name, newest.as_of),
    )


def figures(watched: Watched, newest: NewestFigures) -> Iterable[Figure]:
    """Accuracy, coverage, and recall and precision of critical classes; of the lowest where none is critical."""
    accuracy, coverage = newest.of("accuracy"), newest.of("coverage")
    if accuracy is not None:
        yield Figure("accuracy", figure(accuracy), "" if watched.good is None else f"aim {percent(watched.good)}")
    for metric, floors in (("recall", watched.recall_floors), ("precision", watched.precision_floors)):
        for name, floor in floors.items():
            yield Figure(f"{metric} of {name}", figure(newest.of(metric, name)), f"floor {percent(floor)}")
    if not watched.critical:
        for line in _lowest(newest):
            yield Figure(f"recall of {line.class_name}", figure(line), "lowest")
    if coverage is not None and coverage.value is not None:
        yield Figure("labelled", percent(coverage.value))
    predictions = newest.of("predictions")
    if predictions is not None:
        yield Figure("predictions", f"{predictions.n:,}")


def _lowest(newest: NewestFigures) -> Sequence[MetricLine]:
    known = [line for line in newest.lines if line.metric == "recall" and line.value is not None]
    return sorted(known, key=lambda line: line.value or 0.0)[:SHOWN_WITHOUT_FLOORS]


def _spark(history: History, monitor: str, as_of: datetime) -> Spark | None:
    span = TimeAxis(as_of - SPARK_SPAN, as_of)
    found = history.charted.traces(monitor, ("accuracy",), span.since, span.until).get(("accuracy", ""), ())
    return spark(points_of(found), span, course(found, SPARK_SPAN))


def course(beliefs: Sequence[Belief], span: timedelta) -> str:
    """What a share did, in a sentence."""
    values = [each.estimate.value for each in beliefs if each.estimate.value is not None]
    if not values:
        return ""
    if len(values) == 1:
        return f"accuracy at the only look of {span.days} days: {percent(values[0])}"
    ends, least = f"from {percent(values[0])} to {percent(values[-1])}", percent(min(values))
    return f"accuracy over {span.days} days: {ends}, lowest {least}"
