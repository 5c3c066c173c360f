"""Every notification is delivered, by one worker at a time, and in its turn."""

from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from alerts.incident import Event, Reason, Transition
from monitor.common.claims import Worker
from monitor.common.retrying import LONGEST_PAUSE, Plan, Trouble
from monitor.history import CycleRecord, History
from monitor.history.notifications import ClaimLostError, Notification, Outbox
from monitor.history.writing.outbox import LEASE, HistoryOutbox
from tests.support.incidents import T0, opened, step

SECOND = timedelta(seconds=1)
LATER = T0 + timedelta(hours=1)
BOTH = ("console", "slack")


def tell(history: History, *transitions: Transition, channels: tuple[str, ...] = ("slack",)) -> None:
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, (), (), transitions, channels))


@pytest.fixture
def outbox(history: History) -> HistoryOutbox:
    return history.outbox()


def claim(outbox: Outbox, now: datetime = LATER, channels: Collection[str] = BOTH) -> Notification:
    found = outbox.next_notification(channels, now)
    assert found is not None
    return found


def fail(outbox: Outbox, notification: Notification, trouble: Trouble, pause: timedelta, now: datetime = LATER) -> None:
    outbox.mark_failed(notification, "HTTP 503", Plan(trouble, now + pause), now)


def test_a_history_has_an_outbox(history: History) -> None:
    outbox: Outbox = history.outbox()
    assert outbox.next_notification(BOTH, T0) is None


def test_a_notification_carries_the_step_as_it_was_then_and_the_incident_as_it_is_now(
    history: History, outbox: HistoryOutbox
) -> None:
    told, now = opened(), step(None, Reason.REFRESHED, acknowledged_by="ann")
    tell(history, told, now)
    found = claim(outbox, T0)
    assert (found.channel, found.transition, found.created_at, found.attempts) == ("slack", told, T0, 0)
    assert (found.first, found.interrupted, found.through) == (True, False, found.id)
    assert found.present.incident == now.incident


def test_a_claimed_notification_is_nobody_elses(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened())
    claim(outbox)
    assert outbox.next_notification(BOTH, LATER) is None
    assert history.outbox().next_notification(BOTH, LATER) is None


def test_a_claim_runs_out_when_its_worker_died(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened())
    first, other = claim(outbox), history.outbox()
    assert other.next_notification(BOTH, LATER + LEASE - SECOND) is None
    second = claim(other, LATER + LEASE)
    assert (second.id, second.attempts, second.interrupted) == (first.id, 1, True)


def test_a_claim_that_is_kept_lasts_longer(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened())
    first, other = claim(outbox), history.outbox()
    outbox.keep_claim(first, LATER + LEASE / 2)
    assert other.next_notification(BOTH, LATER + LEASE) is None
    claim(other, LATER + LEASE * 1.5)
    with pytest.raises(ClaimLostError):
        outbox.keep_claim(first, LATER)
    with pytest.raises(ClaimLostError):
        outbox.mark_sent(first, "171.5", "", LATER)
    with pytest.raises(ClaimLostError):
        fail(outbox, first, Trouble.CHANNEL_DOWN, SECOND)


def test_claims_of_a_dead_process_of_this_machine_are_free_at_the_next_start(
    history: History, outbox: HistoryOutbox
) -> None:
    tell(history, opened())
    gone = Worker.here().name.split("|")
    gone[4] = "1"  # a process with this pid that started at another time
    dead = Worker.parse("|".join(gone))
    assert dead is not None
    claim(history.outbox(dead))

    assert outbox.next_notification(BOTH, LATER) is None
    assert outbox.begin(["slack"], LATER) == 1
    assert claim(outbox).interrupted


def test_claims_of_the_living_and_of_other_machines_stay_theirs(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened(), opened(id="latency-1"))
    claim(history.outbox())
    elsewhere = Worker("other-host", "boot", "pid:[1]", 1, "77", "00")
    claim(history.outbox(elsewhere))

    assert outbox.begin(["slack"], LATER) == 0
    assert outbox.next_notification(BOTH, LATER) is None


