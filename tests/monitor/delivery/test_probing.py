"""Alerting that is broken is noticed, told elsewhere, and over when it works."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from alerts.channels.channel import Channel
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import State
from alerts.policy import Policy
from alerts.routing.matching import Matcher
from alerts.routing.route import Route, Routing
from monitor.cycle.alerting_watch import CLICKS, AlertingWatch
from monitor.daemon.alerting import AlertingRounds
from monitor.delivery.probing import Probes
from monitor.history import History
from monitor.history.notifications import PATIENCE
from tests.monitor.delivery.test_routes import Pager
from tests.support.deliveries import Desk
from tests.support.fake_slack import TOKEN, FakeSlack, Trouble
from tests.support.incidents import opened

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@pytest.fixture
def desk(copied_sqlite: str, slack: FakeSlack) -> Iterator[Desk]:
    history = History.open(copied_sqlite)
    channels: dict[str, Channel] = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url, timeout=2), "pager": Pager()}
    routes = (Route(("pager",), Matcher(class_name=("billing",))), Route(("slack",)))
    yield Desk(history, copied_sqlite, channels, routing=Routing(("slack", "pager"), routes))
    history.close()


class Rounds:
    """What the daemon does every minute."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.watch = AlertingWatch("support-bot", desk.history, Policy(), ())
        self.restart()

    def restart(self) -> None:
        """Begin as another process does, or with another configuration."""
        self.probes = Probes(self.desk.channels, self.desk.outbox.troubled, lambda: self.desk.now)
        self.rounds = AlertingRounds(self.probes, self.watch, lambda: self.desk.now, lambda: None)

    def run(self) -> None:
        self.rounds.run()
        self.desk.work()

    def wait(self, span: timedelta) -> None:
        self.desk.now += span
        self.run()


def pager(desk: Desk) -> Pager:
    found = desk.channels["pager"]
    assert isinstance(found, Pager)
    return found


def test_a_token_that_is_revoked_is_told_through_the_other_routes_and_is_over_when_it_works(
    desk: Desk, slack: FakeSlack
) -> None:
    rounds = Rounds(desk)
    rounds.run()
    assert rounds.probes.known()["slack"].said == "tunewatch in Acme"
    assert desk.history.queries.incidents() == ()

    slack.workspace.token = "another"
    rounds.wait(HOUR - MINUTE)
    assert pager(desk).told == []
    rounds.wait(MINUTE)
    (post,) = pager(desk).posts
    (incident,) = desk.history.queries.incidents()
    assert incident.findings[0].message.startswith(
        "alerts do not arrive in slack: Slack says invalid_auth: check slack"
    )
    assert incident.advice.action.value == "fix_alerting"
    assert post.first

    slack.workspace.token = TOKEN
    rounds.wait(5 * MINUTE)  # what waited arrives
    rounds.wait(MINUTE)
    assert desk.history.queries.incidents()[0].state is State.RESOLVED
    assert pager(desk).told == ["first", "stayed_clear"]


def test_a_channel_that_is_down_for_a_moment_is_no_incident(desk: Desk, slack: FakeSlack) -> None:
    rounds = Rounds(desk)
    slack.break_down()
    rounds.run()
    assert rounds.probes.known()["slack"].failing is not None
    rounds.wait(5 * MINUTE)
    assert rounds.probes.known()["slack"].failing is None
    assert desk.history.queries.incidents() == ()


def test_a_channel_that_is_down_through_a_restart_is_not_said_to_work(desk: Desk, slack: FakeSlack) -> None:
    rounds = Rounds(desk)
    slack.trouble.extend(Trouble(status=503) for _ in range(40))
    for _ in range(5):
        rounds.wait(5 * MINUTE)
    assert [each.state for each in desk.history.queries.incidents()] == [State.FIRING]
    rounds.restart()
    rounds.wait(MINUTE)
    assert [each.state for each in desk.history.queries.incidents()] == [State.FIRING]

    slack.trouble.clear()
    for _ in range(2):  # what waits is sent in the first of them
        rounds.wait(5 * MINUTE)
    assert [each.state for each in desk.history.queries.incidents()] == [State.RESOLVED]
    assert pager(desk).told == ["first", "stayed_clear"]


def test_buttons_that_do_nothing_are_told_in_slack_too(desk: Desk, slack: FakeSlack) -> None:
    rounds = Rounds(desk)
    rounds.watch.note({CLICKS: "Slack says invalid_auth: set slack.app_token"}, desk.now)
    desk.work()
    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🟠 WARNING support-bot: buttons in Slack do nothing: Slack says invalid_auth")
    assert "the other channels alone" not in root.text
    rounds.wait(MINUTE)
    assert slack.workspace.oncall.roots[0].text.startswith("🟢 RESOLVED support-bot: buttons in Slack work")


def test_a_channel_that_answers_and_takes_no_message_is_told_too(desk: Desk, slack: FakeSlack) -> None:
    rounds = Rounds(desk)
    slack.workspace.oncall.is_archived = True  # auth.test knows nothing of that
    desk.put(opened(), channels=())
    rounds.run()
    rounds.wait(MINUTE)
    assert [incident.family.value for incident in desk.history.queries.incidents()] == ["watch", "quality"]
    assert pager(desk).told == ["first"]

    slack.workspace.oncall.is_archived = False
    for _ in range(3):
        rounds.wait(PATIENCE)
    states = {each.family.value: each.state for each in desk.history.queries.incidents()}
    assert states == {"watch": State.RESOLVED, "quality": State.FIRING}
    assert any(root.text.startswith("🔴 CRITICAL") for root in slack.workspace.oncall.roots)
