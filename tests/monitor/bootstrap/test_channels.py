"""Every section of a channel makes its channel, which a delivery then tells."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from alerts.channels.channel import ChannelError, Checking, Post, Renewing
from alerts.channels.registry import ROWS
from alerts.routing.route import Situation
from config.errors import ConfigError
from config.loading import load
from monitor.bootstrap.channels import build_channels, build_deliverer, build_outbox, channel_names
from monitor.bootstrap.routes import build_routing
from monitor.history import History
from tests.support import webhook_rules
from tests.support.deliveries import FOREVER, Desk
from tests.support.fake_slack import APP_TOKEN, TOKEN, FakeSlack
from tests.support.incidents import T0, opened
from tests.support.receiver import Receiver
from tests.support.slack_workspace import Channel as SlackRoom

FILE: Final = """\
slack: {channel: "#oncall"}
slack_webhook: {timeout: 5s}
pagerduty: {timeout: 5s}
alertmanager: {urls: ["http://127.0.0.1:9"], username: bot}
email: {host: 127.0.0.1, username: bot, sender: a@acme.example, to: [b@acme.example]}
teams: {timeout: 5s}
apprise: {timeout: 5s}
webhook: {timeout: 5s}
monitors:
  bot: {source: {predictions: {files: "p.csv", columns: {id: id, at: at, predicted: predicted}}}}
