"""The engines that a log may be on: every test that asks for `place` runs on each."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from monitor.log.engines.registry import ENGINES
from tests.support.logs import FileLog, LogPlace, TableLog

Maker = Callable[[pytest.FixtureRequest, Path], LogPlace]

PLACES: Final[Mapping[str, Mapping[str, Maker]]] = {
    "duckdb": {
        "duckdb-parquet": lambda _request, folder: FileLog(folder, "parquet"),
        "duckdb-csv": lambda _request, folder: FileLog(folder, "csv"),
        "duckdb-jsonl": lambda _request, folder: FileLog(folder, "jsonl"),
    },
    "sqlite": {"sqlite": lambda _request, folder: TableLog(f"sqlite:///{folder}/log.db")},
    "postgresql": {"postgresql": lambda request, _folder: TableLog(request.getfixturevalue("postgres_url"))},
}
"""How a log is put on each engine; an engine that is registered and has no place here fails every test of it."""

MAKERS: Final = {name: make for engine in ENGINES for name, make in PLACES[engine.name].items()}


CONFORMING: Final = [name for name in MAKERS if name != "duckdb-jsonl"]
"""Where every test that asks for `place` runs: DuckDB puts the same SQL to lines of JSON and to CSV, once it has made
texts of both. That it does is held by conformance, on logs that have each oddity, and by what writers write."""


@pytest.fixture(params=CONFORMING)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> LogPlace:
    """Return an empty place for a log."""
    return MAKERS[request.param](request, tmp_path)
