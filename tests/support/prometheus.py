"""A real Prometheus for tests: `prometheus` of Debian, which `.ci/prometheus` unpacks."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import quote

import pytest

from tests.repository.paths import ROOT
from tests.support.alertmanager import free_port
from tests.support.http import get_json, get_text
from tests.support.waiting import wait_until

RULES: Final = ROOT / "deploy" / "prometheus"
UNPACKED: Final = ROOT / ".prometheus" / "usr" / "bin"
MISSING: Final = (
    "NOT TESTED WITH A REAL PROMETHEUS: there is none. Run .ci/prometheus (Debian and its like), or put prometheus and "
    "promtool on the PATH"
)


def program(name: str) -> str:
    """Where `prometheus` or `promtool` is; the test is skipped where it is not."""
    unpacked = UNPACKED / name
    found = shutil.which(name) or (str(unpacked) if unpacked.exists() else None)
    if found is None:
        pytest.skip(MISSING)
    return found


class Prometheus:
    """One that runs."""

    def __init__(self, url: str) -> None:
        self._url = url

    def is_ready(self) -> bool:
        """Whether it answers."""
        with suppress(URLError, OSError):
            return bool(get_text(f"{self._url}/-/ready"))
        return False

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression gives now. Raises AssertionError with what Prometheus says of a wrong one."""
        status, answer = get_json(f"{self._url}/api/v1/query?query={quote(expression)}")
        assert status == 200, (expression, answer)
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def targets(self) -> list[dict[str, Any]]:
        """What it scrapes, and how that goes."""
        found: list[dict[str, Any]] = get_json(f"{self._url}/api/v1/targets")[1]["data"]["activeTargets"]
        return found


@contextmanager
def scraping(target: str) -> Iterator[Prometheus]:
    """Start one that reads `target` (host:port) every second, with the rules of deploy/prometheus."""
    port = free_port()
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(file) for file in sorted(RULES.glob("*.rules.yml"))],
        "scrape_configs": [{"job_name": "tunewatch", "static_configs": [{"targets": [target]}]}],
    }
    with tempfile.TemporaryDirectory(prefix="prom-") as folder:
        file = Path(folder) / "prometheus.yml"
        file.write_text(json.dumps(config), encoding="utf-8")
        process = subprocess.Popen(
            [
                program("prometheus"),
                f"--config.file={file}",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server = Prometheus(f"http://127.0.0.1:{port}")
            wait_until(lambda: server.is_ready() or process.poll() is not None, 60)
            assert process.poll() is None, "Prometheus ended as soon as it was started"
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)
