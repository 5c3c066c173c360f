"""The dead man's switch is held only while all is well."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from monitor.daemon.alerting import DeadMansSwitch

START = datetime(2026, 3, 29, 6, tzinfo=UTC)


class Pings:
    """A server that counts pings, and answers with a status."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.status = 200
        pings = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pings.paths.append(self.path)
                self.send_response(pings.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/ping/1"


@pytest.fixture
def pings() -> Iterator[Pings]:
    found = Pings()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def test_it_is_pinged_once_for_each_look_that_was_committed_and_only_while_all_is_well(pings: Pings) -> None:
    state: dict[str, datetime | None] = {"looked": None}
    well = [True]
    switch = DeadMansSwitch(pings.url, lambda: state["looked"], lambda: well[0])
    assert not switch.run()

    state["looked"] = START
    assert switch.run()
    assert not switch.run()

    state["looked"], well[0] = START + timedelta(minutes=15), False
    assert not switch.run()
    well[0] = True
    pings.status = 503
    assert not switch.run()
    pings.status = 200
    assert switch.run()
    assert pings.paths == ["/ping/1"] * 3
