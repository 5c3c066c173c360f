"""The Slack channel against a real HTTP server that plays Slack."""

import json
import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from alerts.channels.channel import ChannelError, Post
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import Event, Reason, State, Transition
from checks.rules.finding import Verdict
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import clear, finding, opened, step

ESCALATED = step(Event.ESCALATED, Reason.SEVERITY_ROSE)
RESOLVED = step(Event.RESOLVED, Reason.STAYED_CLEAR, hours=48, state=State.RESOLVED, findings=(clear(),))


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@pytest.fixture
def channel(slack: FakeSlack) -> SlackChannel:
    return SlackChannel(TOKEN, "C0ONCALL1", slack.url, timeout=5)


def fail(channel: SlackChannel, post: Post) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        channel.send(post)
    return failure.value


def methods(slack: FakeSlack) -> list[str]:
    return [call.method for call in slack.calls]


def test_an_incident_is_one_message_kept_up_to_date_and_a_thread(slack: FakeSlack, channel: SlackChannel) -> None:
    warning = opened(finding(verdict=Verdict.WARNING))
    ref = channel.send(Post("1", warning)).ref
    assert channel.send(Post("2", ESCALATED, ref)).ref == ref
    channel.send(Post("3", step(None, Reason.CLEAR_BEGAN, state=State.RECOVERING, findings=(clear(),)), ref))
    assert "RECOVERING" in slack.workspace.oncall.roots[0].text
    channel.send(Post("4", RESOLVED, ref))

    (root,) = slack.workspace.oncall.roots
    replies = slack.workspace.oncall.replies(root.ts)
    assert root.text.startswith("🟢 RESOLVED support-bot: recall of urgent 95%")
    assert [reply.text.splitlines()[0] for reply in replies] == [
        "🔴 CRITICAL support-bot: escalated",
        "🟢 RESOLVED support-bot: every finding stayed clear",
    ]


@pytest.mark.parametrize(
    ("told", "broadcast"),
    [
        (ESCALATED, True),
        (step(Event.REOPENED, Reason.ALARM_RETURNED), True),
        (step(Event.UPDATED, Reason.ADVICE_CHANGED), True),
        (replace(step(Event.UPDATED, Reason.ALARM_JOINED), advises_anew=True), True),
        (step(Event.UPDATED, Reason.ALARM_JOINED), False),
        (RESOLVED, False),
    ],
)
def test_what_gets_worse_or_is_advised_anew_is_said_in_the_channel_too(
    slack: FakeSlack, channel: SlackChannel, told: Transition, *, broadcast: bool
) -> None:
    ref = channel.send(Post("1", opened())).ref
    channel.send(Post("2", told, ref))

    assert slack.workspace.oncall.messages[-1].broadcast is broadcast


def test_the_channel_may_be_named(slack: FakeSlack) -> None:
    by_name = SlackChannel(TOKEN, "#chatbot-oncall", slack.url, timeout=5)
    ref = by_name.send(Post("1", opened())).ref
    by_name.send(Post("2", ESCALATED, ref))

    assert len(slack.workspace.oncall.messages) == 2


def test_a_root_that_a_person_deleted_is_posted_anew(slack: FakeSlack, channel: SlackChannel) -> None:
    ref = channel.send(Post("1", opened())).ref
    slack.workspace.delete(slack.workspace.oncall.roots[0])
    new = channel.send(Post("2", ESCALATED, ref)).ref

    assert new != ref
    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🔴 CRITICAL support-bot: recall of urgent 12%")
    assert channel.send(Post("3", RESOLVED, new)).ref == new


def test_a_channel_that_is_gone_gives_way_to_the_one_that_is_configured_now(
    slack: FakeSlack, channel: SlackChannel
) -> None:
    ref = channel.send(Post("2", ESCALATED, "C0FORMER1/1700000000.000100")).ref

    assert ref == f"C0ONCALL1/{slack.workspace.oncall.roots[0].ts}"


def test_a_workspace_that_allows_no_edits_still_hears_the_news(slack: FakeSlack, channel: SlackChannel) -> None:
    ref = channel.send(Post("1", opened())).ref
    slack.workspace.allows_edits = False

    assert channel.send(Post("2", ESCALATED, ref)).ref == ref
    assert len(slack.workspace.oncall.messages) == 2


def test_a_first_message_that_cannot_be_updated_just_now_puts_the_news_off(
    slack: FakeSlack, channel: SlackChannel
) -> None:
    ref = channel.send(Post("1", opened())).ref
    slack.rate_limit(retry_after=3)

    assert fail(channel, Post("2", ESCALATED, ref)).retry_after == 3.0
    assert len(slack.workspace.oncall.messages) == 1


