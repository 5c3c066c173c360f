"""The same log gives the same lines, whichever engine holds it and whichever keeps the history."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from config.loading import load
from monitor.bootstrap.monitors import build_monitor
from monitor.cli.output.lines import report_lines
from monitor.cycle.backtest import SimulatedTimes, play, told
from monitor.cycle.cycle import CycleReport
from monitor.history import History
from tests.support.chat_log import BREAK, Bot, write_config, write_log

SPAN = SimulatedTimes(BREAK - timedelta(hours=12), BREAK + timedelta(days=3, hours=12), timedelta(days=1))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a log in files."""
    folder = tmp_path_factory.mktemp("files")
    write_log(folder / "logs")
    return write_config(folder, Bot())


@pytest.fixture(scope="module")
def expected(files: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of the log in files, with a history in SQLite."""
    return lines(files, f"sqlite:///{tmp_path_factory.mktemp('history') / 'history.db'}")


def on_tables(config: Path, url: str) -> Path:
    """The same configuration, with the log in the tables of a database."""
    engine = sa.create_engine(url)
    for name in ("predictions", "labels"):
        frame = pq.read_table(config.parent / "logs" / f"{name}.parquet").to_pandas()
        frame.to_sql(name, engine, index=False)
    engine.dispose()
    text = config.read_text(encoding="utf-8")
    for name in ("predictions", "labels"):
        text = text.replace(f'files: "logs/{name}.parquet"', f"table: {name}")
    text = text.replace("    source:\n", f'    source:\n      url: "{url}"\n')
    there = config.with_name(f"{sa.make_url(url).get_backend_name()}.yaml")
    there.write_text(text, encoding="utf-8")
    return there


def lines(config: Path, history_url: str) -> list[dict[str, Any]]:
    """All that a backtest sees, as `--json` would print it, but for how long it took."""
    settings = load(config, environ={})
    history = History.open(history_url)
    monitor = build_monitor(settings, "support-bot", history)
    try:
        reports = list(play([monitor], SPAN))
    finally:
        monitor.log.close()
        history.close()
    return [line for report in reports for line in _lines(report)]


def _lines(report: CycleReport) -> list[dict[str, Any]]:
    events = [f"{step.incident.id} {step.event}" for step in told(report)]
    return [*map(json.loads, report_lines(report)), {"events": events}]


def test_the_story_has_an_incident(expected: list[dict[str, Any]]) -> None:
    assert any("opened" in event for line in expected for event in line.get("events", []))


def test_a_log_in_sqlite_gives_the_same_lines(files: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    there = on_tables(files, f"sqlite:///{tmp_path / 'log.db'}")
    assert lines(there, f"sqlite:///{tmp_path / 'history.db'}") == expected


def test_a_log_and_a_history_in_postgresql_give_the_same_lines(
    files: Path, expected: list[dict[str, Any]], postgres_url: str
) -> None:
    assert lines(on_tables(files, postgres_url), postgres_url) == expected


def test_looking_more_often_or_skipping_looks_ends_with_the_same_figures(files: Path, tmp_path: Path) -> None:
    """What a window holds does not depend on how the history came to hold it."""

    def last(every: timedelta, name: str) -> list[dict[str, Any]]:
        settings, history = load(files, environ={}), History.open(f"sqlite:///{tmp_path / name}")
        monitor = build_monitor(settings, "support-bot", history)
        end: datetime = SPAN.end
        reports = list(play([monitor], SimulatedTimes(end - timedelta(days=2), end, every)))
        monitor.log.close()
        history.close()
        return [line for line in _lines(reports[-1]) if line.get("type") == "metric"]

    assert last(timedelta(hours=12), "often.db") == last(timedelta(days=2), "once.db")
