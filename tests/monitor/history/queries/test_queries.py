"""What people ask the history."""

from datetime import timedelta

import pytest

from alerts.incident import Event, Reason, State
from monitor.history import CycleRecord, History
from tests.support.history import at, estimate
from tests.support.incidents import T0, finding, opened, step

DAY = timedelta(days=1)
OVER = opened(id="latency-00ff", state=State.RESOLVED, resolved_at=T0 - DAY, since=T0 - 2 * DAY)
BLIP = opened(id="quality-b11b", state=State.RESOLVED, resolved_at=T0, opened_at=None)
MEANWHILE = step(Event.UPDATED, Reason.ALARM_JOINED)


@pytest.fixture(autouse=True)
def _filled(history: History) -> None:
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, (estimate(),), (finding(),), (OVER, BLIP, opened(), MEANWHILE)))
    with history.transaction("other") as transaction:
        transaction.record(CycleRecord(T0, (estimate(value=0.5),), (), ()))


def test_incidents_are_listed_newest_first_without_those_that_nobody_was_told_of(history: History) -> None:
    assert history.queries.incidents() == (MEANWHILE.incident, OVER.incident)
    assert history.queries.incidents(monitor="other") == ()


def test_incidents_are_open_until_they_are_resolved(history: History) -> None:
    assert history.queries.open_incidents(["support-bot", "other"]) == (("support-bot", "quality", "critical", 1),)
    assert history.queries.open_incidents(["other"]) == ()


def test_incidents_that_ended_before_are_left_out(history: History) -> None:
    assert history.queries.incidents(since=T0) == (MEANWHILE.incident,)


@pytest.mark.parametrize("prefix", ["latency-00", "00f", "latency-00ff"])
def test_an_incident_is_found_by_the_beginning_of_its_id(history: History, prefix: str) -> None:
    assert history.queries.find_incidents(prefix) == (OVER.incident,)


def test_several_incidents_may_begin_so_and_none(history: History) -> None:
    assert len(history.queries.find_incidents("quality")) == 2
    assert history.queries.find_incidents("%") == ()


def test_the_steps_of_an_incident_come_in_order(history: History) -> None:
    assert history.queries.incident_events(opened().incident.id) == (opened(), MEANWHILE)


def test_a_metric_is_that_of_its_monitor_and_since_when_it_is_asked(history: History) -> None:
    assert [b.estimate.value for b in history.queries.metrics("other", "accuracy")] == [0.5]
    assert history.queries.metrics("other", "accuracy", since=T0 + DAY) == ()
    assert history.queries.metrics("other", "recall", "urgent") == ()


def test_findings_and_cycles_are_those_since_when_it_is_asked(history: History) -> None:
    assert [said.subject for said in history.queries.findings("support-bot", at(0))] == ["urgent"]
    assert history.queries.findings("support-bot", T0 + DAY) == ()
    assert [cycle.monitor for cycle in history.queries.cycles(since=T0)] == ["other", "support-bot"]
    assert history.queries.cycles("support-bot", since=T0 + DAY) == ()


def test_monitors_are_listed_by_name(history: History) -> None:
    assert history.queries.monitors() == ("other", "support-bot")