def test_what_was_sent_is_not_sent_again(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened())
    outbox.mark_sent(claim(outbox), "171.5", "", LATER)
    assert outbox.next_notification(BOTH, LATER + LEASE) is None


@pytest.mark.parametrize("trouble", [trouble for trouble in Trouble if trouble is not Trouble.ASKED_TO_WAIT])
def test_a_failure_is_tried_again_when_it_is_time(history: History, outbox: HistoryOutbox, trouble: Trouble) -> None:
    tell(history, opened())
    first = claim(outbox)
    fail(outbox, first, trouble, 5 * SECOND)
    assert outbox.next_notification(BOTH, LATER + 4 * SECOND) is None
    again = claim(outbox, LATER + 5 * SECOND)
    assert (again.id, again.attempts, again.failures) == (first.id, 1, int(trouble.is_of_channel))
    assert again.interrupted is trouble.is_uncertain


def test_who_was_asked_to_wait_has_made_no_attempt(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened(), opened(id="latency-1"))
    first = claim(outbox)
    fail(outbox, first, Trouble.ASKED_TO_WAIT, 5 * SECOND)
    assert outbox.next_notification(BOTH, LATER + 4 * SECOND) is None
    again = claim(outbox, LATER + 5 * SECOND)
    assert (again.id, again.attempts, again.failures, again.interrupted) == (first.id, 0, 0, False)


def test_a_channel_in_trouble_is_tried_by_one_at_a_time_and_by_another_each_time(
    history: History, outbox: HistoryOutbox
) -> None:
    tell(history, *(opened(id=f"quality-{number}") for number in range(3)))
    tried, now = [], LATER
    for _ in range(6):
        found = claim(outbox, now)
        tried.append(found.id)
        fail(outbox, found, Trouble.CHANNEL_DOWN, SECOND, now)
        assert outbox.next_notification(BOTH, now) is None
        now += SECOND
    assert len(set(tried[:3])) == len(set(tried[3:])) == 3


def test_a_start_ends_the_pauses_that_a_person_may_have_ended_and_no_other(
    history: History, outbox: HistoryOutbox
) -> None:
    tell(history, opened(), channels=("slack",))
    tell(history, opened(id="latency-1"), channels=("console",))
    fail(outbox, claim(outbox, channels=["slack"]), Trouble.CHANNEL_REFUSES, timedelta(minutes=15))
    fail(outbox, claim(outbox, channels=["console"]), Trouble.ASKED_TO_WAIT, timedelta(minutes=15))
    assert outbox.next_notification(BOTH, LATER) is None

    outbox.begin(["slack", "console"], LATER)
    assert claim(outbox).channel == "slack"
    assert outbox.next_notification(["console"], LATER) is None


def test_steps_that_nobody_was_told_of_are_one_message(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened(), step(Event.UPDATED, Reason.ALARM_JOINED, hours=0))
    first = claim(outbox)
    assert first.first
    tell(history, step(Event.ESCALATED, Reason.SEVERITY_ROSE, hours=0))
    outbox.mark_sent(first, "171.5", "", LATER)

    left = claim(outbox)
    assert (left.transition.event, left.first) == (Event.ESCALATED, False)


def test_a_later_step_waits_for_the_one_before(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened())
    outbox.mark_sent(claim(outbox), "171.5", "", LATER)
    tell(history, step(Event.UPDATED, Reason.ALARM_JOINED, hours=0), step(Event.ESCALATED, Reason.SEVERITY_ROSE))
    joined = claim(outbox)
    assert outbox.next_notification(BOTH, LATER) is None
    fail(outbox, joined, Trouble.MESSAGE_REFUSED, LEASE)
    assert outbox.next_notification(BOTH, LATER) is None
    outbox.mark_sent(claim(outbox, LATER + LEASE), "171.5", "", LATER)
    assert claim(outbox, T0 + timedelta(hours=6)).transition.event is Event.ESCALATED


