"""Microsoft Teams: cards that fit, and what a workflow answers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from alerts.channels.channel import ChannelError, Post
from alerts.channels.standalone import IN_DOUBT
from alerts.channels.teams.channel import TeamsChannel
from alerts.channels.teams.payload import MAX_BYTES, bodies
from alerts.incident import Event, Reason, State
from alerts.messages.message import root_message
from checks.rules.finding import Verdict
from tests.alerts.channels.test_channels import RESOLVED
from tests.support import webhook_rules
from tests.support.incidents import advice, clear, finding, opened, step
from tests.support.receiver import Receiver

MANY = tuple(finding("drift", f"column {number}", message="😀" * 200) for number in range(40))


@pytest.fixture
def teams() -> Iterator[Receiver]:
    with Receiver(webhook_rules.teams) as server:
        yield server


@pytest.fixture
def channel(teams: Receiver) -> TeamsChannel:
    return TeamsChannel(teams.url, timeout=5)


def fail(channel: TeamsChannel) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        channel.send(Post("1", opened()))
    return failure.value


def cards(teams: Receiver) -> list[dict[str, Any]]:
    return [json.loads(call.body)["attachments"][0]["content"] for call in teams.taken]


def lines(card: dict[str, Any]) -> list[str]:
    blocks = [*card["body"][0]["items"], *card["body"][1:]]
    return [run["text"] for block in blocks for run in block["inlines"]]


def test_a_card_says_first_what_broke_and_what_to_do(teams: Receiver, channel: TeamsChannel) -> None:
    channel.send(Post("1", opened(), first=True))
    first, problem, action, *_ = lines(cards(teams)[0])

    assert first.startswith("🔴 CRITICAL support-bot: recall of urgent 12%, floor 80% → roll the prompt back")
    assert problem.startswith("recall of urgent is 12% (4–31%, n=61) over the last 7 d, floor 80%")
    assert action == "→ Roll the prompt back to the version before"


@pytest.mark.parametrize(
    ("told", "style"),
    [
        (opened(), "attention"),
        (opened(finding(verdict=Verdict.WARNING)), "warning"),
        (step(Event.UPDATED, Reason.ADVICE_CHANGED, state=State.RECOVERING, findings=(clear(),)), "accent"),
        (RESOLVED, "good"),
    ],
)
def test_the_colour_is_that_of_the_state(teams: Receiver, channel: TeamsChannel, told: Any, style: str) -> None:  # noqa: ANN401
    channel.send(Post("1", told))

    assert cards(teams)[0]["body"][0]["style"] == style


def test_a_large_incident_is_told_in_a_card_that_fits(teams: Receiver, channel: TeamsChannel) -> None:
    large = opened(*MANY, advice=advice(reasons=tuple("😀" * 700 for _ in range(5))))
    assert len(bodies(root_message(large), large.incident)) < 4
    channel.send(Post("1", large))

    assert len(teams.taken[0].body) <= MAX_BYTES
    assert "→ Roll the prompt back to the version before" in lines(cards(teams)[0])


@pytest.mark.parametrize("status", [400, 413])
def test_a_card_that_teams_refuses_becomes_a_plainer_one(teams: Receiver, channel: TeamsChannel, status: int) -> None:
    teams.answer(status)
    receipt = channel.send(Post("1", opened(*MANY[:3])))

    assert f"told in a plainer form: Teams refuses the message: HTTP {status}" in receipt.note
    assert not any(line.startswith("Why:") for line in lines(cards(teams)[0]))


def test_names_of_classes_make_no_links_and_no_mentions(teams: Receiver, channel: TeamsChannel) -> None:
    channel.send(Post("1", opened(finding(subject="[x](https://evil.example) <at>all</at>"))))

    assert "TextBlock" not in {block["type"] for block in cards(teams)[0]["body"]}
    assert "entities" not in cards(teams)[0]["msteams"]


def test_what_may_be_there_already_says_so(teams: Receiver, channel: TeamsChannel) -> None:
    channel.send(Post("1", opened(), maybe_sent=True))

    assert IN_DOUBT in lines(cards(teams)[0])[-1]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, "", "let anyone trigger it"),
        (400, '{"error":{"code":"WorkflowTriggerIsNotEnabled"}}', "switched off or gone"),
        (404, '{"error":{"code":"WorkflowNotFound"}}', "switched off or gone"),
    ],
)
def test_what_lasts_says_what_to_do(teams: Receiver, channel: TeamsChannel, status: int, body: str, said: str) -> None:
    teams.answer(status, body)
    error = fail(channel)

    assert (error.permanent, error.fixable) == (True, True)
    assert said in str(error)
    assert "teams.url" in str(error)


def test_a_webhook_of_before_that_passes_on_an_error_is_understood(teams: Receiver, channel: TeamsChannel) -> None:
    teams.answer(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429")

    assert fail(channel).asks_to_wait


def test_a_page_of_a_proxy_is_not_taken_for_teams(teams: Receiver, channel: TeamsChannel) -> None:
    teams.answer(200, "<html>Please log in</html>")
    error = fail(channel)

    assert (error.permanent, error.is_untaken) == (False, True)
    assert "not that of Teams" in str(error)
