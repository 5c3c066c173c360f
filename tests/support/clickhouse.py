"""A real ClickHouse for tests, from a wheel: one server per test process, one fresh database per test.

The wheel has ClickHouse as a library, which does not live in one process with other libraries of its kind: it runs in
a process and an environment of its own, behind HTTP, so that what is tested is the way that production takes. What
asks for it has the mark `engine`, and is run by `make test-engines`.
"""

import json
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from tests.repository.paths import ROOT

PYTHON: Final = ROOT / ".engines" / "bin" / "python"
SCRIPT: Final = Path(__file__).with_name("clickhouse_server.py")
DRIVER: Final = "clickhousedb"
PASSWORD: Final = "secret#1"
"""Of all users but `default`, who has none."""
USERS: Final[Mapping[str, str]] = {
    "default": "",
    "reader": "SET readonly = 2",
    "strict": "SET readonly = 1",
    "ready": "SET join_use_nulls = 1, final = 1, readonly = 1",
    "cut": "SET limit = 1",
    "any": "SET join_default_strictness = 'ANY', max_rows_in_join = 1, join_overflow_mode = 'break'",
    "broken": "SET max_rows_to_read = 1, read_overflow_mode = 'break', max_block_size = 1",
    "fixed": "SET join_use_nulls = 1, final = 1, join_overflow_mode = 'break', readonly = 1",
    "short": "SET max_execution_time = 7, max_memory_usage = 100000000",
}
"""What the settings profile of each says."""
_PATIENCE: Final = 60.0  # seconds, of a loaded machine


@pytest.fixture(scope="session")
def clickhouse_server() -> Iterator[sa.URL]:
    """Start a server in a folder of its own."""
    if not PYTHON.exists():
        pytest.fail("tests of ClickHouse need it in an environment of its own: make .engines/ready")
    with tempfile.TemporaryDirectory(prefix="ch-", ignore_cleanup_errors=True) as folder:
        errors = Path(folder) / "errors"
        with errors.open("wb") as said:
            server = subprocess.Popen(
                [PYTHON, "-P", SCRIPT, folder, PASSWORD, json.dumps(USERS)], stdin=subprocess.PIPE, stderr=said
            )
        try:
            port = _port(Path(folder) / "port", server, errors)
            yield sa.URL.create(DRIVER, username="default", host="127.0.0.1", port=port)
        finally:
            server.communicate()  # closes its standard input, which ends it


def _port(file: Path, server: subprocess.Popen[bytes], errors: Path) -> int:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and server.poll() is None:
        if file.exists():
            return int(file.read_text())
        time.sleep(0.02)
    pytest.fail(f"the ClickHouse server for tests did not start: {errors.read_text()[-2000:]}")


_database_numbers = count(1)


@pytest.fixture
def clickhouse_url(clickhouse_server: sa.URL) -> Iterator[str]:
    """Give the URL of a fresh, empty database, dropped after the test."""
    name = f"test_{next(_database_numbers)}"
    run_clickhouse(clickhouse_server, f"CREATE DATABASE {name}")
    yield clickhouse_server.set(database=name).render_as_string(hide_password=False)
    run_clickhouse(clickhouse_server, f"DROP DATABASE {name}")


def run_clickhouse(url: str | sa.URL, statement: str, rows: bytes = b"") -> bytes:
    """Run a statement, or an INSERT of rows in the format that it names, and return what is answered."""
    parsed = sa.make_url(url)
    address = f"http://{parsed.host}:{parsed.port}/?database={parsed.database or 'default'}"
    body = statement.encode("utf-8", "surrogateescape") + (b"\n" + rows if rows else b"")
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data=body)) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{error.read().decode()} in {statement}") from error
