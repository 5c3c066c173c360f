"""The engines that a log may be on: every test that asks for `place` runs on each."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from monitor.log.engines.registry import ENGINES
from tests.support.logs import ClickhouseLog, FileLog, LogPlace, TableLog

Maker = Callable[[pytest.FixtureRequest, Path], LogPlace]

PLACES: Final[Mapping[str, Mapping[str, Maker]]] = {
    "duckdb": {
        "duckdb-parquet": lambda _request, folder: FileLog(folder, "parquet"),
        "duckdb-csv": lambda _request, folder: FileLog(folder, "csv"),
        "duckdb-jsonl": lambda _request, folder: FileLog(folder, "jsonl"),
    },
    "sqlite": {"sqlite": lambda _request, folder: TableLog(f"sqlite:///{folder}/log.db")},
    "clickhousedb": {"clickhouse": lambda request, _folder: ClickhouseLog(request.getfixturevalue("clickhouse_url"))},
    "postgresql": {"postgresql": lambda request, _folder: TableLog(request.getfixturevalue("postgres_url"))},
}
"""How a log is put on each engine; an engine that is registered and has no place here fails every test of it."""

MAKERS: Final = {name: make for engine in ENGINES for name, make in PLACES[engine.name].items()}


CONFORMING: Final = [name for name in MAKERS if name != "duckdb-jsonl"]
"""Where every test that asks for `place` runs: DuckDB puts the same SQL to lines of JSON and to CSV, once it has made
texts of both. That it does is held by conformance, on logs that have each oddity, and by what writers write."""

_PLANS_SLOWLY: Final = "clickhouse"
_ASKED_ELSEWHERE: Final = frozenset(
    {
        "test_every_row_of_a_stratum_has_the_same_chance",
        "test_a_draw_is_the_same_for_the_same_salt_and_another_one_for_another",
        "test_a_log_can_be_asked_many_times_and_keeps_nothing_open",
        "test_a_log_that_is_counted_in_runs_has_the_same_counts",
    }
)
"""What holds by the MD5 of ids alone, of many questions, and of DuckDB's limits."""
_IN_A_MESSY_LOG: Final = "test_oddities"
"""A module each of whose oddities is in the messy logs of conformance."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is on an engine with an environment of its own, and ask it for one messy log of several.

    It takes half a second to plan a count.
    """
    for item in items:
        if isinstance(item, pytest.Function) and _place_of(item) == _PLANS_SLOWLY:
            item.add_marker(pytest.mark.engine)
    left_out = [item for item in items if isinstance(item, pytest.Function) and _is_left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _is_left_out(item: pytest.Function) -> bool:
    if _place_of(item) != _PLANS_SLOWLY:
        return False
    is_odd = item.module.__name__.endswith(_IN_A_MESSY_LOG)
    return item.callspec.params.get("seed", 0) != 0 or item.originalname in _ASKED_ELSEWHERE or is_odd


def _place_of(item: pytest.Function) -> object:
    return item.callspec.params.get("place") if hasattr(item, "callspec") else None


@pytest.fixture(params=CONFORMING)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> LogPlace:
    """Return an empty place for a log."""
    return MAKERS[request.param](request, tmp_path)
