"""Every system: what it writes is read to the right figures, by `tunewatch once`."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb
import pytest
import yaml

from monitor.log.systems.registry import BY_NAME, recognise
from tests.support.program import run_here
from tests.support.systems_page import ALL, PAGE, page
from tests.systems.clickhouse import TABLES
from tests.systems.shapes import SHAPES, Source
from tests.systems.story import END, MEDIAN_MS, RECALL, Turn, turns
from tests.systems.written import WRITTEN

LAST_WEEK: Final = 100
WITHOUT_LATENCY: Final = {
    "openai",
    "sagemaker",
    "dialogflow",
    "lex",
    "rasa",
    "zendesk",
    "label-studio",
    "argilla",
}
"""Systems that write none, or whose labels alone are read."""
OTHER_PROJECT: Final = 2
"""Predictions of the last week that Phoenix has in another project."""
ON_A_SERVER: Final = [shape for shape in ALL if "PostgreSQL" in shape or "ClickHouse" in shape]
Figures = Mapping[tuple[str, str], float]


def _marks(shape: str) -> Sequence[pytest.MarkDecorator]:
    return [pytest.mark.engine] if "ClickHouse" in shape else []


def monitor_of(shape: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", shape.lower())


def written(shape: str, folder: Path, url: Callable[[], str]) -> Source:
    """Return the source of a shape, its files named from the folder of the configuration."""
    own = folder / monitor_of(shape)
    own.mkdir()
    story = list(turns())
    source = SHAPES[shape](story, own) if shape in SHAPES else {**WRITTEN, **TABLES}[shape](story, own, url)
    for role in ("predictions", "labels"):
        section = source[role]
        if "files" in section:
            section["files"] = f"{own.name}/{section['files']}"
        if "query" in section:
            section["query"] = section["query"].replace("FROM '", f"FROM '{own.name}/")
    return source


def once(folder: Path, sources: Mapping[str, Source]) -> Mapping[str, Figures]:
    """Return the metrics of the last week of each shape, by metric and class, at the end of the story."""
    settings = {"study": {"enabled": False}, "classes": {"urgent": {"min_recall": 0.8}}}
    monitors = {monitor_of(shape): {"source": source} | settings for shape, source in sources.items()}
    file = folder / "tunewatch.yaml"
    file.write_text(yaml.safe_dump({"history": {"url": "sqlite:///h.db"}, "monitors": monitors}), encoding="utf-8")
    done = run_here("once", "-c", str(file), "--as-of", END.isoformat(), "--json", cwd=folder)
    assert done.returncode in {0, 1}, done.stderr
    found: dict[str, dict[tuple[str, str], float]] = {name: {} for name in monitors}
    for row in map(json.loads, done.stdout.splitlines()):
        if row["type"] == "metric" and row["slice"] == "all":
            value = row["value"] if row["raw"] is None else row["raw"]
            found[row["monitor"]][row["metric"], row["class"]] = value
    return found


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Figures]:
    """Return what one look at all systems on files and SQLite finds."""
    folder = tmp_path_factory.mktemp("systems")
    return once(folder, {shape: written(shape, folder, str) for shape in ALL if shape not in ON_A_SERVER})


def holds(shape: str, found: Figures) -> None:
    assert found["recall", "urgent"] == pytest.approx(RECALL)
    name = shape.partition(":")[0]
    assert found["predictions", ""] == LAST_WEEK - (OTHER_PROJECT if name == "phoenix" else 0)
    if name not in WITHOUT_LATENCY:
        assert found["latency_p50", ""] == pytest.approx(MEDIAN_MS, rel=0.05)


@pytest.mark.parametrize("shape", [shape for shape in ALL if shape not in ON_A_SERVER])
def test_the_recall_of_the_last_week_is_that_of_the_story(shape: str, figures: Mapping[str, Figures]) -> None:
    holds(shape, figures[monitor_of(shape)])


@pytest.mark.parametrize("shape", [pytest.param(shape, marks=_marks(shape)) for shape in ON_A_SERVER])
def test_so_it_is_on_a_server(shape: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    fixture = "clickhouse_url" if "ClickHouse" in shape else "postgres_url"
    source = written(shape, tmp_path, lambda: str(request.getfixturevalue(fixture)))
    holds(shape, once(tmp_path, {shape: source})[monitor_of(shape)])


@pytest.mark.parametrize("shape", [shape for shape in ALL if shape not in ON_A_SERVER and "SQLite" not in shape])
def test_what_a_system_writes_is_recognised_as_its(shape: str, tmp_path: Path) -> None:
    source = written(shape, tmp_path, str)
    name = shape.partition(":")[0]
    roles = set()
    for role in ("predictions", "labels"):
        section = source[role]
        if section.get("system", source.get("system")) == name and "files" in section:
            path = tmp_path / section["files"]
            asked = f"DESCRIBE SELECT * FROM '{path}'"  # noqa: S608 - a path of the test
            columns = [row[0] for row in duckdb.connect().execute(asked).fetchall()]
            assert (name, role) in {(found.system.name, found.role) for found in recognise(columns)}
            roles.add(role)
    assert roles


def test_every_system_is_read_from_something_that_a_test_writes() -> None:
    assert {shape.partition(":")[0] for shape in ALL} == set(BY_NAME)


def test_the_page_of_systems_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.support.systems_page"


def test_the_story_is_told_to_both_kinds_of_shape() -> None:
    story: list[Turn] = list(turns())
    last = story[-LAST_WEEK:]
    urgent = [turn for turn in last if turn.label == "urgent"]
    assert sum(turn.predicted == "urgent" for turn in urgent) / len(urgent) == RECALL
