"""The chart of an incident as one picture that stands by itself: for a thread, or a mail. The page's own templates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from alerts.incident import Incident
from alerts.messages.figures import lasting
from alerts.messages.names import short_name
from alerts.messages.numbers import when
from checks.rules.finding import Finding
from checks.rules.registry import figure_of
from monitor.history.history import History
from monitor.web.page.asked import USUAL, Asked
from monitor.web.page.charts import Chart, Mark
from monitor.web.page.documents import STYLE, document
from monitor.web.page.monitor import pictured
from monitor.web.page.report import AFTERWARDS
from monitor.web.page.watched import Watched

PLOT_ENDS: Final = 212
"""Where the plot ends below the title, in units of the drawing."""
ROW: Final = 16
MOST_MARKS: Final = 6
"""Marks that are explained, the newest: the letters of others can be looked up on the page."""
LONGEST_LINE: Final = 68
"""Characters of a line of the legend that fit beside its sign."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG, and what it shows in words, for who cannot see it."""

    svg: str
    said: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the legend: its sign, by the class of its look or as a letter, and what it stands for."""

    said: str
    look: str = ""
    letter: str = ""


def picture(history: History, watched: Watched, incident: Incident) -> Drawing | None:
    """What the figure of the worst finding did; None where it has no course. Raises HistoryError."""
    worst = incident.findings[0]
    metric = metric_of(worst)
    newest = history.charted.newest(incident.monitor)
    if not metric or newest is None:
        return None
    wanted = Asked(USUAL, worst.subject if metric in ("recall", "precision") else "")
    until = None if incident.resolved_at is None else incident.resolved_at + AFTERWARDS
    chart, marks = pictured(history, watched, newest, wanted, metric, until)
    if chart is None or chart.is_empty:
        return None
    end = newest.as_of if until is None else min(until, newest.as_of)
    title = f"{watched.name}: {short_name(chart.title)}, {lasting(wanted.length)} to {when(end)}"
    rows = tuple(_rows(chart, marks))
    height = PLOT_ENDS + ROW * len(rows) + 8
    facts = {"title": title, "rows": rows, "height": height, "top": PLOT_ENDS, "style": _style()}
    return Drawing(document("picture.jinja", it=chart, **facts), f"{title}: {chart.said}")


def metric_of(finding: Finding) -> str:
    """The metric of the history that a finding judges; "" where none has a course."""
    figure = figure_of(finding)
    return "" if figure == "latency" and finding.subject not in ("p50", "p95", "p99") else figure


def _rows(chart: Chart, marks: tuple[Mark, ...]) -> Iterator[Row]:
    if len(chart.drawn) > 1:
        yield from (Row(line.name, f"line l{line.place}") for line in chart.drawn)
    elif any(line.bands for line in chart.drawn):
        yield Row("at each look, with its 95% interval", "line l1")
    yield from (Row(level.said, f"level {level.kind.replace(' ', '-')}") for level in chart.levels)
    if chart.provisional:
        yield Row("provisional: labels are still to come", "provisional")
    for mark in marks[-MOST_MARKS:]:
        yield Row(
            short_name(f"{mark.at:%b} {mark.at.day} {mark.at:%H:%M}: {mark.said}", LONGEST_LINE), letter=mark.letter
        )


@lru_cache(maxsize=1)
def _style() -> Markup:
    """The rules of the page for what is drawn, in the colours of a light page: pictures know no variables."""
    css = STYLE.read_text("utf-8")
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", css.partition("@media")[0]))
    rules = (line for line in css.splitlines() if line.startswith(_DRAWN))
    drawn = re.sub(r"var\(--([a-z]+)\)", lambda found: colours[found[1]], "\n".join(rules))
    letters = f"text {{ fill: {colours['quiet']}; font-size: 11px; }} .middle, .letter {{ text-anchor: middle; }}"
    title = f".title {{ fill: {colours['text']}; font-size: 13px; }} .paper {{ fill: {colours['card']}; }}"
    return Markup(f"{letters}\n{title}\n{drawn}")  # noqa: S704 - a file of our own


_DRAWN: Final = (
    ".left",
    ".line",
    ".band",
    ".grid",
    ".l2",
    ".b2",
    ".level",
    ".version",
    ".act ",
    ".incident",
    ".provisional",
)
"""What the lines begin with whose rules are of charts."""
