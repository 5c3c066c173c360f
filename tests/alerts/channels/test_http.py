"""A call that gets no answer says where to look, and nothing of the address."""

import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.channels.channel import ChannelError
from alerts.channels.http import MAX_ANSWER, Request, Service, call
from tests.support.mail_server import certificate
from tests.support.receiver import Call, Receiver, Reply

SERVICE = Service("the receiver", "webhook")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(lambda _: Reply(200, "ok" * MAX_ANSWER)) as server:
        yield server


def fail(url: str, timeout: float = 5, headers: dict[str, str] | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        call(SERVICE, Request(url, b"{}", headers), timeout)
    assert "s3cr3t" not in "".join(traceback.format_exception(failure.value))
    return failure.value


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://nowhere.invalid/s3cr3t", "the name of its server cannot be resolved (DNS); check the network and web"),
        ("http://127.0.0.1:9/s3cr3t", "connection refused; check the proxy (HTTPS_PROXY) and webhook.url"),
    ],
)
def test_where_nobody_is_the_cause_is_named_and_nothing_was_taken(url: str, said: str) -> None:
    error = fail(url)

    assert said in str(error)
    assert (error.permanent, error.is_untaken) == (False, True)


def test_a_server_without_tls_is_named(receiver: Receiver) -> None:
    error = fail(receiver.url.replace("http:", "https:"))

    assert "TLS" in str(error)
    assert error.is_untaken


def test_a_certificate_is_trusted_as_soon_as_the_machine_trusts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, trust = certificate(tmp_path)
    trusted = tmp_path / "trusted.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with Receiver(lambda _: Reply(200), trust=trust) as server:
        error = fail(server.url)
        assert "its certificate is not trusted (TLS)" in str(error)
        assert error.is_untaken
        trusted.write_bytes(made.read_bytes())
        assert call(SERVICE, Request(server.url, b"{}"), 5).status == 200


def test_a_time_out_leaves_a_doubt(receiver: Receiver) -> None:
    receiver.drop(obeyed=True, seconds=0.4)
    error = fail(receiver.url, timeout=0.1)

    assert "time-out; if this lasts, check the network, or raise webhook.timeout" in str(error)
    assert (error.permanent, error.is_untaken) == (False, False)


@pytest.mark.parametrize("url", ["http://[::1/s3cr3t", "ftp://127.0.0.1/s3cr3t"])
def test_what_is_no_web_address_lasts_until_it_is_mended(url: str) -> None:
    error = fail(url)

    assert (error.permanent, error.fixable) == (True, True)
    assert "webhook.url" in str(error)


@pytest.mark.parametrize("token", ["s3cr3t\r\nx", "s3cr3t…"])
def test_a_credential_with_a_character_that_none_has_is_named(receiver: Receiver, token: str) -> None:
    error = fail(receiver.url, headers={"Authorization": f"Bearer {token}"})

    assert (error.permanent, error.fixable) == (True, True)
    assert "webhook.url has a character that none has, such as a line break" in str(error)
    assert receiver.calls == []


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "gopher://127.0.0.1"])
def test_a_proxy_of_another_kind_is_named(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    error = fail(receiver.url)

    assert "HTTPS_PROXY" in str(error)
    assert error.fixable


def test_a_proxy_that_lets_nobody_through_is_named(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", receiver.origin)
    receiver.answer(403)

    assert "proxy" in str(fail("https://hooks.invalid/s3cr3t"))


def test_an_endless_answer_is_read_only_so_far(receiver: Receiver) -> None:
    answer = call(SERVICE, Request(receiver.url, b"{}"), 5)

    assert (answer.status, len(answer.text)) == (200, MAX_ANSWER)


def test_an_answer_that_breaks_off_has_a_status_all_the_same(receiver: Receiver) -> None:
    receiver.judge = lambda _: Reply(202, "half", {"Content-Length": "9"})
    begin = time.monotonic()

    assert call(SERVICE, Request(receiver.url, b"{}"), 0.2).status == 202
    assert time.monotonic() - begin < 3


def test_a_get_has_no_body(receiver: Receiver) -> None:
    seen: list[Call] = receiver.calls
    call(SERVICE, Request(receiver.url), 5)

    assert (seen[0].method, seen[0].body) == ("GET", b"")
