"""An incident as one file of HTML that needs nothing else: for mail, and for tickets."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from markupsafe import Markup

from alerts.incident import Incident
from checks.rules.registry import figure_of
from monitor.history.history import History
from monitor.web.page.asked import USUAL, Asked
from monitor.web.page.documents import STYLE, document
from monitor.web.page.incident import shown
from monitor.web.page.monitor import Course, course
from monitor.web.page.watched import Watched

AFTERWARDS: Final = timedelta(days=2)
"""What the charts show after the end of an incident that is over."""

_OF_CLASSES: Final = ("recall", "precision")
"""The figures that are of one class."""


def report(history: History, incident: Incident, watched: Watched) -> str:
    """The whole file. Raises HistoryError."""
    style = Markup(STYLE.read_text("utf-8"))  # noqa: S704 - a file of our own
    made = course_of(history, incident, watched)
    without = None if made is None else _without_links(made)
    return document("report.jinja", it=shown(history, incident), course=without, style=style)


def course_of(history: History, incident: Incident, watched: Watched) -> Course | None:
    """The charts around the incident, of its class; None before the first look. Raises HistoryError."""
    newest = history.charted.newest(incident.monitor)
    if newest is None:
        return None
    subjects = [each.subject for each in incident.findings if figure_of(each) in _OF_CLASSES]
    wanted = Asked(USUAL, subjects[0] if subjects else "")
    until = None if incident.resolved_at is None else incident.resolved_at + AFTERWARDS
    return course(history, watched, newest, wanted, until)


def _without_links(made: Course) -> Course:
    """Without what leads into a daemon that the reader may not reach."""
    charts = tuple(replace(each, file="") for each in made.charts)
    return replace(made, charts=charts, marks=tuple(replace(mark, link="") for mark in made.marks))
