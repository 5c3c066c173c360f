"""A database that is kept serves the next question as a new one would."""

import os
from pathlib import Path

import duckdb
import pytest

from monitor.log.engines.duckdb_databases import MOST_IDLE, close_idle, keep, lent, take

SETTINGS = {"threads": 1, "memory_limit": "64MB"}


@pytest.fixture(autouse=True)
def _none_kept() -> None:
    close_idle()


def answer(statement: str) -> object:
    with lent(SETTINGS) as connection:
        found = connection.execute(statement).fetchone()
    return found[0] if found else None


def test_it_is_made_once_and_lent_to_one_at_a_time() -> None:
    first = take(SETTINGS)
    second = take(SETTINGS)
    keep(SETTINGS, first)

    assert first is not second
    assert take(SETTINGS) is first
    assert take({**SETTINGS, "threads": 2}) is not first


def test_nothing_that_a_question_leaves_is_there_for_the_next() -> None:
    with lent(SETTINGS) as connection:
        connection.execute("CREATE TEMPORARY TABLE left_over AS SELECT 1")
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        connection.execute("BEGIN")

    assert answer("SELECT count(*) FROM duckdb_tables()") == 0
    assert answer("SELECT current_setting('TimeZone')") != "Asia/Tokyo"


def test_a_file_that_was_replaced_under_its_old_time_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "log.parquet"
    for number in (1, 2):
        duckdb.execute(f"COPY (SELECT {number} AS n) TO '{file}' (FORMAT parquet)")
        os.utime(file, (1_000_000, 1_000_000))
        assert answer(f"SELECT n FROM '{file}'") == number  # noqa: S608 - a path of the test


def test_one_that_fails_is_kept_for_nobody() -> None:
    broken = take(SETTINGS)
    broken.close()
    keep(SETTINGS, broken)

    assert take(SETTINGS) is not broken


def test_no_more_are_kept_than_are_needed_at_once() -> None:
    taken = [take(SETTINGS) for _ in range(MOST_IDLE + 1)]
    for database in taken:
        keep(SETTINGS, database)

    kept = [take(SETTINGS) for _ in range(MOST_IDLE)]
    assert kept == taken[1:]
    assert take(SETTINGS) not in taken
