"""What a cycle leaves behind."""

from dataclasses import replace
from datetime import timedelta
from math import inf

import pytest
from sqlalchemy.exc import IntegrityError

from alerts.incident import Event, Incident, Reason, State, Transition
from checks.advice.deciding.model import Action, Signal
from checks.rules.finding import Cause
from monitor.history import CycleRecord, History
from tests.support.history import at, dump, estimate, rows
from tests.support.incidents import T0, advice, clear, finding, fine, opened, step

MONITOR = "support-bot"


def record(history: History, *transitions: Transition, hours: float = 0, **changes: object) -> None:
    given = CycleRecord(T0 + timedelta(hours=hours), (), (), transitions, ("console", "slack"))
    with history.transaction(MONITOR) as transaction:
        transaction.record(replace(given, **changes))  # type: ignore[arg-type]


def incidents(history: History) -> tuple[Incident, ...]:
    with history.transaction(MONITOR) as transaction:
        return transaction.incidents()


def test_the_cursor_moves_with_the_record(history: History) -> None:
    record(history, as_of=at(1.5))
    assert history.cursor(MONITOR) == at(1.5)
    with history.transaction(MONITOR) as transaction:
        assert transaction.cursor() == at(1.5)


def test_an_incident_comes_back_as_it_was(history: History) -> None:
    odd = advice(signals=(Signal("step", "time", None, "no data", (("p", inf),)),))
    told = opened(finding(), fine("accuracy", "all"), advice=odd, acknowledged_by="ann")
    record(history, told)
    assert incidents(history) == (told.incident,)


def test_resolved_incidents_are_handed_on_for_a_while(history: History) -> None:
    told = opened(state=State.RESOLVED, resolved_at=T0)
    record(history, told)
    record(history, hours=24 * 89)
    assert incidents(history) == (told.incident,)
    record(history, hours=24 * 91)
    assert incidents(history) == ()


def test_incidents_of_other_monitors_are_not_ours(history: History) -> None:
    record(history, opened(monitor="other", id="quality-0"))
    assert incidents(history) == ()


def test_a_step_that_is_told_waits_once_in_each_channel(history: History, url: str) -> None:
    record(history, opened())
    found = rows(url, "SELECT channel, state FROM notifications ORDER BY id")
    assert found == [("console", "waiting"), ("slack", "waiting")]


def test_new_numbers_are_no_event(history: History, url: str) -> None:
    record(history, opened())
    record(history, step(None, Reason.REFRESHED, findings=(finding(n=99),)), hours=6)
    assert rows(url, "SELECT event FROM incident_events") == [("opened",)]
    assert incidents(history)[0].findings[0].n == 99


def test_a_change_of_state_that_nobody_is_told_of_is_remembered(history: History, url: str) -> None:
    record(history, step(None, Reason.ALARM_HELD_BACK, state=State.PENDING, opened_at=None))
    record(history, step(None, Reason.BLIP, state=State.RESOLVED, opened_at=None), hours=1)
    assert rows(url, "SELECT event, reason, state FROM incident_events ORDER BY id") == [
        (None, "alarm_held_back", "pending"),
        (None, "blip", "resolved"),
    ]
    assert rows(url, "SELECT count(*) FROM notifications") == [(0,)]
    assert rows(url, "SELECT count(*) FROM advice") == [(0,)]


def test_advice_is_kept_at_each_event_and_when_it_changes(history: History, url: str) -> None:
    record(history, opened())
    record(history, step(None, Reason.REFRESHED, hours=1), hours=1)
    record(history, step(None, Reason.REFRESHED, hours=2, advice=advice(Action.FINE_TUNE)), hours=2)
    record(history, step(Event.UPDATED, Reason.ALARM_JOINED, hours=3, advice=advice(Action.FINE_TUNE)), hours=3)
    found = rows(url, "SELECT action FROM advice ORDER BY id")
    assert found == [("rollback_prompt",), ("fine_tune",), ("fine_tune",)]


def beliefs(history: History) -> list[float | None]:
    return [belief.estimate.value for belief in history.queries.metrics(MONITOR, "accuracy")]


