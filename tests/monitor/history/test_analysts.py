"""What analysts do, as they do it: SQL of docs/history.md and pandas.read_sql, the same on both engines."""

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from monitor.history import CycleRecord, History
from monitor.history.writing.thinning import Thinning
from tests.support.history import at, counts, estimate, outcome, put, random_counts, rows
from tests.support.incidents import clear, finding
from tests.support.sql_blocks import sql_blocks

TABLES = ("daily_accuracy", "daily_outcomes", "metric_history", "estimates_checked", "findings", "cycles")


def fill(url: str) -> None:
    history = History.open(url)
    put(history, random_counts(5, range(60)), monitor="support-bot")
    with history.transaction("support-bot") as transaction:
        for hours in (48, 48.0001, 48.5, 49):
            lines = (
                estimate("recall", 0.9 + hours / 1e5, "urgent"),
                estimate("estimated_accuracy", 0.7),
                estimate("estimated_recall", 0.6, "urgent"),
                estimate("coverage", None),
            )
            transaction.record(CycleRecord(at(hours), lines, (finding(), clear("a", "b")), ()))
    history.close()


@pytest.fixture
def both(copied_sqlite: str, emptied_postgres: str) -> tuple[str, str]:
    """The same history on each engine."""
    fill(copied_sqlite)
    fill(emptied_postgres)
    return copied_sqlite, emptied_postgres


def read(url: str, sql: str, times: tuple[str, ...] = ()) -> pd.DataFrame:
    """As docs/history.md says: times are parsed as UTC."""
    engine = sa.create_engine(url)
    try:
        return pd.read_sql(sa.text(sql), engine, parse_dates={name: {"utc": True} for name in times})
    finally:
        engine.dispose()


def assert_same(first: pd.DataFrame, second: pd.DataFrame) -> None:
    keys = list(first.columns)
    left, right = (frame.sort_values(keys, ignore_index=True) for frame in (first, second))
    pd.testing.assert_frame_equal(left, right, rtol=1e-9)


def test_every_query_of_the_documentation_gives_the_same_on_both_engines(both: tuple[str, str]) -> None:
    for sql in sql_blocks():
        times = tuple(name for name in ("day", "as_of", "bucket_start") if name in sql.split("FROM")[0])
        first, second = (read(url, sql, times) for url in both)
        assert len(first), sql
        assert_same(first, second)


@pytest.mark.parametrize("table", TABLES)
def test_pandas_reads_the_same_types_and_values(both: tuple[str, str], table: str) -> None:
    frames = []
    for url in both:
        engine = sa.create_engine(url)
        names = [column["name"] for column in sa.inspect(engine).get_columns(table)]
        engine.dispose()
        times = tuple(name for name in ("as_of", "day", "window_start", "window_end", "looked_at") if name in names)
        frame = read(url, f"SELECT * FROM {table}", times)  # noqa: S608 - names from above
        assert not frame[list(times)].drop(columns="looked_at", errors="ignore").isna().any().any()
        flags = [name for name in ("provisional", "clear") if name in frame]
        frame = frame.astype(dict.fromkeys(flags, bool)).drop(columns=["id", "faults"], errors="ignore")
        frames.append(frame)
    assert len(frames[0])
    assert_same(*frames)


def test_a_share_of_sums_is_a_share(both: tuple[str, str]) -> None:
    for url in both:
        plain = "SELECT SUM(n_labelled) / SUM(n), MIN(n_labelled / n) FROM daily_accuracy"
        ((share, least),) = rows(url, plain)
        assert 0.5 < float(share) < 0.8
        assert 0 < float(least) < 1
        hits = (
            "SELECT SUM(CASE WHEN label = predicted THEN n END) / SUM(n) FROM bucket_outcomes WHERE label IS NOT NULL"
        )
        assert 0.7 < float(rows(url, hits)[0][0]) < 0.95


def test_a_time_finds_the_same_rows(both: tuple[str, str]) -> None:
    for url in both:
        for table in ("metric_history", "findings", "cycles"):
            equal = rows(url, f"SELECT count(*) FROM {table} WHERE as_of = '2026-03-03 00:00:00'")  # noqa: S608
            up_to = rows(url, f"SELECT count(*) FROM {table} WHERE as_of <= '2026-03-03 00:00:00'")  # noqa: S608
            assert equal == up_to
            assert equal[0][0] > 0


