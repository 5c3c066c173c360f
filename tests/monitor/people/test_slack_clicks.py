"""People act from Slack, by a real WebSocket of a server that plays Slack."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from alerts.channels.channel import Post
from alerts.channels.slack.channel import SlackChannel
from alerts.channels.slack.clicks import read
from alerts.incident import Event, Reason, State, Transition
from alerts.routing.route import Routing
from config.services import SlackSettings
from monitor.bootstrap.people import connect
from monitor.history import History
from monitor.people.acts import HELD_FOR, SNOOZED_FOR, Acts
from monitor.people.listening import Listener
from monitor.people.slack_clicks import SlackClicks
from tests.support.deliveries import Desk
from tests.support.fake_slack import APP_TOKEN, TOKEN, FakeSlack
from tests.support.history import rows
from tests.support.incidents import T0, incident, opened
from tests.support.slack_workspace import Message
from tests.support.waiting import wait_until

HOUR = timedelta(hours=1)
ADA = "ada (Slack U0ADA)"
KNOWN = {"monitor": ("support-bot",), "check": ("class_recall", "accuracy")}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> FakeSlack:
    server.workspace.reset()
    server.trouble.clear()
    server.whispers.clear()
    server.dialogs.clear()
    server.app_token, server.socket_mode = APP_TOKEN, True
    return server


@pytest.fixture(params=["copied_sqlite"])
def desk(request: pytest.FixtureRequest, slack: FakeSlack) -> Iterator[Desk]:
    url: str = request.getfixturevalue(request.param)
    history = History.open(url)
    channel = SlackChannel(TOKEN, "C0ONCALL1", slack.url, app_token=APP_TOKEN)
    desk = Desk(history, url, {"slack": channel}, routing=Routing(("slack",)))
    desk.put(opened())
    desk.work()
    yield desk
    slack.sockets.cut()
    history.close()


def listen(desk: Desk, slack: FakeSlack, app_token: str = APP_TOKEN) -> Listener:
    settings = SlackSettings(
        channel="C0ONCALL1", token=SecretStr(TOKEN), app_token=SecretStr(app_token), base_url=slack.url
    )
    clicks = SlackClicks(Acts(desk.history, ("slack",)), KNOWN, lambda: desk.now, lambda: None)
    return Listener(lambda: connect(settings, clicks), lambda: desk.now)


@pytest.fixture
def listener(desk: Desk, slack: FakeSlack) -> Iterator[Listener]:
    listener = listen(desk, slack)
    listener.start()
    wait_until(lambda: listener.is_connected)
    yield listener
    slack.sockets.cut()
    assert listener.stop(10)


def root(slack: FakeSlack) -> Message:
    (only,) = slack.workspace.oncall.roots
    return only


def labels(slack: FakeSlack) -> list[str]:
    blocks = root(slack).body["blocks"]
    return [each["text"]["text"] for block in blocks if block["type"] == "actions" for each in block["elements"]]


def replies(desk: Desk, slack: FakeSlack) -> list[str]:
    desk.work()
    said = slack.workspace.oncall.replies(root(slack).ts)
    return [reply.text.splitlines()[0].partition(": ")[2] or reply.text for reply in said]


@pytest.mark.usefixtures("listener")
def test_an_acknowledgement_is_kept_with_who_and_when_and_told(desk: Desk, slack: FakeSlack) -> None:
    assert slack.press(root(slack), "Acknowledge") is not None
    assert replies(desk, slack) == [f"acknowledged by {ADA} until 2026-03-30 06:00 UTC"]
    assert rows(desk.url, "SELECT kind, by, incident_id FROM acts") == [("acknowledge", ADA, incident().id)]
    slack.press(root(slack), "Acknowledge")  # once more, as people do
    assert [each["text"] for each in slack.whispers] == [f"{incident().id} is yours already"]
    slack.press(root(slack), "Acknowledge", "ben")
    assert rows(desk.url, "SELECT count(*) FROM acts") == [(2,)]


@pytest.mark.usefixtures("listener")
def test_what_is_advised_is_accepted_or_rejected(desk: Desk, slack: FakeSlack) -> None:
    slack.press(root(slack), "Accept advice")
    slack.press(root(slack), "Reject advice")
    slack.submit({"note": "we try p8 <first>"}, "ben")
    assert replies(desk, slack) == [f"accepted by {ADA}", "rejected by ben (Slack U0BEN): we try p8 <first>"]
    assert rows(desk.url, "SELECT accepted, by FROM decisions ORDER BY id") == [(1, ADA), (0, "ben (Slack U0BEN)")]
    assert desk.history.queries.incidents()[0].acknowledged_until == T0 + HELD_FOR
    assert root(slack).pings == []


@pytest.mark.usefixtures("listener")
def test_a_snooze_a_false_alarm_and_an_end_by_hand_ask_why(desk: Desk, slack: FakeSlack) -> None:
    slack.press(root(slack), "Snooze")
    slack.submit({"note": "asleep"})
    assert desk.history.queries.incidents()[0].snoozed_until == T0 + SNOOZED_FOR
    slack.press(root(slack), "Snooze")
    slack.submit({"span": "3d"})
    assert desk.history.queries.incidents()[0].snoozed_until == T0 + timedelta(days=3)
    slack.press(root(slack), "False alarm")
    slack.submit({"note": "a test"})
    slack.press(root(slack), "Resolve")
    slack.submit({"note": ""})
    kinds = rows(desk.url, "SELECT kind, note FROM acts ORDER BY id")
    assert kinds == [("snooze", "asleep"), ("snooze", ""), ("false_alarm", "a test"), ("resolve", "")]
    assert replies(desk, slack)[-1] == f"resolved by hand by {ADA}"
    assert labels(slack) == ["False alarm…"]  # nothing else is left to do
    assert desk.history.queries.incidents()[0].state is State.RESOLVED


@pytest.mark.usefixtures("listener")
def test_a_silence_is_proposed_for_what_alarms_and_looked_at_before_it_is_made(desk: Desk, slack: FakeSlack) -> None:
    slack.press(root(slack), "Silence")
    refused = slack.submit({"check": "class_recal\naccuracy", "note": "a release"})
    assert refused is not None
    assert refused["payload"]["errors"] == {"check": "'class_recal' fits none of class_recall, accuracy"}
    nothing = slack.submit({"monitor": "", "check": "", "class_name": " ", "note": "a release"})
    assert nothing is not None
    assert nothing["payload"]["response_action"] == "errors"
    assert "payload" not in (slack.submit({"span": "1h", "note": "a release"}) or {"payload": ""})
    (silence,) = desk.history.queries.silences(desk.now)
    assert (silence.by, silence.ends_at, silence.reason) == (ADA, T0 + HOUR, "a release")
    assert (silence.matcher.monitor, silence.matcher.class_name) == (("support-bot",), ("urgent",))
    assert f"it covers {incident().id}" in slack.workspace.oncall.replies(root(slack).ts)[-1].text


@pytest.mark.parametrize("desk", ["copied_sqlite", "postgres_url"], indirect=True)
@pytest.mark.usefixtures("listener")
def test_a_click_that_is_handed_over_to_two_replicas_is_done_and_told_once(desk: Desk, slack: FakeSlack) -> None:
    other = listen(desk, slack)
    other.start()
    wait_until(lambda: len(slack.sockets.links) == 2)
    both = list(slack.sockets.links)
    action = {"action_id": "tunewatch_acknowledge", "value": incident().id, "action_ts": "1774764100.000100"}
    payload = {
        "type": "block_actions",
        "user": {"id": "U0ADA", "username": "ada"},
        "trigger_id": "t",
        "container": {"message_ts": root(slack).ts, "channel_id": "C0ONCALL1"},
        "actions": [action],
    }
    for link in (*both, both[0]):
        assert slack.sockets.hand_over(payload, link, "E-again", 20) is not None
    slack.press(root(slack), "False alarm", links=both[1:])
    for link in both:
        slack.submit({"note": "no"}, links=[link])
    assert rows(desk.url, "SELECT kind FROM acts ORDER BY id") == [("acknowledge",), ("false_alarm",)]
    assert len(replies(desk, slack)) == 2
    slack.sockets.cut()
    assert other.stop(10)


@pytest.mark.usefixtures("listener")
def test_what_cannot_be_done_is_said_to_whoever_clicked(desk: Desk, slack: FakeSlack) -> None:
    gone = slack.workspace.oncall.roots[0]
    over = desk.history.queries.incidents()[0]
    slack.press(gone, "Resolve")
    desk.put(Transition(over, Event.RESOLVED, desk.now, Reason.STAYED_CLEAR))
    with desk.history.transaction("support-bot") as transaction:
        transaction.tell([opened(state=State.RESOLVED, resolved_at=T0)], ())
    slack.submit({})
    assert slack.whispers[-1]["text"] == f"{over.id} is over; nothing is told of it any more"
    for block in gone.body["blocks"]:
        for element in block.get("elements", []):
            if element.get("value"):
                element["value"] = "quality-elsewhere"
    slack.press(gone, "Acknowledge")
    assert "quality-elsewhere is not in this tunewatch's history" in slack.whispers[-1]["text"]
    with capture_logs() as logs:
        assert slack.hand_over({"type": "block_actions", "actions": [{"action_id": "other"}]}) is not None
    assert [line["event"] for line in logs] == ["click not understood"]


@pytest.mark.parametrize("at", ["inf", "nan", "soon", None, "1e999"])
def test_a_click_that_slack_cannot_have_sent_is_none(at: str | None) -> None:
    payload = {
        "type": "block_actions",
        "user": {"id": "U0ADA"},
        "trigger_id": "t",
        "container": {"message_ts": "1", "channel_id": "C0ONCALL1"},
        "actions": [{"action_id": "tunewatch_acknowledge", "value": "quality-1", "action_ts": at}],
    }
    assert read(payload) is None
    assert (
        read({"type": "view_submission", "view": {"private_metadata": "{}", "state": {"values": {"span": {}}}}}) is None
    )


def test_a_connection_that_ends_is_replaced_and_one_that_cannot_be_is_told(desk: Desk, slack: FakeSlack) -> None:
    listener = listen(desk, slack)
    listener.start()
    wait_until(lambda: listener.is_connected)
    slack.sockets.refresh()
    wait_until(lambda: len(slack.sockets.links) == 1 and listener.is_connected)
    first = slack.sockets.links[0]
    slack.sockets.cut()
    wait_until(lambda: slack.sockets.links and slack.sockets.links[0] is not first and listener.is_connected)
    assert slack.press(root(slack), "Acknowledge") is not None
    slack.sockets.cut()
    assert listener.stop(10)

    slack.app_token = "xapp-another"
    refused = listen(desk, slack)
    before = refused.failing()
    assert before is not None, "nothing comes in yet"
    assert not before.lasts
    refused.start()
    wait_until(lambda: refused.failing() != before)
    failing = refused.failing()
    assert failing is not None
    assert failing.lasts
    assert "set slack.app_token" in failing.error
    assert APP_TOKEN not in failing.error
    assert not refused.is_connected
    assert refused.stop(10)


def test_without_an_app_token_there_are_no_buttons(slack: FakeSlack) -> None:
    SlackChannel(TOKEN, "C0ONCALL1", slack.url).send(Post("1", opened(), first=True))
    assert labels(slack) == []
