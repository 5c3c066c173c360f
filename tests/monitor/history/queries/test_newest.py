"""What the newest look believed, and what is open."""

from datetime import timedelta

from alerts.incident import State
from monitor.history import CycleRecord, History
from monitor.history.queries.newest import OpenIncidents
from tests.support.history import at, estimate
from tests.support.incidents import T0, finding, opened

HOUR = timedelta(hours=1)
OVER = opened(id="latency-00ff", state=State.RESOLVED, resolved_at=T0)


def test_figures_are_those_of_the_newest_look_of_its_longest_window_and_of_all_predictions(history: History) -> None:
    earlier, newest = estimate(value=0.9), estimate(value=0.7)
    shorter = estimate(value=0.1, window_start=at(24))
    sliced = estimate(value=0.2, slice="prompt_version=p2")
    unknown = estimate("recall", None, "urgent", low=None, high=None)
    gone = estimate("recall", 0.5, "renamed")
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(T0, (earlier, gone), (), ()))
        transaction.record(CycleRecord(T0 + HOUR, (newest, shorter, sliced, unknown), (), ()))
    with history.transaction("other") as transaction:
        transaction.record(CycleRecord(T0, (earlier,), (), ()))
    found = [(each.monitor, each.metric, each.class_name, each.value) for each in history.newest.figures(["bot"])]
    assert found == [("bot", "accuracy", "", 0.7), ("bot", "recall", "urgent", None)]
    assert [each.value for each in history.newest.figures(["bot", "other", "unseen"])] == [0.7, None, 0.9]


def test_a_figure_that_did_not_change_since_the_first_look_of_the_hour_is_one_of_the_newest(history: History) -> None:
    same = estimate("recall", 0.6, "urgent")
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(T0, (estimate(value=0.9), same), (), ()))
        transaction.record(CycleRecord(T0 + HOUR / 4, (estimate(value=0.7), same), (), ()))
    assert [each.value for each in history.newest.figures(["bot"])] == [0.7, 0.6]


def test_incidents_are_open_until_they_are_resolved(history: History) -> None:
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, (), (finding(),), (opened(), OVER)))
    assert history.newest.open_incidents(["support-bot", "other"]) == (
        OpenIncidents("support-bot", "quality", "critical", 1),
    )
    assert history.newest.open_incidents(["other"]) == ()
