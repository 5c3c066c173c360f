"""What the pages ask, on both engines."""

from datetime import timedelta

from alerts.acts import Act, ActKind
from monitor.history import CycleRecord, History
from monitor.history.queries.shown import Acted, Began, Confused, Lasted
from tests.support.history import at, counts, estimate, latency, outcome, put, random_counts
from tests.support.incidents import T0, finding, opened

HOUR = timedelta(hours=1)


def test_a_version_is_marked_where_it_first_answered_but_not_the_one_that_the_history_begins_with(
    history: History,
) -> None:
    put(history, random_counts(1, range(48)))

    assert history.shown.versions("bot", at(0), at(48)) == (Began(at(24), "m1", "p2"),)
    assert history.shown.versions("bot", at(25), at(48)) == ()
    assert history.shown.versions("other", at(0), at(48)) == ()


def test_confusions_are_sums_of_whole_days(history: History) -> None:
    wrong = outcome(30, "other", "card", n=3)
    put(history, counts(range(48), outcome(1, "card", "card", n=7), wrong, outcome(31, "card", None, n=9)))

    assert history.shown.confusion("bot", at(24), at(48)) == (Confused("card", "other", 3),)
    assert set(history.shown.confusion("bot", at(0), at(48))) == {
        Confused("card", "other", 3),
        Confused("card", "card", 7),
    }


def test_delays_are_those_of_the_labels_that_came(history: History) -> None:
    put(history, random_counts(1, range(48)))

    half, most = history.shown.delays("bot", at(0), at(48), (0.5, 0.9)) or (0.0, 0.0)

    assert 1.1**89 / 3600 < half < 1.1**93 / 3600, "bins are even from 60 to 120"
    assert 1.1**113 / 3600 < most < 1.1**117 / 3600
    assert history.shown.delays("bot", at(48), at(96), (0.5,)) is None


def test_findings_and_incidents_are_those_of_the_span(history: History) -> None:
    first, later = finding(value=0.12), finding(value=0.2, now=T0 + HOUR)
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, (estimate(),), (first,), (opened(),)))
        transaction.record(CycleRecord(T0 + HOUR, (estimate(),), (later,), ()))

    (incident,) = history.shown.incidents("support-bot", T0, T0 + HOUR)

    assert incident == Lasted(opened().incident.id, "quality", "critical", T0, None)
    assert history.shown.incidents("support-bot", T0 - HOUR, T0) == ()
    assert history.shown.incident(incident.id) == opened().incident
    assert [each.value for each in history.shown.said("support-bot", T0, T0 + HOUR)] == [0.2]
    assert [each.value for each in history.shown.said("support-bot", T0, T0)] == [0.12]
    assert [each.outcome for each in history.shown.followed(incident.id)] == []


def test_traces_and_the_newest_figures_are_the_same_on_both_engines(history: History) -> None:
    put(history, counts(range(4), outcome(1, "card", "card"), latency=(latency(1),)))
    shorter = estimate("estimated_accuracy", 0.5, window_start=at(24))
    longer = estimate("estimated_accuracy", 0.6)
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(1), (estimate(value=0.8), shorter, longer), (), ()))
        transaction.record(CycleRecord(at(1.25), (estimate(value=0.9), shorter, longer), (), ()))
        transaction.record(
            CycleRecord(
                at(1.5), (estimate(value=0.9), estimate("estimated_accuracy", 0.4, window_start=at(24)), longer), (), ()
            )
        )

    newest = history.charted.newest("bot")
    found = history.charted.traces("bot", ("accuracy",), at(0), at(48))["accuracy", ""]

    assert newest is not None
    assert newest.as_of == at(1.5)
    assert (line := newest.of("estimated_accuracy")) is not None
    assert line.value == 0.6
    assert [each.estimate.value for each in found] == [0.8, 0.9]
    assert history.charted.newest("other") is None


def test_confusions_are_of_one_version_or_segment_where_that_is_asked(history: History) -> None:
    all_of_them = (outcome(1, "card", "card", n=7), outcome(2, "other", "card", n=3, prompt_version="p2"))
    web = outcome(1, "card", "card", n=2, segment="channel", value="web")
    put(history, counts(range(24), *all_of_them, web))

    assert history.shown.confusion("bot", at(0), at(24), "prompt_version=p2") == (Confused("card", "other", 3),)
    assert history.shown.confusion("bot", at(0), at(24), "channel=web") == (Confused("card", "card", 2),)
    assert history.shown.confusion("bot", at(0), at(24), "channel=app") == ()


def test_what_people_did_is_told_once_with_who_and_when(history: History) -> None:
    with history.transaction("support-bot") as transaction:
        transaction.tell((opened(),), ())
        id_ = opened().incident.id
        transaction.act(id_, Act(ActKind.SNOOZE, "bob", T0 + HOUR, "1", T0 + 2 * HOUR), ())
        transaction.act_and_decide(id_, Act(ActKind.ACKNOWLEDGE, "ada", T0 + 2 * HOUR, "2"), True, ())  # noqa: FBT003

    assert history.shown.acts("support-bot", T0, T0 + 3 * HOUR) == (
        Acted(T0 + HOUR, id_, "bob", "snooze", None),
        Acted(T0 + 2 * HOUR, id_, "ada", "", accepted=True),
    )
    assert history.shown.acts("support-bot", T0, T0 + HOUR) == ()
    assert history.shown.acts("other", T0, T0 + 3 * HOUR) == ()
