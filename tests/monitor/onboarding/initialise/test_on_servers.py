"""The same look at databases that have schemas: PostgreSQL and a DuckDB file."""

from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from config import load
from monitor.onboarding.initialise import propose, render
from tests.monitor.onboarding.initialise.conftest import NOW

STATEMENTS: Final = (
    "CREATE SCHEMA bot",
    "CREATE TABLE bot.answers (msg_id integer, created_at timestamp with time zone, intent varchar, took_ms integer)",
    (
        "INSERT INTO bot.answers SELECT n, timestamp '2026-03-01' + n * interval '1 hour', "
        "CASE WHEN mod(n, 20) = 0 THEN 'fraud' ELSE 'other' END, 100 + n FROM generate_series(1, 400) AS s(n)"
    ),
    # The ids of labels are text here and numbers there, as happens.
    (
        "CREATE TABLE bot.annotations AS SELECT CAST(msg_id AS varchar) AS msg_id, intent AS true_intent, "
        "created_at + interval '5 hours' AS annotated_at FROM bot.answers"
    ),
    "CREATE TABLE unrelated (id integer, note varchar)",
)


def _fill(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in STATEMENTS:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize("kind", ["postgresql", "duckdb"])
def test_tables_in_schemas_are_found_and_related(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else f"duckdb:///{tmp_path}/log.duckdb"
    _fill(url)
    file = tmp_path / "tunewatch.yaml"
    file.write_text(render(propose([url], NOW), tmp_path))
    monitor = load(file, environ={}).monitors["chatbot"]
    assert monitor.source.predictions.table == "bot.answers"
    assert monitor.source.predictions.columns.mapped() == {
        "id": "msg_id",
        "at": "created_at",
        "predicted": "intent",
        "latency_ms": "took_ms",
    }
    assert monitor.source.labels
    assert monitor.source.labels.table == "bot.annotations"
    assert list(monitor.classes) == ["fraud"]
