"""A real Alertmanager for tests: `prometheus-alertmanager` of Debian, which `.ci/alertmanager` unpacks."""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from tests.repository.paths import ROOT

UNPACKED = ROOT / ".alertmanager" / "usr" / "bin" / "prometheus-alertmanager"
MISSING = (
    "NOT TESTED AGAINST A REAL ALERTMANAGER: there is none. Run .ci/alertmanager (Debian and its like), or put "
    "alertmanager on the PATH"
)
_CONFIG = """\
route: {receiver: page, group_by: [alertname, monitor, severity], group_wait: 0s, group_interval: 1s}
receivers: [{name: page}]
"""


def program() -> str | None:
    """Where Alertmanager is, if it is."""
    names = ("prometheus-alertmanager", "alertmanager")
    found = next((path for name in names if (path := shutil.which(name))), None)
    return found or (str(UNPACKED) if UNPACKED.exists() else None)


class Alertmanager:
    """One that runs; `url` ends with a slash."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = build_opener(ProxyHandler({}))

    def alerts(self) -> list[dict[str, Any]]:
        """The alerts that it holds active: neither resolved nor silenced."""
        found = self._ask("api/v2/alerts?active=true&silenced=false")
        assert isinstance(found, list)
        return sorted(found, key=lambda alert: str(alert["labels"]["severity"]))

    def is_ready(self) -> bool:
        with suppress(URLError, OSError), self._opener.open(f"{self.url}-/ready", timeout=2):
            return True
        return False

    def _ask(self, path: str) -> object:
        with self._opener.open(Request(self.url + path), timeout=5) as answer:  # noqa: S310 - on this machine
            return json.load(answer)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(path: str) -> Iterator[Alertmanager]:
    """Start one, with nothing in it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="am-") as folder:
        config = Path(folder) / "alertmanager.yml"
        config.write_text(_CONFIG, encoding="utf-8")
        process = subprocess.Popen(
            [
                path,
                f"--config.file={config}",
                f"--storage.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server = Alertmanager(f"http://127.0.0.1:{port}/")
            until = time.monotonic() + 30
            while not server.is_ready():
                assert process.poll() is None, "Alertmanager ended as soon as it was started"
                assert time.monotonic() < until, "Alertmanager did not become ready within 30 seconds"
                time.sleep(0.05)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)
