"""A real HTTP server that plays a service which alerts are posted to, as strict as its rules say."""

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Call:
    """One request, as it came. Names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one call; `obeyed` all the same, as a caller without an answer cannot tell."""

    reply: Reply | None = None  # None: the connection is closed without an answer
    seconds: float = 0.0
    raw: bytes = b""  # sent instead of HTTP
    obeyed: bool = False


class Receiver:
    """Answers what `judge` says; `taken` is what was answered with 2xx, `calls` is all that came in.

    A context manager. With `trust` it speaks TLS. `trouble` queues what goes wrong with the next calls, one each.
    """

    def __init__(
        self, judge: Callable[[Call], Reply], path: str = "/hook/s3cr3t-w0rd", trust: ssl.SSLContext | None = None
    ) -> None:
        self.judge, self._path = judge, path
        self.calls: list[Call] = []
        self.taken: list[Call] = []
        self.trouble: deque[Trouble] = deque()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._scheme = "http"
        if trust is not None:
            # Each connection shakes hands in its own thread: one that breaks off must not end the server.
            self._scheme = "https"
            self._server.socket = trust.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; who calls from now on is refused."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return self.origin + self._path

    def heard(self) -> str:
        """All bodies that were taken."""
        return "\n".join(call.body.decode() for call in self.taken)

    def answer(self, status: int, body: str = "", **headers: str) -> None:
        """Answer the next call so, and take nothing; `retry_after` becomes `Retry-After`."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        self.trouble.append(Trouble(Reply(status, body, named)))

    def drop(self, *, obeyed: bool, seconds: float = 0) -> None:
        """Close the connection of the next call without an answer, having taken it or not."""
        self.trouble.append(Trouble(obeyed=obeyed, seconds=seconds))

    def babble(self) -> None:
        """Answer the next call with what is no HTTP."""
        self.trouble.append(Trouble(raw=b"220 mail ready\r\n\r\n"))

    def take(self, call: Call) -> Reply:
        with self._lock:
            reply = self.judge(call)
            if reply.status // 100 == 2:
                self.taken.append(call)
            return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                call = Call(self.command, self.path, headers, self.rfile.read(int(headers.get("content-length", "0"))))
                receiver.calls.append(call)
                trouble = receiver.trouble.popleft() if receiver.trouble else None
                if trouble is None:
                    self._reply(receiver.take(call))
                    return
                if trouble.obeyed:
                    receiver.take(call)
                time.sleep(trouble.seconds)
                self.close_connection = True
                if trouble.reply is not None:
                    self._reply(trouble.reply)
                elif trouble.raw:
                    self.wfile.write(trouble.raw)

            def _reply(self, reply: Reply) -> None:
                payload = reply.body.encode()
                self.send_response_only(reply.status)
                headers: dict[str, Any] = {"Date": self.date_time_string(), "Content-Length": len(payload)}
                for name, value in (headers | dict(reply.headers)).items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet: `calls` has it all."""

        return Handler