def test_channels_and_incidents_do_not_wait_for_each_other(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened(), opened(id="latency-1"), channels=BOTH)
    found = [claim(outbox) for _ in range(4)]
    assert [(n.transition.incident.id[:7], n.channel) for n in found] == [
        ("quality", "console"),
        ("quality", "slack"),
        ("latency", "console"),
        ("latency", "slack"),
    ]


def test_the_thread_is_where_the_newest_message_says(history: History, outbox: HistoryOutbox) -> None:
    incident = opened().incident.id
    assert outbox.thread_ref(incident, "slack") is None
    for told, ref, expected in (
        (opened(), "171.5", "171.5"),
        (step(Event.UPDATED, Reason.ALARM_JOINED, hours=0), "", "171.5"),
        (step(Event.RESOLVED, Reason.STAYED_CLEAR, hours=0), "172.5", "172.5"),
    ):
        tell(history, told)
        outbox.mark_sent(claim(outbox), ref, "", LATER)
        assert outbox.thread_ref(incident, "slack") == expected
    assert outbox.thread_ref(incident, "console") is None


def test_workers_at_the_same_time_take_each_notification_once(history: History) -> None:
    tell(history, *(opened(id=f"quality-{number}") for number in range(12)))

    def work(_: int) -> list[str]:
        outbox, taken = history.outbox(), list[str]()
        while (found := outbox.next_notification(BOTH, LATER)) is not None:
            taken.append(found.id)
            fail(outbox, found, Trouble.MESSAGE_REFUSED, timedelta(minutes=15))
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = Counter(key for keys in pool.map(work, range(4)) for key in keys)
    assert len(taken) == 12
    assert set(taken.values()) == {1}


def test_workers_that_fail_at_the_same_time_pause_the_channel_once(history: History) -> None:
    tell(history, *(opened(id=f"quality-{number}") for number in range(4)))

    def work(_: int) -> None:
        outbox = history.outbox()
        if (found := outbox.next_notification(BOTH, LATER)) is not None:
            fail(outbox, found, Trouble.CHANNEL_DOWN, SECOND)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    (waiting,) = history.outbox().undelivered(BOTH)
    assert (waiting.notifications, waiting.error, waiting.retry_at) == (4, "HTTP 503", LATER + SECOND)


@pytest.mark.parametrize("pause", [5 * SECOND, LONGEST_PAUSE], ids=str)
@pytest.mark.parametrize("trouble", [Trouble.MESSAGE_REFUSED, Trouble.CHANNEL_DOWN])
@pytest.mark.parametrize("fraction", [0, 0.000001, 0.7])
def test_a_pause_is_not_cut_to_whole_seconds(
    history: History, outbox: HistoryOutbox, trouble: Trouble, pause: timedelta, fraction: float
) -> None:
    tell(history, opened())
    now = LATER + fraction * SECOND
    fail(outbox, claim(outbox, now), trouble, pause, now)
    for early in (now, now + SECOND / 2, now + pause - SECOND / 1000):
        assert outbox.next_notification(BOTH, early) is None
    claim(outbox, now + pause + SECOND)


def test_a_claim_is_not_cut_to_whole_seconds(history: History, outbox: HistoryOutbox) -> None:
    tell(history, opened())
    now = LATER + 0.7 * SECOND
    claim(outbox, now)
    assert history.outbox().next_notification(BOTH, now + LEASE - SECOND / 1000) is None
    claim(history.outbox(), now + LEASE + SECOND)


def test_daemons_that_start_at_once_introduce_a_channel_once(history: History) -> None:
    tell(history, opened(), channels=("console",))
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: history.outbox().begin(BOTH, LATER), range(4)))
    assert sum(added) == 1
