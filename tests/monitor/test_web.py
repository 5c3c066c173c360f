from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitor.errors import BindError
from monitor.web import Answer, WebServer, health_app
from tests.support.http import get_json

GOOD = Answer(good=True, detail={"scheduler": "alive"})
BAD = Answer(good=False, detail={"history": "unreachable"})


@contextmanager
def _served(healthy: Answer = GOOD, ready: Answer = GOOD) -> Iterator[str]:
    server = WebServer(health_app(lambda: healthy, lambda: ready), "127.0.0.1", 0)
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
