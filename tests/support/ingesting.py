"""The receiver on a port of its own, and a client as a bot would write it."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.ingest import IngestSettings
from monitor.common.clock import MACHINE, Clocks
from monitor.ingest.service import IngestService

TOKEN = "a-token-of-tests"


@contextmanager
def receiver(folder: Path, port: int = 0, clocks: Clocks = MACHINE, **settings: Any) -> Iterator[IngestService]:  # noqa: ANN401
    """Receive into a folder; at the end all that was received is in the log."""
    given = IngestSettings(folder=str(folder), port=port, token=SecretStr(TOKEN), **settings)
    service = IngestService(given, clocks)
    service.start()
    try:
        yield service
    finally:
        assert service.stop(20)


@dataclass(frozen=True, slots=True)
class Client:
    """Sends to `url` with a token."""

    url: str
    token: str

    def send(self, stream: str, *rows: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Rows as JSON lines; status and answer."""
        return self.post(f"/v1/{stream}", lines(rows))

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
        """Any body; words of names of headers are joined by underscores."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request("POST", path, body, {"Authorization": f"Bearer {self.token}", **named})
            answer = connection.getresponse()
            said = answer.read()
            return answer.status, json.loads(said) if said.startswith(b"{") else {}
        finally:
            connection.close()


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def packed(body: bytes) -> bytes:
    """As gzip."""
    return gzip.compress(body)
