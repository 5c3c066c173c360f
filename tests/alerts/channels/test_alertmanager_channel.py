"""Alertmanager: against the real one, and against what it answers when something is wrong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.channels.alertmanager.channel import AlertmanagerChannel
from alerts.channels.alertmanager.payload import LASTS
from alerts.channels.channel import ChannelError, Post
from alerts.channels.registry import ROWS
from alerts.incident import Event, Reason, State, Transition
from checks.rules.finding import Verdict
from tests.support import webhook_rules
from tests.support.alertmanager import MISSING, Alertmanager, program, running
from tests.support.incidents import finding, opened, step
from tests.support.receiver import Receiver

NOW = datetime.now(UTC).replace(microsecond=0)
NASTY = 'ünï {{ .Labels }} "x" <b>'


@pytest.fixture(scope="module")
def real() -> Iterator[Alertmanager]:
    path = program()
    if path is None:
        pytest.skip(MISSING)
    with running(path) as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(webhook_rules.alertmanager) as server:
        yield server


def of(told: Transition, name: str) -> Transition:
    """The step, of an incident of its own."""
    return replace(told, at=NOW, incident=replace(told.incident, id=name, since=NOW - timedelta(hours=1)))


def post(told: Transition) -> Post:
    return Post("1", told, sent_at=NOW)


def shown(server: Alertmanager, incident: str) -> list[tuple[str, str]]:
    return [
        (alert["labels"]["alertname"], alert["labels"]["severity"])
        for alert in server.alerts()
        if alert["labels"]["incident"] == incident
    ]


def test_a_story_in_a_real_alertmanager(real: Alertmanager) -> None:
    channel = AlertmanagerChannel([real.url])
    warning = finding(verdict=Verdict.WARNING, subject=NASTY)
    over = step(Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, resolved_at=NOW)

    channel.send(post(of(opened(warning), "a")))
    assert shown(real, "a") == [("ChatbotQuality", "warning")]
    channel.send(post(of(step(Event.ESCALATED, Reason.SEVERITY_ROSE), "a")))
    assert shown(real, "a") == [("ChatbotQuality", "critical")]
    (alert,) = (alert for alert in real.alerts() if alert["labels"]["incident"] == "a")
    assert alert["annotations"]["summary"] == "support-bot: recall of urgent 12%, floor 80%"
    assert "Roll the prompt back" in alert["annotations"]["action"]
    assert datetime.fromisoformat(alert["endsAt"]) == NOW + LASTS
    channel.send(post(of(over, "a")))
    assert shown(real, "a") == []
    channel.send(post(of(step(Event.REOPENED, Reason.ALARM_RETURNED), "a")))
    assert shown(real, "a") == [("ChatbotQuality", "critical")]


def test_what_it_forgot_is_told_again_by_a_renewal(real: Alertmanager) -> None:
    over = step(Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, resolved_at=NOW)
    AlertmanagerChannel([real.url]).renew([of(opened(), "b"), of(over, "c")], NOW)

    assert shown(real, "b") == [("ChatbotQuality", "critical")]
    assert shown(real, "c") == []


def test_an_end_that_a_renewal_overtook_is_told_after_all(real: Alertmanager) -> None:
    channel = AlertmanagerChannel([real.url])
    over = of(step(Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, resolved_at=NOW), "d")
    channel.send(post(of(opened(), "d")))
    channel.send(post(over))
    channel.renew([of(opened(), "d")], NOW)  # of another replica, which read it before
    channel.renew([over], NOW + timedelta(minutes=1))

    assert shown(real, "d") == []


def test_the_version_of_a_real_one_is_named(real: Alertmanager) -> None:
    assert AlertmanagerChannel([real.url]).check().startswith("Alertmanager 0.")


def test_a_wrong_prefix_is_named(real: Alertmanager) -> None:
    with pytest.raises(ChannelError, match=r"no API v2 at that address; check alertmanager\.urls") as failure:
        AlertmanagerChannel([f"{real.url}nowhere/"]).send(post(opened()))
    assert failure.value.fixable


def test_it_is_told_again_long_before_it_forgets() -> None:
    (resend,) = (row.resend for row in ROWS if row.name == "alertmanager")
    assert resend is not None
    assert resend * 10 < LASTS


def test_one_member_that_takes_it_is_enough_and_the_others_are_named(receiver: Receiver) -> None:
    receipt = AlertmanagerChannel(["http://127.0.0.1:9/", f"{receiver.origin}/"], timeout=5).send(post(opened()))

    assert receipt.note.startswith("not told to 1 of 2 members: no answer from Alertmanager: connection refused")
    assert len(receiver.taken) == 1


def test_one_member_that_answers_is_enough_to_be_well(receiver: Receiver) -> None:
    nobody, somebody = "http://127.0.0.1:9/", f"{receiver.origin}/"

    assert AlertmanagerChannel([somebody, nobody], timeout=5).check().startswith("Alertmanager 0.25.0; no answer from")
    with pytest.raises(ChannelError, match="connection refused"):
        AlertmanagerChannel([nobody, nobody], timeout=5).check()


def test_a_renewal_that_one_did_not_take_is_an_error(receiver: Receiver) -> None:
    receiver.answer(503)
    with pytest.raises(ChannelError, match="1 of 2"):
        AlertmanagerChannel([f"{receiver.origin}/"] * 2, timeout=5).renew([opened()], NOW)


@pytest.mark.parametrize(
    ("credential", "sent"),
    [
        ({"username": "bot", "password": "pässword"}, "Basic Ym90OnDDpHNzd29yZA=="),
        ({"token": "t0ken"}, "Bearer t0ken"),
    ],
)
def test_who_calls_is_said_to_those_who_ask(receiver: Receiver, credential: dict[str, str], sent: str) -> None:
    AlertmanagerChannel([f"{receiver.origin}/"], **credential).send(post(opened()))  # type: ignore[arg-type]

    assert receiver.taken[0].headers["authorization"] == sent


def test_a_page_of_a_proxy_is_not_taken_for_it(receiver: Receiver) -> None:
    receiver.answer(200, "<html>Please log in</html>")
    with pytest.raises(ChannelError, match="not Alertmanager's"):
        AlertmanagerChannel([f"{receiver.origin}/"], timeout=5).send(post(opened()))
