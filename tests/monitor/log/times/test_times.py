"""Every way in which a log may write its times: each is read alike."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from checks.counts.cells import NO_CLASS
from config.source import PredictionColumns, PredictionRelation, SourceSettings
from monitor.log.counts import BucketCounts
from monitor.log.prediction_log import open_log
from tests.support.messy_logs import START

MOMENT = "2026-03-01 05:30:00.123457"
BUCKET = int((START + timedelta(hours=5)).timestamp())
COLUMNS = PredictionColumns(id="id", at="at time", predicted="select")


def counted(source: SourceSettings) -> BucketCounts:
    log = open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")
    at = START + timedelta(hours=5, minutes=30, microseconds=123_457)
    assert log.count([BUCKET], at - timedelta(milliseconds=2)).outcomes == ()
    return log.count([BUCKET], at + timedelta(milliseconds=2))


def predictions(counts: BucketCounts) -> list[tuple[int, str, int]]:
    return [(row.bucket, row.predicted, row.n) for row in counts.outcomes]


DUCKDB_TIMES = [
    f"TIMESTAMP '{MOMENT}'",
    f"TIMESTAMPTZ '{MOMENT}+00'",
    "TIMESTAMPTZ '2026-03-01 10:30:00.123457+05'",
    f"CAST(TIMESTAMPTZ '{MOMENT}+00' AS TIMESTAMPTZ_NS)",
    f"CAST('{MOMENT}89' AS TIMESTAMP_NS)",
    f"CAST('{MOMENT}' AS TIMESTAMP_MS)",
    "'2026-03-01T05:30:00.123457Z'",
    f"'{MOMENT}'",
    "'2026-03-01 00:30:00.123457-05:00'",
    "'1772343000.123457'",
    "1772343000.123457::DOUBLE",
    "1772343000123::BIGINT",
    "1772343000123457::BIGINT",
    "1772343000123457891::BIGINT",
]


@pytest.mark.parametrize("time", DUCKDB_TIMES)
def test_duckdb_reads_the_time(tmp_path: Path, time: str) -> None:
    file = tmp_path / "it's a log.parquet"
    quoted = str(file).replace("'", "''")
    duckdb.sql(f"""COPY (SELECT 1 AS id, {time} AS "at time", 'a' AS "select") TO '{quoted}'""")
    source = SourceSettings(predictions=PredictionRelation(files=(str(file),), columns=COLUMNS))
    assert predictions(counted(source)) == [(BUCKET, "a", 1)]


POSTGRESQL_TIMES = [
    f"TIMESTAMP '{MOMENT}'",
    "TIMESTAMPTZ '2026-03-01 10:30:00.123457+05'",
    "'2026-03-01T05:30:00.123457Z'::text",
    f"'{MOMENT}'::varchar",
    "'1772343000.123457'::text",
    "1772343000.123457::numeric",
    "1772343000123::bigint",
]


@pytest.mark.parametrize("time", POSTGRESQL_TIMES)
def test_postgresql_reads_the_time(postgres_url: str, time: str) -> None:
    query = f"""SELECT gen_random_uuid() AS id, {time} AS "at time", 'a'::text AS "select" """
    source = SourceSettings(url=postgres_url, predictions=PredictionRelation(query=query, columns=COLUMNS))
    assert predictions(counted(source)) == [(BUCKET, "a", 1)]


SQLITE_TIMES = [
    f"'{MOMENT}'",
    "'2026-03-01T05:30:00.123457Z'",
    "'2026-03-01T10:30:00.123457+05:00'",
    f"'{MOMENT} UTC'",
    "1772343000.123457",
    "1772343000123",
]


@pytest.mark.parametrize("time", SQLITE_TIMES)
def test_sqlite_reads_the_time(tmp_path: Path, time: str) -> None:
    url = f"sqlite:///{tmp_path}/log.db"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql('CREATE TABLE "Odd.Name" (id, "at time", "select")')
        connection.exec_driver_sql(f"""INSERT INTO "Odd.Name" VALUES (1, {time}, 'a')""")  # noqa: S608
    engine.dispose()
    source = SourceSettings(url=url, predictions=PredictionRelation(table='"Odd.Name"', columns=COLUMNS))
    assert predictions(counted(source)) == [(BUCKET, "a", 1)]


def test_a_date_is_its_midnight_in_utc(tmp_path: Path) -> None:
    file = tmp_path / "days.parquet"
    duckdb.sql(f"""COPY (SELECT 1 AS id, DATE '2026-03-01' AS "at time", 'a' AS "select") TO '{file}'""")
    source = SourceSettings(predictions=PredictionRelation(files=(str(file),), columns=COLUMNS))
    log = open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")
    midnight = int(START.timestamp())
    assert predictions(log.count([midnight], START)) == [(midnight, "a", 1)]


@pytest.mark.parametrize("time", ["'soon'", "'2026-02-31 00:00:00'", "NULL::VARCHAR", "'NaN'::DOUBLE", "true"])
def test_what_is_no_time_is_counted_as_having_none(tmp_path: Path, time: str) -> None:
    file = tmp_path / "odd.parquet"
    rows = f"""SELECT 1 AS id, {time} AS "at time", '' AS "select" """
    kind = {"'": "VARCHAR", "t": "VARCHAR", "N": "VARCHAR"}[time[0]] if "DOUBLE" not in time else "DOUBLE"
    other = "'2026-03-01'" if kind == "VARCHAR" else "1772330000.0"
    duckdb.sql(f"""COPY ({rows} UNION ALL SELECT 2, CAST({other} AS {kind}), '') TO '{file}'""")
    source = SourceSettings(predictions=PredictionRelation(files=(str(file),), columns=COLUMNS))
    counts = counted(source)
    assert [(row.bucket, row.kind, row.n) for row in counts.problems] == [(None, "null_time", 1)]
    assert NO_CLASS not in {row.predicted for row in counts.outcomes}
