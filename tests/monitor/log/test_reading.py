"""What a log is asked, what it refuses, and what it says when it cannot answer."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from config.source import PredictionColumns, PredictionRelation, SourceSettings
from monitor.common.errors import MappingError, SourceError
from monitor.log.counts import ALL, Fingerprints
from monitor.log.engines.connections import connect, open_engine
from monitor.log.prediction_log import PredictionLog, open_log
from tests.support.kept_counts import opened
from tests.support.logs import PREDICTION_COLUMNS, Log, LogPlace, Prediction, TableLog
from tests.support.messy_logs import START

KEY = "monitors.bot.source"


def log_of(source: SourceSettings) -> PredictionLog:
    return open_log(source, bucket=timedelta(hours=1), segments=source.segments, key=KEY)


def with_columns(place: LogPlace, **columns: str) -> SourceSettings:
    place.write(Log([Prediction(1, START, "a")]))
    source = place.source(labels=False)
    mapped = PREDICTION_COLUMNS.model_copy(update=columns)
    return source.model_copy(update={"predictions": source.predictions.model_copy(update={"columns": mapped})})


def test_a_column_that_is_not_there_is_named_with_its_key_and_the_nearest(place: LogPlace) -> None:
    with pytest.raises(MappingError, match="there is no column tss; did you mean ts") as caught:
        log_of(with_columns(place, at="tss")).check()
    assert caught.value.key == f"{KEY}.predictions.columns.at"


def test_a_segment_that_is_not_there_is_named(place: LogPlace) -> None:
    source = with_columns(place).model_copy(update={"segments": ("chanel",)})
    with pytest.raises(MappingError, match="no column chanel; did you mean channel") as caught:
        log_of(source).check()
    assert caught.value.key == f"{KEY}.segments"


@pytest.fixture(params=["sqlite", "postgresql", "duckdb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database with tables `predictions` and `labels`."""
    if request.param == "duckdb":
        with closing(duckdb.connect(tmp_path / "log.duckdb")) as connection:
            connection.execute("CREATE TABLE predictions AS SELECT 1 AS id, TIMESTAMP '2026-03-01' AS ts, 'a' AS class")
        return f"duckdb:///{tmp_path}/log.duckdb"
    url = f"sqlite:///{tmp_path}/log.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    TableLog(url).write(Log())
    return str(url)


def test_nothing_can_be_written(database: str) -> None:
    with (
        pytest.raises(SourceError, match=r"(?i)read[- _]?only"),
        connect(open_engine(database), database) as connection,
    ):
        connection.exec_driver_sql("DELETE FROM predictions")


def test_a_missing_table_is_named_with_the_nearest(database: str) -> None:
    columns = PredictionColumns(id="id", at="ts", predicted="class")
    relation = PredictionRelation(table="prediction", columns=columns)
    with pytest.raises(MappingError, match="there is no table prediction; did you mean predictions") as caught:
        log_of(SourceSettings(url=database, predictions=relation)).check()
    assert caught.value.key == f"{KEY}.predictions.table"


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM predictions",
        "SELECT 1; DROP TABLE predictions",
        "SELECT * FROM nowhere",
        "SELECT 1) AS x; DELETE FROM predictions --",
        "WITH gone AS (DELETE FROM predictions RETURNING *) SELECT * FROM gone",
    ],
)
def test_a_query_that_is_not_one_select_is_refused(database: str, query: str) -> None:
    relation = PredictionRelation(query=query, columns=PREDICTION_COLUMNS)
    with pytest.raises(MappingError) as caught:
        log_of(SourceSettings(url=database, predictions=relation)).check()
    assert caught.value.key == f"{KEY}.predictions.query"


def test_a_query_may_hold_colons_percents_quotes_and_comments(postgres_url: str) -> None:
    query = """
        -- one; row
        SELECT '1'::text AS "i%d", '2026-03-01'::timestamptz AS "Order", ':x %s ; ''%(y)s' AS "a""b" -- :end"""
    columns = PredictionColumns(id="i%d", at="Order", predicted='a"b')
    source = SourceSettings(url=postgres_url, predictions=PredictionRelation(query=query, columns=columns))
    counts = log_of(source).count([int(START.timestamp())], START)
    assert [row.predicted for row in counts.outcomes if row.segment == ALL] == [":x %s ; '%(y)s"]


def test_a_table_of_another_schema_is_found_whatever_its_name(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql('CREATE SCHEMA "Bot Logs"')
        connection.exec_driver_sql('CREATE TABLE "Bot Logs"."Order" (id int, "user" timestamp, "%%" text)')
        connection.exec_driver_sql("""INSERT INTO "Bot Logs"."Order" VALUES (1, '2026-03-01', 'a')""")
    engine.dispose()
    columns = PredictionColumns(id="id", at="user", predicted="%")
    source = SourceSettings(url=postgres_url, predictions=PredictionRelation(table="Bot Logs.Order", columns=columns))
    assert log_of(source).survey(START).rows == 1


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    url = "postgresql+psycopg://bot:hunter2@127.0.0.1:1/logs"
    source = SourceSettings(url=url, predictions=PredictionRelation(table="predictions", columns=PREDICTION_COLUMNS))
    with pytest.raises(SourceError, match=r"bot:\*\*\*@127\.0\.0\.1") as caught:
        log_of(source).check()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("backend", ["sqlite", "duckdb"])
def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path, backend: str) -> None:
    url = f"{backend}:///{tmp_path}/log.db"
    source = SourceSettings(url=url, predictions=PredictionRelation(table="predictions", columns=PREDICTION_COLUMNS))
    with pytest.raises(SourceError, match="there is no database file"):
        log_of(source)
    assert list(tmp_path.iterdir()) == []


def test_a_log_can_be_asked_many_times_and_keeps_nothing_open(place: LogPlace) -> None:
    place.write(Log([Prediction(1, START, "a")]))
    log = opened(place)
    first = log.survey(START)
    place.write(Log([Prediction(1, START, "a"), Prediction(2, START, "b")]))
    assert (first.rows, log.survey(START).rows) == (1, 2)
    log.close()


def test_questions_in_a_snapshot_share_one_state_of_the_log(tmp_path: Path) -> None:
    """A row that is committed between the fingerprints and the counts is in neither, and so is noticed next time."""
    file = tmp_path / "log.db"
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as writer:
        writer.exec_driver_sql("PRAGMA journal_mode = WAL")
        writer.exec_driver_sql("CREATE TABLE p (id TEXT, at TEXT, predicted TEXT)")
        writer.exec_driver_sql("INSERT INTO p VALUES ('1', '2026-03-01 00:10:00', 'a')")
    columns = {"id": "id", "at": "at", "predicted": "predicted"}
    source = SourceSettings.model_validate(
        {"url": f"sqlite:///{file}", "predictions": {"table": "p", "columns": columns}}
    )
    log = log_of(source)
    as_of = datetime(2026, 3, 2, tzinfo=UTC)
    with log.snapshot():
        changes = log.changed_buckets(Fingerprints({}, {}), as_of - timedelta(days=2), as_of)
        with engine.begin() as writer:
            writer.exec_driver_sql("INSERT INTO p VALUES ('2', '2026-03-01 00:20:00', 'a')")
        counts = log.count(changes.buckets, as_of)
    assert sum(row.n for row in counts.outcomes) == 1
    assert log.changed_buckets(changes.fingerprints, as_of - timedelta(days=2), as_of).buckets == changes.buckets
    engine.dispose()
