"""Every notification is delivered, by one worker at a time, and in its turn."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from alerts.incident import Event, Reason, Transition
from monitor.history import CycleRecord, History
from monitor.history.outbox import CLAIM
from monitor.outbox import Notification, Outbox
from tests.support.incidents import T0, opened, step

SECOND = timedelta(seconds=1)
LATER = T0 + timedelta(hours=1)


def tell(history: History, *transitions: Transition, channels: tuple[str, ...] = ("slack",)) -> None:
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, (), (), transitions, channels))


def claim(history: History, now: object = LATER) -> Notification:
    found = history.next_notification(now)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_history_is_an_outbox(history: History) -> None:
    outbox: Outbox = history
    assert outbox.next_notification(T0) is None


def test_a_notification_carries_the_step_as_it_was_then(history: History) -> None:
    told = opened()
    tell(history, told, step(None, Reason.REFRESHED, acknowledged_by="ann"))
    found = claim(history, T0)
    assert (found.channel, found.transition, found.created_at, found.attempts) == ("slack", told, T0, 0)
    assert not found.interrupted


def test_a_claimed_notification_is_nobody_elses(history: History) -> None:
    tell(history, opened())
    claim(history)
    assert history.next_notification(LATER) is None


def test_a_claim_runs_out_when_its_worker_died(history: History) -> None:
    tell(history, opened())
    first = claim(history)
    assert history.next_notification(LATER + CLAIM - SECOND) is None
    second = claim(history, LATER + CLAIM)
    assert (second.id, second.attempts, second.interrupted) == (first.id, 1, True)


def test_what_was_sent_is_not_sent_again(history: History) -> None:
    tell(history, opened())
    history.mark_sent(claim(history).id, "171.5", LATER)
    assert history.next_notification(LATER + CLAIM) is None


def test_a_failure_is_tried_again_when_it_is_time(history: History) -> None:
    tell(history, opened())
    first = claim(history)
    history.mark_failed(first.id, "HTTP 503", LATER + 5 * SECOND, LATER)
    assert history.next_notification(LATER + 4 * SECOND) is None
    again = claim(history, LATER + 5 * SECOND)
    assert (again.id, again.attempts, again.interrupted) == (first.id, 1, False)


def test_a_permanent_failure_is_given_up(history: History) -> None:
    tell(history, opened())
    history.mark_failed(claim(history).id, "channel_not_found", None, LATER)
    assert history.next_notification(LATER + timedelta(days=9)) is None


def test_a_later_step_waits_for_the_one_before(history: History) -> None:
    tell(history, opened(), step(Event.UPDATED, Reason.ALARM_JOINED, hours=0))
    first = claim(history)
    assert history.next_notification(LATER) is None
    history.mark_failed(first.id, "HTTP 503", LATER + CLAIM, LATER)
    assert history.next_notification(LATER) is None
    history.mark_sent(claim(history, LATER + CLAIM).id, "171.5", LATER)
    assert claim(history).transition.event is Event.UPDATED


def test_a_later_step_does_not_wait_for_a_dead_one(history: History) -> None:
    tell(history, opened(), step(Event.UPDATED, Reason.ALARM_JOINED, hours=0))
    history.mark_failed(claim(history).id, "message too long", None, LATER)
    assert claim(history).transition.event is Event.UPDATED


def test_channels_and_incidents_do_not_wait_for_each_other(history: History) -> None:
    tell(history, opened(), opened(id="latency-1"), channels=("console", "slack"))
    found = [claim(history) for _ in range(4)]
    assert [(n.transition.incident.id[:7], n.channel) for n in found] == [
        ("quality", "console"),
        ("quality", "slack"),
        ("latency", "console"),
        ("latency", "slack"),
    ]


def test_the_thread_is_where_the_newest_message_says(history: History) -> None:
    tell(
        history,
        opened(),
        step(Event.UPDATED, Reason.ALARM_JOINED, hours=0),
        step(Event.RESOLVED, Reason.STAYED_CLEAR, hours=0),
    )
    incident = opened().incident.id
    assert history.thread_ref(incident, "slack") is None
    for ref, expected in (("171.5", "171.5"), ("", "171.5"), ("172.5", "172.5")):
        history.mark_sent(claim(history).id, ref, LATER)
        assert history.thread_ref(incident, "slack") == expected
    assert history.thread_ref(incident, "console") is None


def test_workers_at_the_same_time_take_each_notification_once(history: History) -> None:
    tell(history, *(opened(id=f"quality-{number}") for number in range(12)))

    def work(_: int) -> list[str]:
        taken: list[str] = []
        while (found := history.next_notification(LATER)) is not None:
            taken.append(found.id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = Counter(key for keys in pool.map(work, range(4)) for key in keys)
    assert len(taken) == 12
    assert set(taken.values()) == {1}