"""
SECRETS: Final = {
    "TUNEWATCH_SLACK__TOKEN": "xoxb-1",
    "TUNEWATCH_SLACK_WEBHOOK__URL": "https://hooks.example/1",
    "TUNEWATCH_PAGERDUTY__ROUTING_KEY": webhook_rules.ROUTING_KEY,
    "TUNEWATCH_ALERTMANAGER__PASSWORD": "secret-1",
    "TUNEWATCH_EMAIL__PASSWORD": "secret-2",
    "TUNEWATCH_APPRISE__URLS": "json://127.0.0.1:9/",
    "TUNEWATCH_TEAMS__URL": "https://hooks.example/2",
    "TUNEWATCH_WEBHOOK__URL": "https://hooks.example/3",
    "TUNEWATCH_WEBHOOK__SECRET": "whsec_AAEC",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tunewatch.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(webhook_rules.webhook) as server:
        yield server


@pytest.fixture
def desk(file: Path, receiver: Receiver, copied_sqlite: str) -> Iterator[Desk]:
    """A desk whose webhook is made of the configuration as the daemon makes it."""
    settings = load(file, environ=SECRETS | {"TUNEWATCH_WEBHOOK__URL": f"{receiver.url}\n"})
    history = History.open(copied_sqlite)
    yield Desk(history, copied_sqlite, {"webhook": build_channels(settings)["webhook"]})
    history.close()


def test_every_section_makes_its_channel(file: Path) -> None:
    assert set(build_channels(load(file, environ=SECRETS))) == {row.name for row in ROWS}


def test_several_channels_of_a_kind_have_names_and_errors_name_their_keys(tmp_path: Path, receiver: Receiver) -> None:
    file = tmp_path / "tunewatch.yaml"
    file.write_text(
        FILE + "channels: {pay: {slack: {channel: '#pay'}}, shop-x: {webhook: {}}, two: {alertmanager: {urls: "
        "['http://127.0.0.1:9']}}}\nroutes: [{channels: [pay, shop-x, two]}]\n",
        encoding="utf-8",
    )
    with FakeSlack() as slack:
        secrets = SECRETS | {"TUNEWATCH_SLACK__BASE_URL": slack.url, "TUNEWATCH_SLACK__TOKEN": TOKEN}
        missing = load(file, environ=secrets).missing_secrets()
        assert [each.key for each in missing] == ["channels.shop-x.webhook.url"]
        assert "TUNEWATCH_CHANNELS__SHOP_X__WEBHOOK__URL" in missing[0].message
        secrets |= {"TUNEWATCH_CHANNELS__SHOP_X__WEBHOOK__URL": receiver.url, "TUNEWATCH_SLACK__APP_TOKEN": APP_TOKEN}
        settings = load(file, environ=secrets)
        channels = build_channels(settings)
        assert set(channels) == {*(row.name for row in ROWS), "pay", "shop-x", "two"}
        slack.workspace.channels.append(SlackRoom("C0PAYMENT", "pay"))
        channels["pay"].send(Post("1", opened(), first=True))
        (told,) = slack.workspace.channels[1].roots
        assert told.body["blocks"][-1]["type"] == "actions"  # by the bot of `slack`, and with its buttons
        assert isinstance(channels["pay"], Checking)
        slack.workspace.token = "xoxb-another"
        with pytest.raises(ChannelError, match=r"check slack\.token"):
            channels["pay"].check()
    receiver.answer(404)
    with pytest.raises(ChannelError, match=r"check channels\.shop-x\.webhook\.url"):
        channels["shop-x"].send(Post("1", opened(), first=True))
    with pytest.raises(ChannelError, match=r"and channels\.two\.alertmanager\.urls"):
        channels["two"].send(Post("1", opened(), first=True))
    assert isinstance(channels["two"], Renewing)
    assert not isinstance(channels["shop-x"], Renewing)


@pytest.mark.parametrize(
    ("channels", "says"),
    [
        ("a: {slack: {channel: x}, webhook: {}}", "channels.a must have exactly one of slack, slack_webhook"),
        ("a: {}", "channels.a must have exactly one of slack"),
        ("slack: {webhook: {}}", "channels.slack cannot be told from slack; give it another name"),
        ("a-b: {webhook: {}}, a_b: {webhook: {}}", "channels.a_b cannot be told from channels.a-b"),
        ("A: {webhook: {}}", "channels.A must be up to 32 small letters"),
        ("a: {slak: {channel: x}}", "channels.a.slak is not a known key; did you mean slack?"),
    ],
)
def test_a_named_channel_that_is_none_is_refused(file: Path, channels: str, says: str) -> None:
    file.write_text(FILE + f"channels: {{{channels}}}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file, environ=SECRETS)
    assert says in str(refused.value)


def test_a_channel_without_its_secret_is_not_made(file: Path) -> None:
    without = {name: value for name, value in SECRETS.items() if "EMAIL" not in name}

    assert "email" not in build_channels(load(file, environ=without))


def test_a_post_is_signed_with_the_time_of_its_try(desk: Desk, receiver: Receiver) -> None:
    desk.put(opened(), channels=("webhook",))
    receiver.answer(503)
    desk.work()
    desk.wait(timedelta(minutes=1))
    first, second = (int(call.headers["webhook-timestamp"]) for call in receiver.calls)

    assert (first, second) == (T0.timestamp(), T0.timestamp() + 60)
    assert len({call.headers["idempotency-key"] for call in receiver.calls}) == 1


def test_a_lost_answer_leaves_a_doubt(desk: Desk, receiver: Receiver) -> None:
    desk.put(opened(), channels=("webhook",))
    receiver.drop(obeyed=True)
    desk.work()

    assert [row["interrupted"] for row in desk.rows()] == [True]


def test_a_try_that_reached_nobody_is_made_again_without_a_doubt(desk: Desk, receiver: Receiver) -> None:
    desk.put(opened(), channels=("webhook",))
    receiver.close()
    desk.work()

    assert [row["interrupted"] for row in desk.rows()] == [False]
    assert "connection refused" in desk.channel()["error"]


def test_a_429_pauses_the_channel_within_bounds_and_is_no_try(desk: Desk, receiver: Receiver) -> None:
    desk.put(opened(), channels=("webhook",))
    for asked in ("86400", "nan", "soon"):
        receiver.answer(429, retry_after=asked)
    desk.work()
    desk.wait(timedelta(minutes=14))
    assert len(receiver.calls) == 1
    desk.wait(timedelta(minutes=1))
    desk.wait(timedelta(seconds=30))
    assert len(receiver.calls) == 3
    desk.wait(timedelta(seconds=30))

    assert [(row["state"], row["attempts"]) for row in desk.rows()] == [("sent", 1)]


def test_the_daemon_delivers_by_what_the_configuration_says(file: Path, receiver: Receiver, copied_sqlite: str) -> None:
    file.write_text(FILE[FILE.index("webhook: {timeout: 5s}\nmonitors") :], encoding="utf-8")
    settings = load(file, environ={"TUNEWATCH_WEBHOOK__URL": receiver.url})
    history = History.open(copied_sqlite)
    Desk(history, copied_sqlite, {}).put(opened(), channels=("webhook",))
    build_deliverer(settings, build_outbox(settings, history), lambda: T0).deliver_all(FOREVER)
    history.close()

    assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    ("console", "channels", "told"),
    [
        ("", {"console", "slack"}, {"slack", "console"}),
        ("console: {routed: true}", {"console", "slack"}, {"slack"}),
        ("console: {enabled: false}", {"slack"}, {"slack"}),
    ],
)
def test_the_console_hears_of_everything_what_routes_say_or_nothing(
    tmp_path: Path, console: str, channels: set[str], told: set[str]
) -> None:
    file = tmp_path / "tunewatch.yaml"
    monitors = FILE[FILE.index("monitors:") :]
    file.write_text(f"{console}\nslack: {{channel: '#a'}}\nroutes: [{{channels: slack}}]\n{monitors}", encoding="utf-8")
    settings = load(file, environ={"TUNEWATCH_SLACK__TOKEN": "xoxb-1"})
    assert set(channel_names(settings)) == channels
    routing = build_routing(settings, channel_names(settings))
    situation = Situation.of(opened().incident, T0, T0)
    assert {due.channel for due in routing.due(situation, (), T0)} == told
