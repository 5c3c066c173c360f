"""PagerDuty: one alert for each incident, whatever is sent how often."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from alerts.channels.channel import ChannelError, Post
from alerts.channels.pagerduty.channel import PagerDutyChannel
from alerts.incident import Event, Reason, State, Transition
from checks.rules.finding import Verdict
from tests.alerts.channels.test_channels import RESOLVED, STEPS
from tests.support import webhook_rules
from tests.support.incidents import finding, opened, step
from tests.support.receiver import Receiver


@pytest.fixture
def pagerduty() -> Iterator[Receiver]:
    with Receiver(webhook_rules.pagerduty) as server:
        yield server


@pytest.fixture
def channel(pagerduty: Receiver) -> PagerDutyChannel:
    return PagerDutyChannel(webhook_rules.ROUTING_KEY, f"{pagerduty.origin}/", timeout=5)


def events(pagerduty: Receiver) -> list[dict[str, Any]]:
    return [json.loads(call.body) for call in pagerduty.taken]


def fail(channel: PagerDutyChannel) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        channel.send(Post("1", opened()))
    return failure.value


def test_a_story_is_one_alert(pagerduty: Receiver, channel: PagerDutyChannel) -> None:
    for number, told in enumerate((opened(), *STEPS[:3], RESOLVED)):
        channel.send(Post(str(number), told))
    heard = events(pagerduty)

    assert [event["event_action"] for event in heard] == ["trigger", "trigger", "trigger", "acknowledge", "resolve"]
    assert {event["dedup_key"] for event in heard} == {opened().incident.id}


def test_the_summary_says_what_broke_and_what_to_do(pagerduty: Receiver, channel: PagerDutyChannel) -> None:
    channel.send(Post("1", opened(), first=True))
    channel.send(Post("2", step(Event.ESCALATED, Reason.SEVERITY_ROSE)))
    first, second = (event["payload"]["summary"] for event in events(pagerduty))

    assert first == "support-bot: recall of urgent 12%, floor 80% → roll the prompt back to the version before"
    assert second.startswith("support-bot: escalated: recall of urgent is 12% (4–31%, n=61) over the last 7 d")


def test_what_came_of_an_advice_is_nothing_to_do(pagerduty: Receiver, channel: PagerDutyChannel) -> None:
    channel.send(Post("1", replace(STEPS[-1], incident=opened().incident)))
    (event,) = events(pagerduty)

    assert event["payload"]["summary"].endswith("recall of urgent went from 12% to 13%; the goal was 80%")


@pytest.mark.parametrize(("verdict", "severity"), [(Verdict.CRITICAL, "critical"), (Verdict.WARNING, "warning")])
def test_severities_are_pagerdutys(
    pagerduty: Receiver, channel: PagerDutyChannel, verdict: Verdict, severity: str
) -> None:
    channel.send(Post("1", opened(finding(verdict=verdict))))

    assert events(pagerduty)[0]["payload"]["severity"] == severity


@pytest.mark.parametrize(
    "late",
    [
        STEPS[-1],
        step(Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED, state=State.RESOLVED),
        step(None, Reason.CLEAR_BEGAN, state=State.RECOVERING),
    ],
    ids=["verified", "acknowledged", "recovering"],
)
def test_what_is_over_or_going_calls_nobody(pagerduty: Receiver, channel: PagerDutyChannel, late: Transition) -> None:
    channel.send(Post("1", late))

    assert pagerduty.calls == []


def test_what_came_and_went_calls_nobody(pagerduty: Receiver, channel: PagerDutyChannel) -> None:
    channel.send(Post("1", opened(), present=RESOLVED, first=True))

    assert [event["event_action"] for event in events(pagerduty)] == ["resolve"]


def test_a_wrong_routing_key_is_named_and_not_shown(pagerduty: Receiver) -> None:
    error = fail(PagerDutyChannel("s3cr3t", f"{pagerduty.origin}/", timeout=5))

    assert (error.permanent, error.fixable) == (True, True)
    assert "pagerduty.routing_key" in str(error)
    assert "s3cr3t" not in str(error)


def test_details_that_are_refused_keep_nobody_from_being_called(pagerduty: Receiver, channel: PagerDutyChannel) -> None:
    pagerduty.answer(400, '{"errors": ["\'payload.custom_details\' is invalid"]}')
    receipt = channel.send(Post("1", opened()))

    assert "told without its details" in receipt.note
    assert set(events(pagerduty)[0]["payload"]) == {
        *("summary", "source", "severity", "timestamp", "component", "group", "class")
    }


def test_a_page_of_a_proxy_calls_nobody(pagerduty: Receiver, channel: PagerDutyChannel) -> None:
    pagerduty.answer(200, "<html>Please log in</html>")

    assert fail(channel).is_untaken


def test_a_name_of_any_length_fits(pagerduty: Receiver, channel: PagerDutyChannel) -> None:
    channel.send(Post("1", opened(finding(subject="x" * 5000))))

    assert "recall of xxxxxxxxxxxxxxxxxxx…xxxxxxxxxxxxxxxxxxxx 12%" in events(pagerduty)[0]["payload"]["summary"]
