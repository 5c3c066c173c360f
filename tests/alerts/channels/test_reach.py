"""Whether an address can be reached is found out without sending anything."""

import traceback
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from alerts.channels.channel import ChannelError, Checking
from alerts.channels.http import Service
from alerts.channels.pagerduty.channel import PagerDutyChannel
from alerts.channels.reach import reach
from alerts.channels.registry import ROWS
from alerts.channels.slack_webhook.channel import SlackWebhookChannel
from tests.support import webhook_rules
from tests.support.receiver import Receiver, Reply

SERVICE = Service("the receiver", "webhook")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(lambda _: Reply(200)) as server:
        yield server


def test_every_channel_but_the_console_can_be_asked() -> None:
    kinds = {row.name for row in ROWS if not row.is_always_there}
    assert {row.name for row in ROWS if hasattr(row.build, "check")} == kinds
    assert isinstance(PagerDutyChannel("k"), Checking)


def test_what_a_connection_proves_is_said_and_nothing_is_sent(receiver: Receiver) -> None:
    said = "can be reached (DNS and TCP); whether it takes alerts only an alert shows"
    assert reach(SERVICE, receiver.url, 5) == said
    assert receiver.calls == []


def test_a_proxy_is_asked_as_it_is_for_calls(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", receiver.origin)
    assert "(the proxy, no further)" in reach(SERVICE, "http://nowhere.invalid/x", 5)
    monkeypatch.setenv("https_proxy", receiver.origin.replace("//", "//ada:s3cr3t@"))
    tunnels: list[dict[str, str]] = []

    def refuse(connection: Any) -> None:  # noqa: ANN401
        tunnels.append(connection._tunnel_headers)  # noqa: SLF001
        raise OSError("Tunnel connection failed: 407")

    monkeypatch.setattr(HTTPConnection, "_tunnel", refuse)
    with pytest.raises(ChannelError, match="the proxy does not let the call through"):
        reach(SERVICE, "https://nowhere.invalid/x", 5)
    assert tunnels[0]["Proxy-Authorization"] == "Basic YWRhOnMzY3IzdA=="
    monkeypatch.setenv("no_proxy", "nowhere.invalid")
    with pytest.raises(ChannelError, match="DNS"):
        reach(SERVICE, "https://nowhere.invalid/x", 5)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://nowhere.invalid/s3cr3t", "cannot be resolved (DNS); check the network and webhook.url"),
        ("http://127.0.0.1:9/s3cr3t", "connection refused; check the proxy (HTTPS_PROXY) and webhook.url"),
        ("https:///s3cr3t", "webhook.url, or the proxy, is no web address"),
    ],
)
def test_where_nobody_is_the_cause_is_named_without_the_address(url: str, said: str) -> None:
    with pytest.raises(ChannelError) as failure:
        reach(SERVICE, url, 5)
    assert said in str(failure.value)
    assert "s3cr3t" not in "".join(traceback.format_exception(failure.value))


def test_a_server_without_tls_is_named(receiver: Receiver) -> None:
    with pytest.raises(ChannelError, match="TLS"):
        reach(SERVICE, receiver.url.replace("http:", "https:"), 5)


def test_a_webhook_of_slack_that_is_gone_is_known_before_an_alert_is_lost() -> None:
    with Receiver(webhook_rules.slack_webhook) as receiver:
        channel = SlackWebhookChannel(receiver.url, timeout=5)
        assert channel.check() == "the webhook is there"
        assert receiver.taken == []
        receiver.answer(404, "no_service")
        with pytest.raises(ChannelError, match="no_service: make a new webhook") as failure:
            channel.check()
        assert failure.value.fixable