def test_a_look_that_fails_is_no_licence_to_tell_twice(slack: FakeSlack, channel: SlackChannel) -> None:
    channel.send(Post("1", opened()))
    slack.break_down()

    assert not fail(channel, Post("1", opened(), maybe_sent=True)).permanent
    assert len(slack.workspace.oncall.messages) == 1


def test_a_refusal_that_nobody_here_knows_is_worth_another_try(slack: FakeSlack, channel: SlackChannel) -> None:
    slack.break_down(200, '{"ok": false, "error": "new_kind_of_trouble"}')
    error = fail(channel, Post("1", opened()))

    assert (str(error), error.permanent) == ("Slack says new_kind_of_trouble", False)


def test_a_message_that_slack_takes_in_no_form_is_a_fault_of_tunewatch(slack: FakeSlack, channel: SlackChannel) -> None:
    for _ in range(4):
        slack.break_down(200, '{"ok": false, "error": "invalid_blocks"}')
    error = fail(channel, Post("1", opened()))

    assert (error.permanent, error.fixable) == (True, False)
    assert "fault of tunewatch" in str(error)


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "metadata_too_large", "no_text"])
def test_blocks_that_slack_refuses_become_text_in_the_first_message_and_in_replies(
    slack: FakeSlack, channel: SlackChannel, code: str
) -> None:
    refused = json.dumps({"ok": False, "error": code})
    ref = channel.send(Post("1", opened())).ref
    for _ in range(2):
        slack.break_down(200, refused)
    slack.no_trouble()
    for _ in range(2):
        slack.break_down(200, refused)
    receipt = channel.send(Post("2", ESCALATED, ref))

    assert receipt.ref == ref
    assert code in receipt.note
    assert [message.body.get("blocks") for message in slack.workspace.oncall.messages] == [[], []]
    assert "recall of urgent is 12%" in slack.workspace.oncall.messages[1].text


def test_an_event_without_a_first_message_gets_one(slack: FakeSlack, channel: SlackChannel) -> None:
    ref = channel.send(Post("9", ESCALATED)).ref

    assert ref.endswith(slack.workspace.oncall.roots[0].ts)


def test_a_post_whose_answer_was_lost_is_not_posted_twice(slack: FakeSlack, channel: SlackChannel) -> None:
    slack.drop(obeyed=True)
    error = fail(channel, Post("1", opened()))
    assert not error.permanent

    ref = channel.send(Post("1", opened(), maybe_sent=True)).ref
    (root,) = slack.workspace.oncall.messages
    assert ref == f"C0ONCALL1/{root.ts}"


def test_a_reply_whose_answer_was_lost_is_not_posted_twice(slack: FakeSlack, channel: SlackChannel) -> None:
    ref = channel.send(Post("1", opened())).ref
    slack.no_trouble()
    slack.drop(obeyed=True)
    fail(channel, Post("2", ESCALATED, ref))
    channel.send(Post("2", ESCALATED, ref, maybe_sent=True))

    assert len(slack.workspace.oncall.messages) == 2


def test_a_reply_that_did_not_arrive_is_posted_on_the_next_try(slack: FakeSlack, channel: SlackChannel) -> None:
    ref = channel.send(Post("1", opened())).ref
    slack.no_trouble()
    slack.drop(obeyed=False)
    fail(channel, Post("2", ESCALATED, ref))
    channel.send(Post("2", ESCALATED, ref, maybe_sent=True))

    assert len(slack.workspace.oncall.messages) == 2


def test_a_lost_answer_is_found_behind_hundreds_of_other_messages(slack: FakeSlack, channel: SlackChannel) -> None:
    channel.send(Post("1", opened()))
    for number in range(450):
        slack.workspace.post({"channel": "C0ONCALL1", "text": f"small talk {number}"})
    channel.send(Post("1", opened(), maybe_sent=True))

    assert methods(slack) == ["chat.postMessage", *["conversations.history"] * 3, "chat.update"]


def test_an_app_that_may_not_read_sends_again_rather_than_not_at_all(slack: FakeSlack, channel: SlackChannel) -> None:
    slack.workspace.scopes = frozenset({"chat:write"})
    slack.drop(obeyed=True)
    fail(channel, Post("1", opened()))
    channel.send(Post("1", opened(), maybe_sent=True))

    assert len(slack.workspace.oncall.roots) == 2


def test_another_incident_is_never_taken_for_this_one(slack: FakeSlack, channel: SlackChannel) -> None:
    channel.send(Post("1", opened()))
    channel.send(Post("2", opened(finding("latency", "p95", value=2900.0)), maybe_sent=True))

    assert len(slack.workspace.oncall.roots) == 2


