"""What ClickHouse is asked for beside rows: that nothing is written, limits, and errors that say what to do."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.source import SourceSettings
from config.url import mask
from monitor.common.errors import MappingError, SourceError
from monitor.log.engines.connections import connect, open_engine
from monitor.log.prediction_log import PredictionLog, open_log
from tests.support.clickhouse import PASSWORD, run_clickhouse
from tests.support.messy_logs import START

COLUMNS = {"id": "id", "at": "at", "predicted": "class"}
ROWS = "SELECT number AS id, toDateTime64('2026-03-01 00:10:00', 3, 'UTC') AS at, 'a' AS class FROM numbers(3)"


def url_of(url: str, user: str, **query: str) -> str:
    given = sa.make_url(url).set(username=user, password=PASSWORD, query=query)
    return given.render_as_string(hide_password=False)


def log_of(url: str, labels: Mapping[str, Any] | None = None, **predictions: Any) -> PredictionLog:  # noqa: ANN401
    given: dict[str, Any] = {"url": url, "predictions": {"table": "p", "columns": COLUMNS} | predictions}
    if labels:
        given["labels"] = labels
    return open_log(SourceSettings.model_validate(given), bucket=timedelta(hours=1), segments=(), key="source")


def counted(url: str, **predictions: Any) -> int:  # noqa: ANN401
    return count(log_of(url, **predictions))


def count(log: PredictionLog) -> int:
    found = log.count([int(START.timestamp())], START + timedelta(hours=1))
    return sum(row.n for row in found.outcomes)


@pytest.fixture
def table(clickhouse_url: str) -> str:
    run_clickhouse(clickhouse_url, f"CREATE TABLE p ENGINE = MergeTree ORDER BY id AS {ROWS}")
    return clickhouse_url


def settings(url: str, *names: str) -> list[str]:
    engine = open_engine(url)
    with connect(engine, url) as connection:
        asked = ", ".join(f"toString(getSetting('{name}'))" for name in names)
        return list(connection.exec_driver_sql(f"SELECT {asked}").one())


def test_nothing_can_be_written(table: str) -> None:
    for statement in ("INSERT INTO p VALUES (9, now64(3), 'b')", "DROP TABLE p", "TRUNCATE TABLE p"):
        with pytest.raises(SourceError, match="READONLY"), connect(open_engine(table), table) as connection:
            connection.exec_driver_sql(statement)
    assert counted(table) == 3


def test_a_user_who_can_only_read_may_choose_settings_or_have_the_right_ones(table: str) -> None:
    assert counted(url_of(table, "reader")) == 3
    assert counted(url_of(table, "ready")) == 3
    with pytest.raises(SourceError, match=r"readonly = 1.* join_use_nulls = 1 and final = 1 .*ALTER USER"):
        counted(url_of(table, "strict"))


LABELS = {"table": "p", "columns": {"id": "id", "at": "at", "label": "class"}}


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ("any", "settings profile is too low"),
        ("broken", "settings profile is too low"),
        ("fixed", "readonly = 1.*SETTINGS join_overflow_mode = 'throw'"),
        ("cut", "SETTINGS limit = 0, offset = 0"),
    ],
)
def test_what_a_profile_leaves_out_of_answers_is_missed_loudly(table: str, user: str, told: str) -> None:
    """With these settings ClickHouse answers with some of the rows, and says nothing of the others."""
    with pytest.raises(SourceError, match=told):
        count(log_of(url_of(table, user), LABELS))


def test_rows_that_the_url_would_leave_out_of_answers_are_counted(table: str) -> None:
    assert count(log_of(url_of(table, "reader", limit="1", ch_join_default_strictness="ANY"), LABELS)) == 3


def test_a_statement_has_limits_and_those_of_the_server_or_the_url_count(table: str) -> None:
    names = ("max_execution_time", "max_memory_usage", "readonly")
    assert settings(table, *names) == ["300", "4000000000", "2"]
    assert settings(url_of(table, "short"), *names) == ["7", "100000000", "2"]
    asked = url_of(table, "reader", max_execution_time="900", ch_max_memory_usage="5000000000")
    assert settings(asked, *names) == ["900", "5000000000", "2"]


def test_a_limit_that_is_met_is_named(table: str) -> None:
    slow = "SELECT number AS id, now64(3) AS at, 'a' AS class FROM numbers(100000000000)"
    with pytest.raises(SourceError, match=r"raise max_execution_time"):
        log_of(url_of(table, "reader", max_execution_time="1"), table=None, query=slow).check()
    big = "SELECT toString(number) AS id, now64(3) AS at, toString(number) AS class FROM numbers(100000000)"
    with pytest.raises(SourceError, match=r"raise max_memory_usage"):
        log_of(url_of(table, "reader", max_memory_usage="20000000"), table=None, query=big).check()


def test_what_is_not_there_is_named_with_what_is(table: str) -> None:
    with pytest.raises(MappingError, match=r"there is no table q; .*There are: p"):
        counted(table, table="q")
    with pytest.raises(MappingError, match="there is no column klass; did you mean class"):
        counted(table, columns={**COLUMNS, "predicted": "klass"})
    with pytest.raises(MappingError, match=r"the query cannot be run: .*UNKNOWN_TABLE") as error:
        counted(table, table=None, query="SELECT 'secret words' FROM nowhere")
    assert "secret words" not in str(error.value)
    with pytest.raises(SourceError, match="check the name of the database"):
        counted(sa.make_url(table).set(database="nothing").render_as_string(hide_password=False))


def test_a_wrong_password_is_told_and_not_shown(table: str) -> None:
    wrong = sa.make_url(table).set(username="reader", password="p%ss/w@rd").render_as_string(hide_password=False)
    with pytest.raises(SourceError, match="check user and password") as error:
        counted(wrong)
    assert "w@rd" not in str(error.value)
    assert "w%40rd" not in str(error.value)


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(SourceError, match="connection refused: check host and port"):
        counted(f"clickhousedb://bot:{PASSWORD}@127.0.0.1:1/logs")


@pytest.mark.parametrize("query", ["access_token=hunter2", "password=hunter2&secure=true"])
def test_secrets_in_a_url_are_masked(query: str) -> None:
    assert "hunter2" not in mask(f"clickhousedb://host:8443/logs?{query}")
    assert mask("clickhousedb://bot:hunter2@host/logs") == "clickhousedb://bot:***@host/logs"


def test_another_spelling_of_the_scheme_is_put_right() -> None:
    for scheme in ("clickhouse", "clickhouse+native", "clickhouse+http"):
        with pytest.raises(ValueError, match=r"write clickhousedb://.*tunewatch\[clickhouse\]"):
            SourceSettings.model_validate({"url": f"{scheme}://h/d", "predictions": {"table": "p", "columns": COLUMNS}})
