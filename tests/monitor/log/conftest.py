"""The engines that a log may be on: every test that asks for `place` runs on each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.logs import FileLog, LogPlace, TableLog

ENGINES = ["duckdb-parquet", "duckdb-csv", "duckdb-jsonl", "sqlite", "postgresql"]


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> LogPlace:
    """Return an empty place for a log."""
    makers: dict[str, Callable[[], LogPlace]] = {
        "duckdb-parquet": lambda: FileLog(tmp_path, "parquet"),
        "duckdb-csv": lambda: FileLog(tmp_path, "csv"),
        "duckdb-jsonl": lambda: FileLog(tmp_path, "jsonl"),
        "sqlite": lambda: TableLog(f"sqlite:///{tmp_path}/log.db"),
        "postgresql": lambda: TableLog(request.getfixturevalue("postgres_url")),
    }
    return makers[request.param]()
