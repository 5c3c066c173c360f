import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient

from monitor.common.errors import BindError
from monitor.web.connections import MOST_CONNECTIONS, BoundedProtocol
from monitor.web.server import Answer, WebServer, health_app
from tests.support.http import get_json
from tests.support.waiting import wait_until

GOOD = Answer(good=True, detail={"scheduler": "alive"})
BAD = Answer(good=False, detail={"history": "unreachable"})


class Impatient(BoundedProtocol):
    patience = 0.2


@contextmanager
def _served(
    healthy: Answer = GOOD,
    ready: Answer = GOOD,
    protocol: type[BoundedProtocol] = BoundedProtocol,
    pages: Sequence[BaseRoute] = (),
) -> Iterator[str]:
    server = WebServer(health_app(lambda: healthy, lambda: ready, pages=pages), "127.0.0.1", 0, protocol)
    server.start()
    try:
        host, port = server.address
        yield f"http://{host}:{port}"
    finally:
        server.stop(patience=5)


def test_good_is_200_with_its_detail_and_bad_is_503_with_the_reason() -> None:
    with _served(ready=BAD) as url:
        assert get_json(f"{url}/-/healthy") == (200, {"scheduler": "alive"})
        assert get_json(f"{url}/-/ready") == (503, {"history": "unreachable"})


def _metrics(accept: str) -> tuple[bytes, str]:
    assert accept != "fault", "a fault of our own"
    return b"up 1\n", "text/plain"


def _asked(path: str, host: str = "127.0.0.1", accept: str = "*/*") -> tuple[int, Mapping[str, str]]:
    app = health_app(lambda: GOOD, lambda: GOOD, _metrics)
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.get(path, headers={"Host": host, "Accept": accept})
    return answer.status_code, answer.headers


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [("/metrics", "*/*", 200), ("/metrics", "fault", 500), ("/-/ready", "*/*", 200), ("/none", "*/*", 404)],
)
def test_every_answer_says_what_a_browser_may_do_with_it(path: str, accept: str, status: int) -> None:
    answered, headers = _asked(path, accept=accept)

    assert answered == status
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"


def test_figures_are_told_under_no_name_of_somebody_else_and_health_under_any() -> None:
    assert _asked("/metrics", host="evil.example")[0] == 421
    assert _asked("/-/ready", host="tunewatch.monitoring.svc")[0] == 200


def test_a_taken_port_is_told_when_the_server_is_made() -> None:
    server = WebServer(health_app(lambda: GOOD, lambda: GOOD), "127.0.0.1", 0)
    try:
        host, port = server.address
        with pytest.raises(BindError, match=f"cannot listen on {host}:{port}"):
            WebServer(health_app(lambda: GOOD, lambda: GOOD), host, port)
    finally:
        server.stop(patience=1)


def test_an_address_of_another_machine_is_told_when_the_server_is_made() -> None:
    with pytest.raises(BindError, match=r"192\.0\.2\.1"):
        WebServer(health_app(lambda: GOOD, lambda: GOOD), "192.0.2.1", 0)


def test_an_unknown_host_is_told_when_the_server_is_made() -> None:
    with pytest.raises(BindError, match=r"web\.host"):
        WebServer(health_app(lambda: GOOD, lambda: GOOD), "no such host", 0)


def test_after_the_stop_the_port_is_free_again() -> None:
    server = WebServer(health_app(lambda: GOOD, lambda: GOOD), "127.0.0.1", 0)
    server.start()
    address = server.address
    server.stop(patience=5)

    WebServer(health_app(lambda: GOOD, lambda: GOOD), *address).stop(patience=1)


def _connect(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=5)
    connection.settimeout(5)
    return connection


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side ended it; waits for that."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def _ends(connection: socket.socket) -> bool:
    """Whether the other side ends it, whatever it says before."""
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


def test_a_crowd_of_idle_connections_neither_takes_all_places_nor_keeps_anybody_out() -> None:
    with ExitStack() as stack, _served() as url:
        crowd = [stack.enter_context(_connect(url)) for _ in range(4 * MOST_CONNECTIONS)]
        assert get_json(f"{url}/-/healthy") == (200, {"scheduler": "alive"})
        early = crowd[: 2 * MOST_CONNECTIONS]
        assert all(map(_is_closed, early)), "the oldest give way"
        assert get_json(f"{url}/-/ready")[0] == 200


@pytest.mark.parametrize("sent", [b"", b"GET /-/healthy HT", b"GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_a_connection_that_asks_nothing_or_a_letter_at_a_time_or_stays_after_its_answer_ends(sent: bytes) -> None:
    with _served(protocol=Impatient) as url, _connect(url) as connection:
        connection.sendall(sent)
        assert _ends(connection)


def _large(_request: Request) -> Response:
    return StreamingResponse(b"-" * 100_000 for _ in range(1000))


async def _read(request: Request) -> Response:
    return Response(await request.body())


LARGE = Route("/large", _large)
FORM = Route("/form", _read, methods=["POST"])


def test_an_answer_that_nobody_reads_ends() -> None:
    with _served(protocol=Impatient, pages=[LARGE]) as url, _connect(url) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert connection.recv(15) == b"HTTP/1.1 200 OK"

        def is_ended() -> bool:
            try:
                connection.sendall(b"G")
            except ConnectionError:
                return True
            return False

        wait_until(is_ended, 10)


def test_a_crowd_whose_bodies_do_not_come_keeps_nobody_out() -> None:
    head = b"POST /form HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
    with _served(pages=[FORM]) as url, ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS):
            connection = stack.enter_context(_connect(url))
            connection.sendall(head)
            assert connection.recv(12) == b"HTTP/1.1 100"
        assert get_json(f"{url}/-/healthy") == (200, {"scheduler": "alive"})


def test_an_answer_under_way_is_waited_for() -> None:
    release = threading.Event()

    def slow() -> Answer:
        assert release.wait(5)
        return GOOD

    server = WebServer(health_app(slow, slow), "127.0.0.1", 0, Impatient)
    server.start()
    host, port = server.address
    with _connect(f"http://{host}:{port}") as asking, _connect(f"http://{host}:{port}") as idle:
        asking.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n")
        assert _is_closed(idle), "by then the other one has lasted as long"
        release.set()
        assert asking.recv(15) == b"HTTP/1.1 200 OK"
    server.stop(patience=5)
