"""A chart goes into the thread after the text, once, and never in its way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from alerts.channels.alertmanager.channel import AlertmanagerChannel
from alerts.channels.channel import Channel, ChannelError, Illustrating, Picture, Post, Renewing
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import Event, Incident, Reason, State
from alerts.messages.links import Links
from monitor.delivery.delivery import Deliverer
from monitor.delivery.naming import under_name
from monitor.history import History
from tests.support import webhook_rules
from tests.support.deliveries import FOREVER, Desk
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import T0, clear, opened, step
from tests.support.receiver import Receiver

CHART = Picture(b"\x89PNG a chart", "Recall of urgent: from 94% to 12%")
NAME = "quality-2279cd800b-20260329-0600.png"


@dataclass
class Pictured(Desk):
    """A daemon that draws; it lives as long as nobody restarts it."""

    charts: list[Picture | None] = field(default_factory=lambda: [CHART])
    running: Deliverer | None = None

    @property
    def deliverer(self) -> Deliverer:
        if self.running is None:
            self.running = Deliverer(self.outbox, self.channels, lambda: self.now, draw=self.draw)
        return self.running

    def draw(self, incident: Incident) -> Picture | None:
        if not self.charts:
            raise ValueError(f"{incident.id} cannot be drawn")
        return self.charts[0]

    def killed(self) -> None:
        self.running = None
        self.restart()


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@pytest.fixture
def desk(copied_sqlite: str, slack: FakeSlack) -> Iterator[Pictured]:
    history = History.open(copied_sqlite)
    channels: dict[str, Channel] = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url, timeout=5)}
    yield Pictured(history, copied_sqlite, channels)
    history.close()


def files(slack: FakeSlack) -> list[str]:
    """The files in the thread of the only first message."""
    (root,) = slack.workspace.oncall.roots
    return [file["name"] for reply in slack.workspace.oncall.replies(root.ts) for file in reply.files]


def methods(slack: FakeSlack) -> list[str]:
    return [call.method for call in slack.calls]


def test_the_chart_goes_into_the_thread_after_the_text(desk: Pictured, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.work()

    assert files(slack) == [NAME]
    assert methods(slack)[:1] == ["chat.postMessage"]
    (upload,) = slack.workspace.uploads.values()
    assert (upload.data, upload.alt_text) == (CHART.png, CHART.said)


def test_later_steps_bring_no_second_chart(desk: Pictured, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.work()
    desk.put(step(Event.ESCALATED, Reason.SEVERITY_ROSE))
    desk.work()

    assert files(slack) == [NAME]


def test_text_is_told_though_nothing_can_be_drawn(desk: Pictured, slack: FakeSlack) -> None:
    desk.charts = []
    desk.put(opened())
    desk.work()

    assert desk.rows()[0]["state"] == "sent"
    assert files(slack) == []


@pytest.mark.parametrize("calls_before", [0, 1, 2])
def test_an_upload_that_fails_is_tried_again_while_texts_go_on(
    desk: Pictured, slack: FakeSlack, calls_before: int
) -> None:
    slack.no_trouble(1 + calls_before)
    slack.break_down()
    desk.put(opened())
    desk.work()
    desk.put(step(Event.ESCALATED, Reason.SEVERITY_ROSE))
    desk.work()
    (root,) = slack.workspace.oncall.roots
    assert files(slack) == []
    assert len(slack.workspace.oncall.replies(root.ts)) == 1

    desk.wait(timedelta(seconds=10))
    assert files(slack) == [NAME]


def test_an_upload_whose_answer_was_lost_is_there_once(desk: Pictured, slack: FakeSlack) -> None:
    slack.no_trouble(3)
    slack.drop(obeyed=True)
    desk.put(opened())
    desk.work()
    desk.wait_through(timedelta(minutes=10), timedelta(minutes=1))

    assert files(slack) == [NAME]


def test_an_upload_that_goes_on_failing_is_let_go(desk: Pictured, slack: FakeSlack) -> None:
    desk.put(opened())
    slack.no_trouble()
    for _ in range(9):
        slack.break_down()
    desk.work()
    desk.wait_through(timedelta(hours=1), timedelta(minutes=5))

    assert methods(slack).count("files.getUploadURLExternal") == 0  # all of them broke down
    assert len(slack.trouble) == 5  # it was tried four times


def test_a_rate_limit_is_waited_for_by_the_chart_alone(desk: Pictured, slack: FakeSlack) -> None:
    slack.no_trouble()
    slack.rate_limit(120)
    desk.put(opened())
    desk.work()
    desk.put(step(Event.ESCALATED, Reason.SEVERITY_ROSE))
    desk.work()
    (root,) = slack.workspace.oncall.roots
    assert len(slack.workspace.oncall.replies(root.ts)) == 1
    desk.wait(timedelta(seconds=60))
    assert files(slack) == []
    desk.wait(timedelta(seconds=61))
    assert files(slack) == [NAME]


def test_an_app_that_may_not_upload_is_told_what_to_do(slack: FakeSlack) -> None:
    slack.workspace.scopes = frozenset({"chat:write"})
    channel = SlackChannel(TOKEN, "C0ONCALL1", slack.url, timeout=5)
    ref = channel.send(Post("1", opened(), first=True)).ref
    with pytest.raises(ChannelError, match="files:write") as failure:
        channel.illustrate(Post("1", opened(), ref, first=True), CHART)

    assert failure.value.permanent


def test_a_daemon_that_was_killed_before_the_chart_sends_it_when_it_is_back(desk: Pictured, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.deliverer.deliver_one()
    assert files(slack) == []
    desk.killed()
    desk.work()

    assert files(slack) == [NAME]


def test_a_daemon_that_was_killed_after_the_chart_sends_no_second_one(desk: Pictured, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.work()
    for _ in range(2):
        desk.killed()
        desk.work()

    assert files(slack) == [NAME]


def test_where_nobody_may_look_a_restart_sends_no_chart(desk: Pictured, slack: FakeSlack) -> None:
    slack.workspace.scopes = frozenset({"chat:write", "files:write"})
    desk.put(opened())
    desk.work()
    desk.killed()
    desk.work()

    assert files(slack) == [NAME]


def test_an_incident_that_is_back_gets_a_chart_of_its_own(desk: Pictured, slack: FakeSlack) -> None:
    desk.put(opened())
    desk.work()
    desk.put(step(Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, findings=(clear(),)))
    desk.put(step(Event.REOPENED, Reason.ALARM_RETURNED, hours=30))
    desk.deliverer.deliver_all(FOREVER)

    assert files(slack) == [NAME, "quality-2279cd800b-20260330-1200.png"]


def test_a_channel_with_a_name_of_its_own_takes_charts_too(slack: FakeSlack) -> None:
    named = under_name(SlackChannel(TOKEN, "C0ONCALL1", slack.url), "slack", "channels.shop.slack", ["token"])
    ref = named.send(Post("1", opened(), first=True)).ref
    assert isinstance(named, Illustrating)
    named.illustrate(Post("1", opened(), ref, first=True), CHART)

    assert files(slack) == [NAME]


def test_a_channel_with_a_name_of_its_own_is_told_again_with_its_links() -> None:
    with Receiver(webhook_rules.alertmanager) as receiver:
        named = under_name(AlertmanagerChannel([f"{receiver.origin}/"]), "alertmanager", "channels.shop", ["urls"])
        assert isinstance(named, Renewing)
        named.renew([opened()], T0, Links(page="https://tunewatch.acme.example/"))

        assert b"https://tunewatch.acme.example/incidents/quality-2279cd800b" in receiver.taken[0].body