def test_a_rate_limit_says_how_long_to_wait(slack: FakeSlack, channel: SlackChannel) -> None:
    slack.rate_limit(retry_after=17)
    error = fail(channel, Post("1", opened()))

    assert (error.permanent, error.retry_after) == (False, 17.0)


@pytest.mark.parametrize(("status", "body"), [(500, ""), (502, "<html>Bad Gateway</html>"), (503, '{"ok": false}')])
def test_a_broken_server_is_worth_another_try(slack: FakeSlack, channel: SlackChannel, status: int, body: str) -> None:
    slack.break_down(status, body)
    error = fail(channel, Post("1", opened()))

    assert not error.permanent
    assert "html" not in str(error)


@pytest.mark.parametrize("body", ["[1, 2]", "null", '"ok"', '{"ok": true}', "<html>log in</html>"])
def test_an_answer_that_is_not_slacks_is_worth_another_try(slack: FakeSlack, channel: SlackChannel, body: str) -> None:
    slack.break_down(200, body)
    error = fail(channel, Post("1", opened()))

    assert (error.permanent, "is not Slack's" in str(error)) == (False, True)


@pytest.mark.parametrize("token", ["xoxb-1\n2", "xoxb-1\r2", "xoxb-\u20282"])
def test_a_token_with_a_character_that_no_token_has_is_named(slack: FakeSlack, token: str) -> None:
    error = fail(SlackChannel(token, "C0ONCALL1", slack.url), Post("1", opened()))

    assert (error.permanent, error.fixable) == (True, True)
    assert "slack.token has a character that no token has" in str(error)
    assert token not in str(error)


def test_why_there_was_no_answer_is_said(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(url: str, timeout: float = 5) -> str:
        return str(fail(SlackChannel(TOKEN, "C0ONCALL1", url, timeout), Post("1", opened())))

    assert "DNS" in said("http://nowhere.invalid/api/")
    assert "connection refused" in said("http://127.0.0.1:9/api/")
    assert "TLS" in said(slack.url.replace("http:", "https:"))
    slack.drop(obeyed=False)
    assert "closed before it answered" in said(slack.url)
    slack.stall(0.4, obeyed=False)
    assert "time-out" in said(slack.url, 0.1)
    monkeypatch.setenv("https_proxy", slack.url)
    assert "proxy" in said("https://slack.invalid/api/")


def test_a_slow_server_is_worth_another_try(slack: FakeSlack) -> None:
    slack.stall(0.4, obeyed=False)
    error = fail(SlackChannel(TOKEN, "C0ONCALL1", slack.url, timeout=0.1), Post("1", opened()))

    assert not error.permanent


def test_nobody_at_home_is_worth_another_try() -> None:
    with FakeSlack() as gone:
        url = gone.url
    error = fail(SlackChannel(TOKEN, "C0ONCALL1", url, timeout=1), Post("1", opened()))

    assert (error.permanent, error.is_untaken) == (False, True)
    assert "no answer from Slack" in str(error)


def test_a_call_is_made_once(slack: FakeSlack, channel: SlackChannel) -> None:
    slack.drop(obeyed=True)
    fail(channel, Post("1", opened()))

    assert len(slack.calls) == 1


def test_a_channel_without_the_bot_names_the_cure(slack: FakeSlack, channel: SlackChannel) -> None:
    slack.workspace.oncall.is_member = False
    error = fail(channel, Post("1", opened()))

    assert error.permanent
    assert error.fixable
    assert "/invite" in str(error)


def test_an_unknown_channel_names_the_setting(slack: FakeSlack) -> None:
    error = fail(SlackChannel(TOKEN, "#chatbot-onkall", slack.url), Post("1", opened()))

    assert error.permanent
    assert "slack.channel" in str(error)


def test_the_token_is_in_no_error_and_no_log(
    slack: FakeSlack, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "xoxb-0123456789-very-secret"
    channel = SlackChannel(secret, "C0ONCALL1", slack.url)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
        error = fail(channel, Post("1", opened()))
        slack.drop(obeyed=False)
        dropped = fail(channel, Post("1", opened()))
    shown = "".join(traceback.format_exception(error) + traceback.format_exception(dropped))
    output = capfd.readouterr()

    assert "slack.token" in str(error)
    assert error.__context__ is None
    for text in (shown, repr(error.__dict__), repr(channel), caplog.text, output.out, output.err):
        assert secret not in text
        assert "urgent" not in caplog.text


def test_a_check_of_the_token_says_whose_it_is(slack: FakeSlack, channel: SlackChannel) -> None:
    assert channel.check() == "tunewatch in Acme"
    with pytest.raises(ChannelError, match=r"invalid_auth: check slack\.token"):
        SlackChannel("xoxb-wrong", "C0ONCALL1", slack.url).check()