def test_all_times_on_sqlite_have_one_form(both: tuple[str, str]) -> None:
    for table, column in (("metric_history", "as_of"), ("metric_history", "window_end"), ("findings", "as_of")):
        assert rows(both[0], f"SELECT DISTINCT length({column}) FROM {table}") == [(19,)]  # noqa: S608


LOOKS = """
    INSERT INTO metric_series SELECT i, 1, 'recall', 'c' || i, 'all' FROM (
        WITH RECURSIVE k(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM k WHERE i < 160) SELECT i FROM k) s;
    INSERT INTO belief_times SELECT 1, 1800000000000000 + CAST(i AS BIGINT) * 900000000, {time} FROM (
        WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 2000) SELECT i FROM k) t;
    INSERT INTO metric_points SELECT s.id, t.micros, 0, 3600, 0.5, 0.4, 0.6, 0.5, 1, 1, 1, {no}
    FROM metric_series s JOIN belief_times t ON t.micros > 1800000000000000 WHERE s.id >= 100
"""


def test_one_look_is_found_by_an_index_and_not_by_reading_everything(both: tuple[str, str]) -> None:
    times = ("datetime(1800000000 + i * 900, 'unixepoch')", "to_timestamp(1800000000 + i * 900)")
    for url, time, no, explain in zip(both, times, ("0", "false"), ("EXPLAIN QUERY PLAN", "EXPLAIN"), strict=True):
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            for statement in LOOKS.format(time=time, no=no).split(";"):
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql("ANALYZE")
            look = "SELECT * FROM metric_history WHERE as_of = '2027-01-16 08:00:00'"
            assert len(connection.exec_driver_sql(look).all()) == 61
            plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {look}"))
        engine.dispose()
        assert "belief_times_as_of" in plan, plan
        assert "SCAN p" not in plan, plan
        assert "Seq Scan on metric_points" not in plan, plan


def test_sizes_are_said_on_both_engines_with_what_a_year_takes(both: tuple[str, str]) -> None:
    for url in both:
        history = History.open(url)
        sizes = {size.table: size for size in history.sizes(timedelta(days=400), Thinning())}
        history.close()
        (points,) = rows(url, "SELECT count(*) FROM metric_points")[0]
        assert sizes["metric_points"].rows == points
        assert sizes["metric_points"].bytes > 0
        # Four spans of the last day: six rows in full, four an hour (of two hours), four a day.
        assert sizes["metric_points"].rows_a_year > 4 * (365 - 90)
        assert sizes["classes"].rows_a_year == sizes["classes"].rows


def test_a_share_of_nothing_is_null_and_no_error(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, n=3)))
    assert rows(url, "SELECT accuracy, raw, coverage FROM daily_accuracy") == [(None, None, 0.0)]


OTHER = 65534  # a user that owns nothing


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become another user")
def test_another_user_reads_the_file_as_documented(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(0o755)
    history = History.open(f"sqlite:///{file}")
    put(history, counts(range(1), outcome(0, n=3)))

    def told(uri: str) -> list[tuple[float]]:
        os.seteuid(OTHER)
        try:
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                return connection.execute("SELECT n FROM daily_accuracy").fetchall()
        finally:
            os.seteuid(0)

    assert told(f"file:{file}?mode=ro") == [(3.0,)]  # while the daemon runs
    history.close()
    assert told(f"file:{file}?immutable=1") == [(3.0,)]  # when nothing runs


def test_the_cures_of_the_documentation_work_on_both_engines(both: tuple[str, str]) -> None:
    cures = (
        "SELECT count(*) FROM metric_history WHERE lower(class) LIKE 'urg%'",
        "SELECT round(CAST(accuracy AS NUMERIC), 3) FROM daily_accuracy ORDER BY accuracy DESC NULLS LAST",
        "SELECT value FROM metric_history ORDER BY value NULLS LAST, as_of",
        "SELECT SUM(n) / NULLIF(SUM(n) - SUM(n), 0) FROM daily_outcomes",
        "SELECT SUM(1.0 * alarms) / SUM(findings) FROM cycles",
        "SELECT count(*) FROM metric_history WHERE NOT provisional",
        "SELECT faults ->> 0 FROM cycles",
    )
    for sql in cures:
        first, second = ([[_plain(part) for part in row] for row in rows(url, sql)] for url in both)
        assert first == second, sql


def _plain(part: object) -> object:
    return float(part) if isinstance(part, int | float | Decimal) else part
