"""An S3 for tests: moto's server, on a port of its own, and what a program needs to find it."""

import http.client
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True)
class ObjectStore:
    """A server that runs; `fs` is s3fs's file system of it, through which tests write."""

    address: str
    fs: Any


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Serve an empty S3, which the environment names as long as it runs."""
    import s3fs  # noqa: PLC0415 - a second of imports, for those who need them
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        address = "http://{}:{}".format(*server.get_host_and_port())
        with patch.dict(os.environ, variables(address)):
            yield ObjectStore(address, s3fs.S3FileSystem(endpoint_url=address, skip_instance_cache=True))
    finally:
        server.stop()


def variables(address: str) -> Mapping[str, str]:
    """What those who use S3 set."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "planted-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


@contextmanager
def on_the_way(store: ObjectStore, asked: Callable[[str, str], int]) -> Iterator[None]:
    """Put a proxy before the store, in the environment: `asked` hears of each method and target before it is passed on.

    What it returns is the status that is answered instead; 0 passes the request on.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            if status := asked(self.command, self.path):
                self._send(status, {}, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
                return
            onward = http.client.HTTPConnection(store.address.removeprefix("http://"))
            onward.request(self.command, self.path, headers=dict(self.headers))
            answer = onward.getresponse()
            self._send(answer.status, answer.headers, answer.read())
            onward.close()

        def do_HEAD(self) -> None:
            self.do_GET()

        def _send(self, status: int, headers: Mapping[str, str] | HTTPMessage, body: bytes) -> None:
            self.send_response(status)
            given = {name.title(): value for name, value in headers.items()}
            for name, value in ({"Content-Length": str(len(body))} | given).items():
                if name not in {"Connection", "Date", "Server", "Transfer-Encoding"}:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with patch.dict(os.environ, variables(f"http://127.0.0.1:{server.server_port}")):
            yield
    finally:
        server.shutdown()
        server.server_close()
