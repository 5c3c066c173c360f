"""From the outbox to Slack and the console, through everything that goes wrong on the way."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from alerts.channels.channel import Channel, ChannelError, Post, Receipt
from alerts.channels.console import ConsoleChannel
from alerts.channels.slack import SlackChannel
from alerts.incident import Event, Reason, State
from monitor.delivery import MAX_AGE, MAX_ATTEMPTS, Fate, deliver_all, deliver_one, plan
from monitor.outbox import Notification
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import T0, clear, opened, step
from tests.support.memory_outbox import CLAIM, MemoryOutbox

ESCALATED = step(Event.ESCALATED, Reason.SEVERITY_ROSE, hours=0)
RESOLVED = step(Event.RESOLVED, Reason.STAYED_CLEAR, hours=0, state=State.RESOLVED, findings=(clear(),))
SECOND = timedelta(seconds=1)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@dataclass
class Desk:
    """The worker with its outbox and a clock that is turned by hand."""

    channels: Mapping[str, Channel]
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    now: datetime = T0

    def work(self) -> int:
        return deliver_all(self.outbox, self.channels, lambda: self.now, T0 + timedelta(days=99))

    def wait(self, span: timedelta) -> int:
        self.now += span
        return self.work()


@pytest.fixture
def desk(slack: FakeSlack) -> Desk:
    return Desk({"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url), "console": ConsoleChannel(io.StringIO())})


def test_an_empty_outbox_is_nothing_to_do(desk: Desk) -> None:
    assert deliver_one(desk.outbox, desk.channels, T0) is False


def test_a_story_ends_up_as_one_thread(desk: Desk, slack: FakeSlack) -> None:
    for told in (opened(), ESCALATED, RESOLVED):
        desk.outbox.put(told, "slack", "console")

    assert desk.work() == 6
    (root,) = slack.workspace.oncall.roots
    assert len(slack.workspace.oncall.replies(root.ts)) == 2
    assert all(row.sent_at == T0 for row in desk.outbox.rows)


def test_a_change_of_state_that_nobody_is_told_of_keeps_the_message_up_to_date(desk: Desk, slack: FakeSlack) -> None:
    desk.outbox.put(opened(), "slack")
    desk.outbox.put(step(None, Reason.CLEAR_BEGAN, hours=0, state=State.RECOVERING, findings=(clear(),)), "slack")
    desk.work()

    (only,) = slack.workspace.oncall.messages
    assert only.text.startswith("🔵 RECOVERING")


def test_a_failed_try_is_made_again_after_a_growing_pause(desk: Desk, slack: FakeSlack) -> None:
    for _ in range(3):
        slack.break_down()
    desk.outbox.put(opened(), "slack")
    desk.work()

    assert desk.wait(4 * SECOND) == 0
    assert desk.wait(SECOND) == 1
    assert desk.wait(9 * SECOND) == 0
    assert desk.wait(SECOND) == 1
    assert desk.wait(20 * SECOND) == 1
    assert len(slack.workspace.oncall.messages) == 1


def test_a_reply_waits_for_the_message_that_it_answers(desk: Desk, slack: FakeSlack) -> None:
    slack.break_down()
    desk.outbox.put(opened(), "slack")
    desk.outbox.put(ESCALATED, "slack")
    desk.work()
    assert slack.workspace.oncall.messages == []

    desk.wait(5 * SECOND)
    assert [message.thread_ts is None for message in slack.workspace.oncall.messages] == [True, False]


def test_one_channel_in_trouble_does_not_hold_up_another(desk: Desk, slack: FakeSlack) -> None:
    slack.break_down()
    desk.outbox.put(opened(), "slack", "console")
    desk.work()

    assert [row.sent_at is not None for row in desk.outbox.rows] == [False, True]


def test_slack_is_left_alone_for_as_long_as_it_asks(desk: Desk, slack: FakeSlack) -> None:
    slack.rate_limit(retry_after=90)
    desk.outbox.put(opened(), "slack")
    desk.work()

    assert desk.wait(89 * SECOND) == 0
    assert desk.wait(SECOND) == 1
    assert desk.outbox.rows[0].sent_at == desk.now


def test_a_bot_that_is_invited_an_hour_later_still_tells(desk: Desk, slack: FakeSlack) -> None:
    slack.workspace.oncall.is_member = False
    desk.outbox.put(opened(), "slack")
    desk.work()
    desk.wait(timedelta(minutes=30))
    assert "/invite" in desk.outbox.rows[0].error

    slack.workspace.oncall.is_member = True
    desk.wait(timedelta(minutes=30))
    assert len(slack.workspace.oncall.messages) == 1


def test_a_channel_that_stays_deaf_is_given_up_on_after_a_day_with_the_error_kept(desk: Desk, slack: FakeSlack) -> None:
    slack.workspace.token = "another"
    desk.outbox.put(opened(), "slack")
    desk.work()
    for _ in range(24 * 4):
        desk.wait(timedelta(minutes=15))

    assert desk.outbox.rows[0].dead
    assert desk.outbox.rows[0].error.startswith("too_old: Slack says invalid_auth: check slack.token")
    assert desk.wait(timedelta(days=1)) == 0


def test_an_event_after_a_dead_one_still_gets_a_first_message(desk: Desk, slack: FakeSlack) -> None:
    desk.outbox.put(opened(), "slack")
    desk.outbox.rows[0].dead = True
    desk.outbox.put(ESCALATED, "slack")
    desk.work()

    assert len(slack.workspace.oncall.roots) == 1


def test_a_channel_that_is_not_configured_is_dead_with_the_reason(desk: Desk) -> None:
    desk.outbox.put(opened(), "pager")
    desk.work()

    assert desk.outbox.rows[0].dead
    assert desk.outbox.rows[0].error == "no_such_channel: there is no channel 'pager' in the configuration"


@pytest.mark.parametrize("told", [opened(), ESCALATED])
def test_a_worker_killed_between_sending_and_keeping_that_it_was_sent_does_not_tell_twice(
    desk: Desk, slack: FakeSlack, told: object
) -> None:
    if told is ESCALATED:
        desk.outbox.put(opened(), "slack")
        desk.work()
    desk.outbox.put(told, "slack")  # type: ignore[arg-type]
    claimed = desk.outbox.next_notification(desk.now)
    assert claimed is not None
    thread = desk.outbox.thread_ref(claimed.transition.incident.id, "slack")
    desk.channels["slack"].send(Post(claimed.id, claimed.transition, thread))  # and then the process dies
    before = len(slack.workspace.oncall.messages)

    assert desk.wait(CLAIM - SECOND) == 0
    assert desk.wait(SECOND) == 1
    assert len(slack.workspace.oncall.messages) == before
    assert desk.outbox.rows[-1].sent_at == desk.now


def test_a_lost_answer_does_not_tell_twice(desk: Desk, slack: FakeSlack) -> None:
    slack.drop(obeyed=True)
    desk.outbox.put(opened(), "slack")
    desk.work()
    desk.wait(5 * SECOND)

    assert len(slack.workspace.oncall.messages) == 1
    assert desk.outbox.rows[0].sent_at == desk.now


def test_a_channel_that_crashes_is_a_fault_that_is_kept_and_tried_again(desk: Desk) -> None:
    class Crashing:
        def send(self, post: Post) -> Receipt:
            raise ZeroDivisionError(post.id)

    desk.channels = {"slack": Crashing()}
    desk.outbox.put(opened(), "slack")
    desk.work()

    assert desk.outbox.rows[0].error == "a fault of tunewatch, see its log: ZeroDivisionError"
    assert not desk.outbox.rows[0].dead


def test_delivery_stops_when_its_time_is_up(desk: Desk) -> None:
    desk.outbox.put(opened(), "slack")

    assert deliver_all(desk.outbox, desk.channels, lambda: T0, until=T0) == 0


@pytest.mark.parametrize(
    ("attempts", "error", "fate", "seconds"),
    [
        # doubling from five seconds to half an hour
        (0, ChannelError("down", permanent=False), Fate.AGAIN, 5),
        (3, ChannelError("down", permanent=False), Fate.AGAIN, 40),
        (9, ChannelError("down", permanent=False), Fate.AGAIN, 1800),
        (60, ChannelError("down", permanent=False), Fate.AGAIN, 1800),
        # the channel's own word comes first, longer or shorter
        (0, ChannelError("wait", permanent=False, retry_after=300), Fate.AGAIN, 300),
        (9, ChannelError("wait", permanent=False, retry_after=1), Fate.AGAIN, 1),
        # a person can mend it
        (0, ChannelError("token", permanent=True, fixable=True), Fate.AGAIN, 900),
        # nobody can
        (0, ChannelError("blocks", permanent=True), Fate.REFUSED, None),
        # enough is enough
        (MAX_ATTEMPTS - 1, ChannelError("down", permanent=False), Fate.TOO_MANY_TRIES, None),
        (4, ChannelError("wait", permanent=False, retry_after=86_401), Fate.TOO_OLD, None),
        # an old one gets a few tries all the same
        (3, ChannelError("wait", permanent=False, retry_after=86_401), Fate.AGAIN, 86_401),
    ],
)
def test_the_schedule(attempts: int, error: ChannelError, fate: Fate, seconds: int | None) -> None:
    notification = Notification("1", "slack", opened(), T0, attempts)

    planned = plan(notification, error, T0)
    assert planned.fate is fate
    assert planned.retry_at == (T0 + timedelta(seconds=seconds) if seconds is not None else None)


def test_a_day_of_tries_fits_into_the_bound() -> None:
    now, tries, down = T0, 0, ChannelError("down", permanent=False)
    planned = plan(Notification("1", "slack", opened(), T0), down, now)
    while planned.retry_at is not None:
        now, tries = planned.retry_at, tries + 1
        planned = plan(Notification("1", "slack", opened(), T0, tries), down, now)

    assert planned.fate is Fate.TOO_OLD
    assert now - T0 > MAX_AGE - timedelta(hours=1)
