"""Slack's incoming webhook: what Slack answers, and what is said where nothing can be looked up."""

import json
from collections.abc import Iterator

import pytest

from alerts.channels.channel import ChannelError, Post
from alerts.channels.slack.payload import forms
from alerts.channels.slack_webhook.channel import SlackWebhookChannel
from alerts.channels.standalone import IN_DOUBT
from alerts.incident import Event, Reason
from alerts.messages.message import root_message
from tests.support import webhook_rules
from tests.support.incidents import opened, step
from tests.support.receiver import Receiver, Reply

HEADLINE = "🔴 CRITICAL support-bot: recall of urgent 12%, floor 80% → roll the prompt back to the version before"


@pytest.fixture
def slack() -> Iterator[Receiver]:
    with Receiver(webhook_rules.slack_webhook) as server:
        yield server


@pytest.fixture
def channel(slack: Receiver) -> SlackWebhookChannel:
    return SlackWebhookChannel(slack.url, timeout=5)


def fail(channel: SlackWebhookChannel) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        channel.send(Post("1", opened()))
    return failure.value


def bodies(slack: Receiver) -> list[dict[str, str]]:
    return [json.loads(call.body) for call in slack.taken]


def test_each_step_is_a_message_that_begins_with_what_happened(slack: Receiver, channel: SlackWebhookChannel) -> None:
    channel.send(Post("1", opened(), first=True))
    channel.send(Post("2", step(Event.ESCALATED, Reason.SEVERITY_ROSE)))

    assert [body["text"].splitlines()[0][:60] for body in bodies(slack)] == [
        "🔴 CRITICAL support-bot: recall of urgent 12%, floor 80% → ro",
        "🔴 CRITICAL support-bot: escalated: recall of urgent is 12% (",
    ]


def test_what_may_be_there_already_says_so(slack: Receiver, channel: SlackWebhookChannel) -> None:
    slack.drop(obeyed=True)
    fail(channel)
    channel.send(Post("1", opened(), maybe_sent=True))
    first, second = slack.heard().split("\n")

    assert IN_DOUBT not in first
    assert IN_DOUBT in second


@pytest.mark.parametrize(
    ("status", "word"),
    [(403, "invalid_token"), (403, "action_prohibited"), (404, "no_service"), (410, "channel_is_archived")],
)
def test_what_lasts_says_what_to_do(slack: Receiver, channel: SlackWebhookChannel, status: int, word: str) -> None:
    slack.answer(status, word)
    error = fail(channel)

    assert (error.permanent, error.fixable) == (True, True)
    assert f"Slack says {word}: " in str(error)
    assert "slack_webhook.url" in str(error)


def test_blocks_that_slack_refuses_become_text_and_then_a_line(slack: Receiver, channel: SlackWebhookChannel) -> None:
    for _ in forms(root_message(opened()))[2:]:
        slack.answer(400, "invalid_blocks")
    slack.answer(400, "msg_too_long")
    receipt = channel.send(Post("1", opened()))

    assert bodies(slack) == [
        {
            "text": HEADLINE,
            "blocks": [],
            "unfurl_links": False,
            "unfurl_media": False,
        }
    ]
    assert "msg_too_long" in receipt.note


def test_a_message_that_slack_takes_in_no_form_is_refused(slack: Receiver, channel: SlackWebhookChannel) -> None:
    for _ in range(4):
        slack.answer(400, "invalid_payload")
    error = fail(channel)

    assert (error.permanent, error.fixable) == (True, False)
    assert "invalid_payload" in str(error)


def test_a_page_of_a_proxy_is_not_taken_for_slack(slack: Receiver, channel: SlackWebhookChannel) -> None:
    slack.answer(200, "<html>Please log in</html>")
    error = fail(channel)

    assert (error.permanent, error.is_untaken) == (False, True)
    assert "not Slack's" in str(error)
    assert "log in" not in str(error)


def test_whoever_the_route_calls_is_called_when_it_opens_and_when_it_gets_worse(
    slack: Receiver, channel: SlackWebhookChannel
) -> None:
    slack.judge = lambda _: Reply(200, "ok")
    calm = step(Event.UPDATED, Reason.ALARM_JOINED)
    for told in (opened(), calm, step(Event.ESCALATED, Reason.SEVERITY_ROSE)):
        channel.send(Post("1", told, mention="@here"))

    assert ["<!here>" in body["text"] for body in bodies(slack)] == [True, False, True]