def test_an_estimate_that_did_not_change_is_kept_once_an_hour(history: History) -> None:
    for hours in (0, 0.25, 0.5, 1):
        record(history, hours=hours, estimates=(estimate(),))
    assert [b.as_of for b in history.queries.metrics(MONITOR, "accuracy")] == [T0, T0 + timedelta(hours=1)]


def test_an_estimate_that_changed_is_kept_at_once(history: History) -> None:
    for hours, value in ((0, 0.9), (0.25, 0.8), (0.5, 0.8), (0.75, 0.9)):
        record(history, hours=hours, estimates=(estimate(value=value),))
    assert beliefs(history) == [0.9, 0.8, 0.9]


def test_windows_of_two_lengths_are_kept_side_by_side(history: History) -> None:
    short = estimate(value=0.5, window_start=at(24))
    record(history, estimates=(estimate(), short))
    record(history, hours=0.25, estimates=(estimate(), short))
    assert beliefs(history) == [0.9, 0.5]


def test_an_estimate_comes_back_as_it_was(history: History) -> None:
    none = estimate("recall", None, "urgent", low=None, high=None, raw=None, coverage=None, provisional=True)
    record(history, estimates=(estimate(), none))
    (belief,) = history.queries.metrics(MONITOR, "recall", "urgent")
    assert (belief.as_of, belief.estimate) == (T0, none)


def test_a_cycle_that_is_done_again_takes_the_place_of_the_first(history: History, url: str) -> None:
    record(history, estimates=(estimate(value=0.5),), findings=(finding(n=1),))
    record(history, estimates=(estimate(),), findings=(finding(),))
    first = dump(url)
    record(history, estimates=(estimate(),), findings=(finding(),))
    assert dump(url) == first
    assert beliefs(history) == [0.9]


def said(history: History) -> list[tuple[str, int]]:
    return [(said.cause, said.n) for said in history.queries.findings(MONITOR, at(0))]


def test_a_finding_that_is_well_is_kept_once_an_hour(history: History) -> None:
    for hours, n in ((0, 1), (0.25, 2), (1, 3)):
        record(history, hours=hours, findings=(clear(n=n),))
    assert [n for _, n in said(history)] == [1, 3]


def test_an_alarm_is_kept_with_each_new_number(history: History) -> None:
    for hours, n in ((0, 1), (0.25, 2), (0.5, 2)):
        record(history, hours=hours, findings=(finding(n=n),))
    assert [n for _, n in said(history)] == [1, 2]


def test_a_finding_whose_cause_changed_is_kept_at_once(history: History) -> None:
    record(history, findings=(clear(),))
    record(history, hours=0.25, findings=(clear(cause=Cause.TOO_FEW),))
    assert [cause for cause, _ in said(history)] == ["within_limits", "too_few"]


def test_cycles_say_what_they_did(history: History) -> None:
    record(
        history,
        opened(),
        findings=(finding(), clear("accuracy")),
        buckets_read=7,
        faults=("drift: KeyError",),
        seconds=0.5,
    )
    (cycle,) = history.queries.cycles(MONITOR)
    assert (cycle.buckets_read, cycle.metrics, cycle.findings, cycle.alarms, cycle.transitions) == (7, 0, 2, 1, 1)


def test_a_fault_of_ours_is_not_taken_for_an_unreachable_history(history: History) -> None:
    with pytest.raises(IntegrityError):
        record(history, findings=(finding(message=None),))


def test_a_time_without_a_zone_is_refused(history: History) -> None:
    with pytest.raises(Exception, match="aware times only"):
        record(history, opened(onset=T0.replace(tzinfo=None)))


@pytest.mark.parametrize("url", ["emptied_postgres"], indirect=True, ids=["postgresql"])
def test_segments_by_classes_may_have_more_series_than_a_statement_takes_parameters(history: History, url: str) -> None:
    lines = tuple(estimate("recall")._replace(class_name=f"class_{number}") for number in range(65_536))
    record(history, estimates=lines)
    record(history, estimates=lines, hours=0.25)  # nothing new
    assert len(rows(url, "SELECT series_id FROM metric_points")) == len(lines)
