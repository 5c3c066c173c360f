"""From the outbox to Slack and the console, through everything that goes wrong on the way."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.channels.channel import Channel, Post, Receipt
from alerts.channels.console.channel import ConsoleChannel
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import Event, Reason, State, Transition
from monitor.history import History
from monitor.history.notifications import ClaimLostError
from monitor.history.writing.outbox import LEASE, NEWS
from tests.support.deliveries import FOREVER, Desk
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import T0, clear, opened, step

ESCALATED = step(Event.ESCALATED, Reason.SEVERITY_ROSE, hours=0)
RECOVERING = step(None, Reason.CLEAR_BEGAN, hours=0, state=State.RECOVERING, findings=(clear(),))
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def resolved(hours: int = 0) -> Transition:
    at = T0 + timedelta(hours=hours)
    over = {"state": State.RESOLVED, "findings": (clear(),), "resolved_at": at, "updated_at": at}
    return step(Event.RESOLVED, Reason.STAYED_CLEAR, hours=hours, **over)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@pytest.fixture
def heard() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def desk(slack: FakeSlack, heard: io.StringIO, copied_sqlite: str) -> Iterator[Desk]:
    history = History.open(copied_sqlite)
    channels: dict[str, Channel] = {
        "slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url),
        "console": ConsoleChannel(heard),
    }
    yield Desk(history, copied_sqlite, channels)
    history.close()


def test_an_empty_outbox_is_nothing_to_do(desk: Desk) -> None:
    assert desk.deliverer.deliver_one() is False


def test_a_story_ends_up_as_one_thread(desk: Desk, slack: FakeSlack) -> None:
    for told in (opened(), ESCALATED, resolved()):
        desk.put(told, channels=("slack", "console"))
        desk.work()

    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🟢 RESOLVED")
    assert len(slack.workspace.oncall.replies(root.ts)) == 2
    assert {row["state"] for row in desk.rows()} == {"sent"}


def test_a_change_of_state_that_nobody_is_told_of_keeps_the_message_up_to_date(desk: Desk, slack: FakeSlack) -> None:
    for told in (opened(), RECOVERING):
        desk.put(told)
        desk.work()

    (only,) = slack.workspace.oncall.messages
    assert only.text.startswith("🔵 RECOVERING")


def test_a_failed_try_is_made_again_after_a_growing_pause(desk: Desk, slack: FakeSlack) -> None:
    for _ in range(3):
        slack.break_down()
    desk.put(opened())
    desk.work()

    assert desk.wait(4 * SECOND) == 0
    assert desk.wait(SECOND) == 1
    assert desk.wait(9 * SECOND) == 0
    assert desk.wait(SECOND) == 1
    assert desk.wait(20 * SECOND) == 1
    assert len(slack.workspace.oncall.messages) == 1


def test_a_reply_waits_for_the_message_that_it_answers(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.work()
    slack.no_trouble()
    slack.break_down()
    desk.put(ESCALATED)
    desk.put(step(Event.UPDATED, Reason.ADVICE_CHANGED, hours=0))
    desk.work()
    assert len(slack.workspace.oncall.messages) == 1

    desk.wait(5 * SECOND)
    assert [reply.text.splitlines()[0] for reply in slack.workspace.oncall.messages[1:]] == [
        "🔴 CRITICAL support-bot: escalated",
        "🔴 CRITICAL support-bot: other advice",
    ]


def test_one_channel_in_trouble_does_not_hold_up_another(desk: Desk, slack: FakeSlack, heard: io.StringIO) -> None:
    slack.break_down()
    desk.put(opened(), channels=("slack", "console"))
    desk.work()

    assert [row["state"] for row in desk.rows()] == ["waiting", "sent"]
    assert "CRITICAL" in heard.getvalue()


def test_one_message_that_always_fails_holds_up_no_other(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.put(opened(id="quality-2"))
    slack.break_down()
    desk.work()
    slack.no_trouble()
    slack.break_down()
    desk.wait(5 * SECOND)

    assert [row["state"] for row in desk.rows()] == ["waiting", "sent"]


# ---- asked to wait


def test_slack_is_left_alone_for_as_long_as_it_asks(desk: Desk, slack: FakeSlack) -> None:
    slack.rate_limit(retry_after=90)
    for number in range(3):
        desk.put(opened(id=f"quality-{number}"))
    desk.work()
    assert len(slack.calls) == 0

    assert desk.wait(89 * SECOND) == 0
    desk.put(opened(id="quality-3"))
    assert desk.work() == 0, "a pause is for all that waits, also for what was written during it"
    assert desk.wait(SECOND) == 4


def test_nine_minutes_of_a_rate_limit_cost_no_attempt_and_no_alert(desk: Desk, slack: FakeSlack) -> None:
    for _ in range(25):
        slack.rate_limit(retry_after=1)
    desk.put(opened())
    desk.work()
    desk.wait_through(9 * MINUTE, 20 * SECOND)

    (row,) = desk.rows()
    assert (row["state"], row["attempts"]) == ("sent", 1)
    assert len(slack.workspace.oncall.roots) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 1),
        ("-5", 1),
        ("1e9", 900),
        ("inf", 900),
        ("nan", 30),
        ("soon", 30),
        ("", 30),
        ("2.5", 3),
        ("Fri, 01 May 2026 10:00:09 GMT", 9),
        ("Fri, 01 May 2015 10:00:00 GMT", 1),
        ("Fri, 99 May 2026", 30),  # no such day
    ],
)
def test_what_slack_asks_for_is_kept_within_bounds(desk: Desk, slack: FakeSlack, header: str, seconds: int) -> None:
    slack.answers_at = "Fri, 01 May 2026 10:00:00 GMT"
    slack.rate_limit(retry_after=header)
    desk.put(opened())
    desk.work()

    assert desk.wait((seconds - 1) * SECOND) == 0
    assert desk.wait(SECOND) == 1
    assert desk.rows()[0]["state"] == "sent"


# ---- what only a person can mend


def test_a_bot_that_is_invited_an_hour_later_still_tells(desk: Desk, slack: FakeSlack) -> None:
    slack.workspace.oncall.is_member = False
    desk.put(opened())
    desk.work()
    desk.wait_through(timedelta(hours=1), 5 * MINUTE)
    assert "/invite" in desk.rows()[0]["error"]

    slack.workspace.oncall.is_member = True
    desk.wait(timedelta(minutes=15))
    assert len(slack.workspace.oncall.messages) == 1


@pytest.mark.parametrize("days", [2, 40])
def test_after_weeks_without_a_token_the_first_message_shows_what_is_open(
    desk: Desk, slack: FakeSlack, days: int
) -> None:
    slack.workspace.token = "another"
    desk.put(opened())
    desk.work()
    desk.put(ESCALATED)
    assert desk.wait_through(timedelta(days=days), timedelta(days=days) / 8) == 8
    assert (desk.channel()["trouble"], desk.channel()["failures"]) == ("channel_refuses", 9)

    slack.workspace.token = TOKEN
    desk.wait(timedelta(minutes=15))
    (only,) = slack.workspace.oncall.messages
    assert only.text.startswith("🔴 CRITICAL support-bot: recall of urgent 12%")
    assert [row["state"] for row in desk.rows()] == ["sent", "sent"]
    assert desk.channel()["failing_since"] is None


def test_a_restart_tries_at_once_what_waited_for_a_person(desk: Desk, slack: FakeSlack) -> None:
    slack.workspace.oncall.is_archived = True
    desk.put(opened(), channels=("console", "slack"))
    desk.work()
    desk.wait_through(timedelta(hours=3), timedelta(hours=1))

    slack.workspace.oncall.is_archived = False
    desk.restart()
    assert desk.work() == 1
    assert {row["state"] for row in desk.rows()} == {"sent"}


def test_an_outage_of_a_day_is_no_reason_to_forget(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.channels = {"slack": SlackChannel(TOKEN, "C0ONCALL1", "http://127.0.0.1:9/api/", timeout=1)}
    desk.work()
    desk.wait_through(timedelta(hours=26), timedelta(hours=1))
    assert "connection refused" in desk.rows()[0]["error"]

    desk.channels = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url)}
    desk.wait(timedelta(minutes=5))
    (only,) = slack.workspace.oncall.messages
    assert only.text.startswith("🔴 CRITICAL")


# ---- what was not told while it lasted


def test_an_incident_that_is_over_before_it_could_be_told_is_told_as_one_message_that_says_both(
    desk: Desk, slack: FakeSlack, heard: io.StringIO
) -> None:
    for _ in range(2):
        slack.break_down()
    desk.put(opened(), channels=("slack",))
    desk.work()
    desk.put(ESCALATED)
    desk.put(resolved(hours=30))
    desk.wait(timedelta(hours=30))
    desk.wait(timedelta(minutes=5))

    (only,) = slack.workspace.oncall.messages
    assert only.text.splitlines()[0] == (
        "🟢 RESOLVED support-bot: opened CRITICAL 2026-03-29 06:00 UTC, resolved 2026-03-30 12:00 UTC: "
        "recall of urgent 12%, floor 80%"
    )
    assert "now: recall of urgent is 95%" in only.text
    assert {row["state"] for row in desk.rows()} == {"sent"}
    assert heard.getvalue() == ""


def test_a_console_that_was_behind_says_both_too(desk: Desk, heard: io.StringIO) -> None:
    desk.put(opened(), resolved(hours=2), channels=("console",))
    desk.work()

    assert heard.getvalue().count("support-bot:") == 1
    assert "opened CRITICAL 2026-03-29 06:00 UTC, resolved 2026-03-29 08:00 UTC, not told before" in heard.getvalue()


def test_what_has_been_over_for_a_week_untold_is_no_news(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened(), resolved(hours=1))
    assert desk.wait(timedelta(hours=1) + NEWS + SECOND) == 0

    assert {row["state"] for row in desk.rows()} == {"dead"}
    assert desk.rows()[0]["error"] == "over for more than 7 days before it could be told"
    assert slack.workspace.oncall.messages == []


def test_a_message_that_shows_an_old_state_is_brought_up_to_date_however_late(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.work()
    desk.put(resolved(hours=1))
    desk.wait(timedelta(days=30))

    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🟢 RESOLVED")


def test_what_comes_back_after_it_was_no_news_is_told(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened(), resolved(hours=1))
    desk.wait(timedelta(days=8))
    desk.put(step(Event.REOPENED, Reason.ALARM_RETURNED, hours=200))
    desk.wait(timedelta(days=1))

    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🔴 CRITICAL")


# ---- what Slack does not take as it is


def test_blocks_that_slack_refuses_are_told_in_fewer(desk: Desk, slack: FakeSlack) -> None:
    slack.break_down(200, '{"ok": false, "error": "msg_blocks_too_long"}')
    desk.put(opened())
    desk.work()

    (root,) = slack.workspace.oncall.roots
    assert [block["type"] for block in root.body["blocks"]] == ["header", "section", "section", "context"]
    assert "Roll the prompt back" in root.text
    assert "model m3 stayed the same" not in root.text


def test_blocks_that_slack_refuses_are_told_as_plain_text(desk: Desk, slack: FakeSlack) -> None:
    for _ in range(2):
        slack.break_down(200, '{"ok": false, "error": "invalid_blocks"}')
    desk.put(opened())
    desk.work()

    (root,) = slack.workspace.oncall.roots
    assert not root.body.get("blocks")
    assert "Roll the prompt back" in root.text
    assert "told in a plainer form: Slack refuses the message: invalid_blocks" in desk.rows()[0]["error"]


def test_text_that_slack_refuses_too_is_told_in_one_line(desk: Desk, slack: FakeSlack) -> None:
    for error in ("msg_blocks_too_long", "msg_blocks_too_long", "msg_too_long"):
        slack.break_down(200, f'{{"ok": false, "error": "{error}"}}')
    desk.put(opened())
    desk.work()

    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🔴 CRITICAL support-bot: recall of urgent 12%, floor 80% → roll the prompt back")


def test_a_message_that_slack_will_not_take_in_any_form_is_tried_again_at_a_slow_pace(
    desk: Desk, slack: FakeSlack
) -> None:
    for _ in range(4 * 5):
        slack.break_down(200, '{"ok": false, "error": "invalid_arguments"}')
    desk.put(opened())
    desk.put(opened(id="quality-2"))
    desk.work()
    assert [row["state"] for row in desk.rows()] == ["waiting", "waiting"]
    assert desk.wait_through(timedelta(hours=6), timedelta(minutes=15)) == 5
    assert {row["state"] for row in desk.rows()} == {"sent"}


# ---- channels that come and go


def test_what_is_meant_for_a_channel_that_is_not_configured_waits_until_it_is(desk: Desk, slack: FakeSlack) -> None:
    with_slack, desk.channels = desk.channels, {}
    desk.put(opened())
    assert desk.work() == 0

    desk.channels = with_slack
    desk.restart()
    desk.work()
    assert len(slack.workspace.oncall.roots) == 1


def test_a_channel_that_is_added_hears_of_what_is_open(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened(), channels=("console",))
    over = resolved()
    desk.put(replace(over, incident=replace(over.incident, id="quality-2")), channels=("console",))
    desk.restart()
    desk.restart()
    desk.work()

    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🔴 CRITICAL")


# ---- processes that die


@pytest.mark.parametrize("told", [opened(), ESCALATED])
def test_a_worker_killed_between_sending_and_keeping_that_it_was_sent_does_not_tell_twice(
    desk: Desk, slack: FakeSlack, told: Transition
) -> None:
    desk.put(opened())
    if told is ESCALATED:
        desk.work()
        desk.put(told)
    claimed = desk.outbox.next_notification(["slack"], desk.now)
    assert claimed is not None
    thread = desk.outbox.thread_ref(claimed.transition.incident.id, "slack")
    desk.channels["slack"].send(Post(claimed.id, claimed.transition, thread, first=claimed.first))  # then it dies
    before = len(slack.workspace.oncall.messages)

    assert desk.wait(LEASE - SECOND) == 0
    assert desk.wait(SECOND) == 1
    assert len(slack.workspace.oncall.messages) == before
    assert desk.rows()[-1]["state"] == "sent"


def test_a_lost_answer_does_not_tell_twice(desk: Desk, slack: FakeSlack) -> None:
    slack.drop(obeyed=True)
    desk.put(opened())
    desk.work()
    desk.wait(5 * SECOND)

    assert len(slack.workspace.oncall.messages) == 1
    assert desk.rows()[0]["state"] == "sent"


def test_a_lost_answer_does_not_tell_twice_where_the_channel_has_a_name(desk: Desk, slack: FakeSlack) -> None:
    desk.channels = {"slack": SlackChannel(TOKEN, "#chatbot-oncall", slack.url)}
    desk.put(opened())
    desk.work()  # Slack answers with the channel's id
    slack.drop(obeyed=True)
    desk.put(opened(id="quality-2"))
    desk.work()
    desk.restart()
    desk.wait(5 * SECOND)

    assert len(slack.workspace.oncall.messages) == 2
    assert {row["state"] for row in desk.rows()} == {"sent"}


def test_what_slack_takes_after_we_gave_up_waiting_is_found_before_the_next_try(desk: Desk, slack: FakeSlack) -> None:
    desk.channels = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url, timeout=0.2)}
    slack.stall(0.5, obeyed=True)
    desk.put(opened())
    desk.work()
    assert "time-out" in desk.rows()[0]["error"]
    desk.wait(5 * SECOND)

    assert len(slack.workspace.oncall.messages) == 1
    assert desk.rows()[0]["state"] == "sent"


def test_a_worker_whose_claim_ran_out_sends_nothing_more(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened())
    slow = desk.outbox.next_notification(["slack"], desk.now)
    assert slow is not None
    other = Desk(desk.history, desk.url, desk.channels, desk.now + LEASE)
    assert other.work() == 1

    with pytest.raises(ClaimLostError):
        desk.outbox.keep_claim(slow, other.now)
    with pytest.raises(ClaimLostError):
        desk.outbox.mark_sent(slow, "C/1", "", other.now)
    assert len(slack.workspace.oncall.messages) == 1


def test_a_claim_that_is_lost_under_way_ends_the_try_before_the_next_request(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.work()
    desk.put(ESCALATED)

    class Overtaken:
        """Slack, where another daemon takes over between two requests."""

        def __init__(self, channel: SlackChannel) -> None:
            self.channel = channel

        def send(self, post: Post) -> Receipt:
            desk.now += LEASE
            other = Desk(desk.history, desk.url, {"slack": self.channel}, desk.now)
            assert other.work() == 1
            return self.channel.send(post)

    real = desk.channels["slack"]
    assert isinstance(real, SlackChannel)
    desk.channels = {"slack": Overtaken(real)}
    assert desk.deliverer.deliver_one()
    assert len(slack.workspace.oncall.messages) == 2


def test_a_channel_that_crashes_is_a_fault_that_is_kept_and_tried_again(desk: Desk) -> None:
    class Crashing:
        def send(self, post: Post) -> Receipt:
            raise ZeroDivisionError(post.id)

    desk.channels = {"slack": Crashing()}
    desk.put(opened())
    desk.work()

    assert desk.rows()[0]["error"] == "a fault of tunewatch, see its log: ZeroDivisionError"
    assert desk.rows()[0]["state"] == "waiting"


def test_delivery_stops_when_its_time_is_up(desk: Desk) -> None:
    desk.put(opened())

    assert desk.deliverer.deliver_all(until=T0) == 0
    assert FOREVER > T0


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=400)])
def test_a_clock_that_is_set_back_does_not_stop_delivery(desk: Desk, slack: FakeSlack, back: timedelta) -> None:
    slack.break_down()
    desk.now += back
    desk.put(opened())
    desk.work()
    desk.now -= back

    assert desk.work() == 1
    assert len(slack.workspace.oncall.roots) == 1


def test_what_was_not_told_of_open_incidents_is_listed_with_its_reason(desk: Desk, slack: FakeSlack) -> None:
    slack.workspace.token = "another"
    assert desk.outbox.undelivered(["slack", "console"]) == ()
    desk.put(opened(), channels=("slack", "console"))
    desk.put(ESCALATED)
    desk.work()

    (waiting,) = desk.outbox.undelivered(["slack", "console"])
    assert (waiting.channel, waiting.notifications, waiting.oldest) == ("slack", 2, T0)
    assert "check slack.token" in waiting.error
    assert waiting.retry_at == T0 + 45 * SECOND
    assert desk.outbox.undelivered(["console"]) == ()

    desk.put(resolved(hours=1))
    assert desk.outbox.undelivered(["slack"]) == ()


def test_times_of_tries_are_those_of_the_clock_given(desk: Desk) -> None:
    desk.put(opened(), channels=("console",))
    desk.wait(timedelta(minutes=7))

    assert datetime.fromisoformat(desk.rows()[0]["sent_at"]) == (T0 + timedelta(minutes=7)).replace(tzinfo=None)
