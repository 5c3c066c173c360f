"""A ClickHouse server for tests: ClickHouse's own engine, out of a wheel, behind the HTTP interface of its server.

It runs in a process of its own: `python clickhouse_server.py FOLDER PASSWORD USERS` writes its port into FOLDER/port
and serves until its standard input ends. USERS are JSON: to each user what its settings profile says, as SQL; all but
`default` have the password. What a query, a setting or a read-only user means is said by the engine; what is rebuilt
here is the way there: https://clickhouse.com/docs/interfaces/http. Needs chdb alone.
"""

import base64
import json
import os
import re
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

_TRANSPORT: Final = frozenset(
    {
        "buffer_size",
        "client_protocol_version",
        "compress",
        "database",
        "decompress",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        "query",
        "query_id",
        "quota_key",
        "role",
        "send_progress_in_http_headers",
        "session_check",
        "session_id",
        "session_timeout",
        "wait_end_of_query",
    }
)
"""Parameters that are no settings of the query."""
_MOST_SESSIONS: Final = 6
_FORMAT: Final = re.compile(rb"\sFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_CODE: Final = re.compile(r"Code: (\d+)")
_STATUS: Final = {60: 404, 81: 404, 47: 404, 516: 403, 497: 403}
"""HTTP's own code of an error that is not 500."""


class Handler(BaseHTTPRequestHandler):
    """Answers as the server does: a request knows nothing of those before it."""

    protocol_version = "HTTP/1.1"
    folder: str
    password: str
    users: Mapping[str, str]
    one: ClassVar = threading.Lock()
    sessions: ClassVar[dict[tuple[Any, ...], Any]] = {}

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer a query of the address."""
        if urlsplit(self.path).path == "/ping":
            self._send(200, b"Ok.\n", {})
        else:
            self._answer(b"")

    def do_POST(self) -> None:
        """Answer a query of the body."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        user, password = self._credentials()
        sql = b"\n".join(part for part in (given.get("query", "").encode(), body) if part)
        if password != (self.password if user != "default" else ""):
            said = f"Code: 516. DB::Exception: {user}: Authentication failed: password is incorrect, or there is no "
            self._fail(f"{said}user with such name. (AUTHENTICATION_FAILED)")
            return
        settings = {name: value for name, value in given.items() if name not in _TRANSPORT}
        found = _FORMAT.search(sql)
        with self.one:
            try:
                session = self._session(user, given.get("database", ""), settings)
                text = sql.decode("utf-8", "surrogateescape")
                answer = session.query(text, found[1].decode() if found else "TabSeparated").bytes()
            except Exception as error:  # noqa: BLE001 - the engine has one kind, and all of them are told
                self._fail(str(error))
                return
        self._send(200, answer, {"X-ClickHouse-Format": found[1].decode() if found else "TabSeparated"})

    def _session(self, user: str, database: str, settings: Mapping[str, str]) -> Any:  # noqa: ANN401
        """Return one that is as it begins for such a request; of the last few, since to open one costs 5 ms."""
        key = (user, database, tuple(settings.items()))
        if key not in self.sessions:
            session = opened(self.folder)
            if profile := self.users.get(user):
                session.query(profile)
            if database:
                session.query(f"USE `{database}`")
            if settings:
                session.query("SET " + ", ".join(f"{name} = '{_escaped(v)}'" for name, v in settings.items()))
            self.sessions[key] = session
            if len(self.sessions) > _MOST_SESSIONS:
                self.sessions.pop(next(iter(self.sessions))).close()
        return self.sessions[key]

    def _credentials(self) -> tuple[str, str]:
        scheme, _, value = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return self.headers.get("X-ClickHouse-User", "default"), self.headers.get("X-ClickHouse-Key", "")
        user, _, password = base64.b64decode(value).decode().partition(":")
        return user, password

    def _fail(self, said: str) -> None:
        code = int(found[1]) if (found := _CODE.search(said)) else 1001
        self._send(
            _STATUS.get(code, 500), f"{said} (version 26.9)\n".encode(), {"X-ClickHouse-Exception-Code": str(code)}
        )

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-ClickHouse-Timezone", "UTC")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def opened(folder: str) -> Any:  # noqa: ANN401 - it publishes no types
    """Return a session of the engine, with settings of its own."""
    make: Any = Session
    return make(folder)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def main(folder: Path, password: str, users: str) -> None:
    """Serve until nobody holds the other end of standard input."""
    Handler.password, Handler.users = password, json.loads(users)
    Handler.folder = str(folder / "data")
    engine = opened(Handler.folder)  # as long as it is open, so is the database
    engine.query("SELECT 1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ready = folder / "port.part"
    ready.write_text(str(server.server_port))
    ready.rename(folder / "port")
    sys.stdin.buffer.read()
    os._exit(0)  # a query that still runs is nobody's


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
