"""One monitor: what its figures did over a span, with all that happened beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from alerts.messages.figures import lasting, milliseconds, percent, signed_points
from alerts.messages.lines import figure
from checks.metrics.line import MetricLine
from monitor.history.history import History
from monitor.history.queries.charted import NewestFigures
from monitor.history.queries.queries import Belief, Said
from monitor.web.page.asked import Asked
from monitor.web.page.charts import Chart, ChartRequest, Mark, Rule, Series, TimeAxis, chart, points_of
from monitor.web.page.marks import marks_of
from monitor.web.page.matrix import Matrix, matrix
from monitor.web.page.watched import Watched

DELAYS_OF: Final = timedelta(days=28)
"""Predictions whose label delays are told: older ones may be of other labellers, and all of a year takes long."""
CONFUSIONS_OF: Final = timedelta(days=90)
"""Days of confusions that are shown at most."""
FINDINGS_OF: Final = timedelta(hours=25)
"""Findings are kept at least once an hour; a back-test may look once a day."""
QUANTILES: Final = ("latency_p50", "latency_p95", "latency_p99")
RELEVANCE: Final = ("relevance_mean", "relevance_low_share")
OF_CLASS: Final = ("recall", "precision", "f1", "recall_precision_gap")
"""Metrics of one class whose course is there as CSV."""
FILES: Final = ("accuracy", *OF_CLASS, "coverage", "expected_coverage", *QUANTILES, *RELEVANCE)
"""All of them."""

Traces = Mapping[tuple[str, str], tuple[Belief, ...]]


@dataclass(frozen=True, slots=True)
class OfClass:
    """A line of the table of classes."""

    name: str
    is_critical: bool
    recall: str
    precision: str
    f1: str
    gap: str
    link: str


@dataclass(frozen=True, slots=True)
class Course:
    """What is drawn of a monitor."""

    class_name: str
    span: TimeAxis
    charts: tuple[Chart, ...]
    marks: tuple[Mark, ...]
    classes: tuple[OfClass, ...]
    matrix: Matrix | None
    delays: str


def chosen_class(watched: Watched, newest: NewestFigures) -> str:
    """The class that is shown where a link names none: the critical one, else the one of lowest recall."""
    known = [line for line in newest.lines if line.metric == "recall"]
    critical = [line for line in known if line.class_name in watched.critical]
    found = critical or [line for line in known if line.value is not None]
    return min(found, key=_value).class_name if found else ""


def course(
    history: History, watched: Watched, newest: NewestFigures, wanted: Asked, until: datetime | None = None
) -> Course:
    """Ask the history for all of it up to `until`, or the newest look, and lay it out. Raises HistoryError."""
    end = min(until or newest.as_of, newest.as_of)
    span = TimeAxis(end - wanted.length, end)
    name = wanted.class_name or chosen_class(watched, newest)
    marks = tuple(marks_of(history, watched.name, span))
    found = dict(history.charted.traces(watched.name, FILES, span.since, span.until, slice_=wanted.slice_name))
    if name:
        found |= history.charted.traces(
            watched.name, OF_CLASS, span.since, span.until, (name,), slice_=wanted.slice_name
        )
    known = history.shown.said(watched.name, span.until - FINDINGS_OF, span.until, wanted.slice_name)
    said = {(each.check, each.subject): each for each in known}
    requests = _requests(watched, name, found, said, wanted)
    return Course(
        class_name=name,
        span=span,
        charts=tuple(chart(request, span, marks) for request in requests),
        marks=marks,
        classes=tuple(_classes(watched, newest, wanted)),
        matrix=matrix(
            history.shown.confusion(
                watched.name, max(span.since, span.until - CONFUSIONS_OF), span.until, wanted.slice_name
            )
        ),
        delays=_delays(history, watched.name, span),
    )


def pictured(
    history: History,
    watched: Watched,
    newest: NewestFigures,
    wanted: Asked,
    metric: str,
    until: datetime | None = None,
) -> tuple[Chart | None, tuple[Mark, ...]]:
    """The one chart of a metric, as `course` lays it out, and its marks. Raises HistoryError."""
    end = min(until or newest.as_of, newest.as_of)
    span = TimeAxis(end - wanted.length, end)
    metrics, classes = (QUANTILES, ("",)) if metric == "latency" else ((metric,), (wanted.class_name,))
    found = history.charted.traces(watched.name, metrics, span.since, span.until, classes)
    known = history.shown.said(watched.name, span.until - FINDINGS_OF, span.until)
    said = {(each.check, each.subject): each for each in known}
    marks = tuple(marks_of(history, watched.name, span))
    title = _title(metric, wanted.class_name)
    requests = _requests(watched, wanted.class_name, found, said, wanted)
    return next((chart(each, span, marks) for each in requests if each.title == title), None), marks


def _title(metric: str, class_name: str) -> str:
    return f"{metric.capitalize()} of {class_name}" if metric in OF_CLASS else metric.capitalize()


def _requests(
    watched: Watched, name: str, found: Traces, said: Mapping[tuple[str, str], Said], wanted: Asked
) -> Iterator[ChartRequest]:
    """The charts, from what matters most on."""

    def lines(*metrics: str, of: str = "") -> tuple[Series, ...]:
        return tuple(Series(_NAMES.get(each, each), points_of(found.get((each, of), ()))) for each in metrics)

    def file(metric: str) -> str:
        return wanted.link(f"/monitors/{quote(watched.name)}/{metric}.csv", name if metric in OF_CLASS else "")

    reference = _reference(said.get(("accuracy", "all")))
    rules = (*(() if watched.good is None else (Rule("aim", watched.good),)), *reference)
    yield ChartRequest("Accuracy", lines("accuracy"), percent, is_share=True, file=file("accuracy"), rules=rules)
    if name:
        for metric, floors in (("recall", watched.recall_floors), ("precision", watched.precision_floors)):
            floor = (Rule("floor", floors[name]),) if name in floors else ()
            rules = (*floor, *_reference(said.get((f"class_{metric}", name))))
            title, series = _title(metric, name), lines(metric, of=name)
            yield ChartRequest(title, series, percent, is_share=True, file=file(metric), rules=rules)
    limits = _limit(said.get(("latency", "p95")), "p95 limit")
    quantiles = lines(*QUANTILES)
    yield ChartRequest("Latency", quantiles, milliseconds, is_share=False, file=file("latency_p95"), rules=limits)
    shares = lines("coverage", "expected_coverage")
    yield ChartRequest("Labelled share of the window", shares, percent, is_share=True, file=file("coverage"))
    if found.get(("f1", name)):
        yield ChartRequest(_title("f1", name), lines("f1", of=name), percent, is_share=True, file=file("f1"))
    if any(found.get((metric, "")) for metric in RELEVANCE):
        scores, low = lines(*RELEVANCE), _limit(said.get(("relevance", "low_share")), "most of low")
        yield ChartRequest(
            "Relevance of the answers", scores, percent, is_share=True, file=file(RELEVANCE[0]), rules=low
        )


_NAMES: Final = {
    "latency_p50": "p50",
    "latency_p95": "p95",
    "latency_p99": "p99",
    "coverage": "labelled now",
    "expected_coverage": "expected in the end",
    "relevance_mean": "mean score",
    "relevance_low_share": "share under 0.5",
}
"""What a line is called among others."""


def _limit(finding: Said | None, name: str) -> tuple[Rule, ...]:
    return () if finding is None or finding.threshold is None else (Rule(name, finding.threshold),)


def _reference(finding: Said | None) -> tuple[Rule, ...]:
    return () if finding is None or finding.reference is None else (Rule("reference", finding.reference),)


def _classes(watched: Watched, newest: NewestFigures, wanted: Asked) -> Iterator[OfClass]:
    """Critical ones first, then by recall, lowest first."""
    of_class: dict[str, dict[str, MetricLine]] = {metric: {} for metric in OF_CLASS}
    for line in newest.longest():
        if line.metric in of_class:
            of_class[line.metric][line.class_name] = line
    recall, precision, f1, gap = of_class.values()
    names = sorted(
        {*recall, *precision}, key=lambda name: (name not in watched.critical, _value(recall.get(name)), name)
    )
    for name in names:
        yield OfClass(
            name=name,
            is_critical=name in watched.critical,
            recall=figure(recall.get(name)),
            precision=figure(precision.get(name)),
            f1=figure(f1.get(name)),
            gap=_gap(gap.get(name)),
            link=wanted.link(f"/monitors/{quote(watched.name)}", name),
        )


def _gap(line: MetricLine | None) -> str:
    """Which of recall and precision is lower, by how many points, with its interval."""
    if line is None or line.value is None or line.low is None or line.high is None:
        return "–"
    bounds = f"{signed_points(line.low)} to {signed_points(line.high)}"
    if line.low <= 0 <= line.high:
        return f"balanced ({bounds})"
    return f"{'recall' if line.value < 0 else 'precision'} is lower ({bounds})"


def _value(line: MetricLine | None) -> float:
    return 2.0 if line is None or line.value is None else line.value


def _delays(history: History, monitor: str, span: TimeAxis) -> str:
    """How long labels take, in a sentence; "" without any."""
    since = max(span.since, span.until - DELAYS_OF)
    found = history.shown.delays(monitor, since, span.until, (0.5, 0.9))
    if found is None:
        return ""
    half, most = (lasting(timedelta(hours=round(hours, 1))) for hours in found)
    days = lasting(span.until - since)
    return f"Of the labels that have come for the last {days}, half came within {half} and nine in ten within {most}."
