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
from monitor.cycle.backtest import Span, play, told
from monitor.cycle.cycle import CycleReport
from monitor.history import History
from tests.support.chat_log import BREAK, Bot, write_config, write_log

SPAN = Span(BREAK - timedelta(days=1), BREAK + timedelta(days=4), timedelta(hours=12))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_log(tmp_path / "logs", each_day=300)
    return write_config(tmp_path, Bot())


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
    return [*(json.loads(json.dumps(line, default=str)) for line in report_lines(report)), {"events": events}]


def test_files_sqlite_and_postgresql_give_the_same_lines(files: Path, tmp_path: Path, postgres_url: str) -> None:
    in_files = lines(files, f"sqlite:///{tmp_path / 'of-files.db'}")
    in_sqlite = lines(on_tables(files, f"sqlite:///{tmp_path / 'log.db'}"), f"sqlite:///{tmp_path / 'of-sqlite.db'}")
    in_postgres = lines(on_tables(files, postgres_url), f"sqlite:///{tmp_path / 'of-postgres.db'}")
    assert any("opened" in event for line in in_files for event in line.get("events", []))
    assert in_sqlite == in_files
    assert in_postgres == in_files


def test_a_history_in_postgresql_gives_the_same_lines(files: Path, tmp_path: Path, postgres_url: str) -> None:
    assert lines(files, postgres_url) == lines(files, f"sqlite:///{tmp_path / 'history.db'}")


def test_looking_more_often_or_skipping_looks_ends_with_the_same_figures(files: Path, tmp_path: Path) -> None:
    """What a window holds does not depend on how the history came to hold it."""

    def last(every: timedelta, name: str) -> list[dict[str, Any]]:
        settings, history = load(files, environ={}), History.open(f"sqlite:///{tmp_path / name}")
        monitor = build_monitor(settings, "support-bot", history)
        end: datetime = SPAN.end
        reports = list(play([monitor], Span(end - timedelta(days=2), end, every)))
        monitor.log.close()
        history.close()
        return [line for line in _lines(reports[-1]) if line.get("type") == "metric"]

    assert last(timedelta(hours=6), "often.db") == last(timedelta(days=2), "once.db")
