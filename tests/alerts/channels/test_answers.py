"""What channels that call a web address make of its answers, and of none; each of them, against a real server."""

import socket
import traceback
from collections.abc import Iterator
from contextlib import closing

import pytest

from alerts.channels.channel import ChannelError, Post
from tests.alerts.channels.test_channels import EARS, Ear
from tests.support.incidents import opened
from tests.support.receiver import Receiver

WITHOUT = {
    "apprise",
    "console",
    "email",
    "slack",
}  # which have clients, and tests, of their own


@pytest.fixture(params=[name for name in EARS if name not in WITHOUT])
def ear(request: pytest.FixtureRequest) -> Iterator[Ear]:
    with EARS[request.param]() as found:
        yield found


@pytest.fixture
def receiver(ear: Ear) -> Receiver:
    assert ear.receiver is not None
    return ear.receiver


def fail(ear: Ear) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        ear.channel.send(Post("1", opened()))
    shown = "".join(traceback.format_exception(failure.value)) + repr(failure.value)
    assert "s3cr3t" not in shown, "the address is a secret"
    return failure.value


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ({"retry_after": "17"}, 17.0),
        ({}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "inf"}, float("inf")),
    ],
)
def test_who_asks_to_wait_is_given_the_time(
    ear: Ear, receiver: Receiver, asked: dict[str, str], wait: float | None
) -> None:
    receiver.answer(429, **asked)
    error = fail(ear)

    assert (error.asks_to_wait, error.retry_after, error.permanent) == (True, wait, False)
    ear.channel.send(Post("1", opened()))
    assert len(receiver.taken) == 1


def test_a_time_to_come_back_is_seen_from_the_clock_of_the_server(ear: Ear, receiver: Receiver) -> None:
    receiver.answer(429, retry_after="Fri, 01 May 2026 10:00:09 GMT", date="Fri, 01 May 2026 10:00:00 GMT")

    assert fail(ear).retry_after == 9.0


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_and_may_have_been_told(ear: Ear, receiver: Receiver, status: int) -> None:
    receiver.answer(status, "<html>s3cr3t-w0rd</html>")
    error = fail(ear)

    assert (error.permanent, error.asks_to_wait, error.is_untaken) == (False, False, False)
    assert f"HTTP {status}" in str(error)


@pytest.mark.parametrize("status", [301, 307, 401, 403, 404, 405, 407, 410])
def test_what_only_a_person_mends_names_the_key(ear: Ear, receiver: Receiver, status: int) -> None:
    receiver.answer(status, location="http://127.0.0.1:1/s3cr3t-w0rd")
    error = fail(ear)

    assert (error.permanent, error.fixable) == (True, True)
    assert len(receiver.calls) == 1  # a redirect is not followed


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_message_that_is_refused_keeps_no_other_from_being_told(ear: Ear, receiver: Receiver, status: int) -> None:
    for _ in range(6):  # some try plainer forms
        receiver.answer(status)
    error = fail(ear)

    assert (error.permanent, error.fixable) == (True, False)


def test_a_connection_that_ends_without_an_answer_leaves_a_doubt(ear: Ear, receiver: Receiver) -> None:
    receiver.drop(obeyed=True)
    error = fail(ear)

    assert (error.permanent, error.is_untaken) == (False, False)
    assert "the connection was closed before it answered" in str(error)


def test_what_is_no_http_is_told_as_that(ear: Ear, receiver: Receiver) -> None:
    receiver.babble()

    assert "what came is no HTTP" in str(fail(ear))


def test_a_refused_connection_leaves_no_doubt(ear: Ear, receiver: Receiver) -> None:
    receiver.close()
    error = fail(ear)

    assert (error.permanent, error.is_untaken) == (False, True)
    assert "connection refused; check the proxy (HTTPS_PROXY) and" in str(error)


def test_a_proxy_that_is_not_there_is_named(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert "proxy (HTTPS_PROXY)" in str(fail(ear))
