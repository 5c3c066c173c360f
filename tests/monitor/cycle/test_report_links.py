"""The report of the rows, in the incident that it was made for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.messages.message import root_message
from alerts.messages.text import render_text
from checks.counts.study import Study, StudySpan
from monitor.cycle.report_links import with_reports
from tests.support.incidents import T0, WEEK, finding, incident

STUDY = Study(T0, StudySpan(T0 - WEEK, T0), (), 2000, 2000, report="reports/support-bot-1.html")


def linked(known: Incident, study: Study | None, event: Event | None = None) -> Transition:
    (step,) = with_reports([Transition(known, event, T0)], study)
    return step


def test_an_open_incident_gets_the_report_and_its_message_is_mended() -> None:
    step = linked(incident(), STUDY)
    assert (step.incident.report, step.reason, step.is_posted) == (STUDY.report, Reason.REPORT_WRITTEN, True)
    assert "report reports/support-bot-1.html" in render_text(root_message(step))


def test_news_stays_what_it_was() -> None:
    step = linked(incident(), STUDY, Event.UPDATED)
    assert (step.incident.report, step.event, step.reason) == (STUDY.report, Event.UPDATED, Reason.REFRESHED)


@pytest.mark.parametrize(
    ("known", "study"),
    [
        (incident(), None),
        (incident(), replace(STUDY, report="")),
        (incident(), replace(STUDY, as_of=T0 - timedelta(days=2))),  # of another time
        (incident(report="reports/first.html"), STUDY),  # it has one
        (incident(finding("latency", "p95")), STUDY),  # messages do not explain latency
        (incident(state=State.RESOLVED, resolved_at=T0), STUDY),
    ],
)
def test_a_report_that_says_nothing_of_it_is_left_out(known: Incident, study: Study | None) -> None:
    step = linked(known, study)
    assert step.incident == known
    assert not step.is_posted
