"""Opening a history: what it may be, and what is said of what it may not be."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.common.errors import HistoryError
from monitor.history import History
from monitor.history.migrate import HEAD, VERSION_TABLE
from tests.support.history import counts, marks, outcome, put, random_counts, rows
from tests.support.releases import bring_to


def write(url: str, statement: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def tables(url: str) -> list[str]:
    engine = sa.create_engine(url)
    found = sorted(sa.inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_a_history_is_there_when_it_is_opened_again(url: str) -> None:
    first = History.open(url)
    put(first, random_counts(1, range(3)), marks(range(3)))
    first.close()
    second = History.open(url)
    assert second.fingerprints("bot") == marks(range(3))
    second.close()


def test_daemons_that_start_at_once_make_the_tables_once(fresh_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for history in pool.map(History.open, [fresh_url] * 4):
            history.ping()
            history.close()
    assert rows(fresh_url, f"SELECT version_num FROM {VERSION_TABLE}") == [(HEAD,)]  # noqa: S608


def test_a_history_of_a_newer_release_is_left_alone(fresh_url: str) -> None:
    History.open(fresh_url).close()
    write(fresh_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")  # noqa: S608
    with pytest.raises(HistoryError, match=r"newer tunewatch: its revision is 9999.*run that release"):
        History.open(fresh_url)


def test_a_database_with_tables_of_the_same_names_is_left_alone(fresh_url: str) -> None:
    write(fresh_url, "CREATE TABLE incidents (id INTEGER)")
    with pytest.raises(HistoryError, match=r"tables that are not tunewatch's \(incidents\)"):
        History.open(fresh_url)


def test_a_migration_that_fails_leaves_what_was_there(fresh_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_to(fresh_url, "0001")
    before = tables(fresh_url)
    monkeypatch.setattr("monitor.history.views.upgrade.replace_views", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        History.open(fresh_url)
    assert tables(fresh_url) == before
    assert rows(fresh_url, f"SELECT version_num FROM {VERSION_TABLE}") == [("0001",)]  # noqa: S608


def test_a_new_history_that_cannot_be_made_leaves_nothing(fresh_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.history.migrate.replace_views", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        History.open(fresh_url)
    assert tables(fresh_url) == []


def test_other_tables_of_a_postgresql_database_do_not_matter(postgres_url: str) -> None:
    write(postgres_url, "CREATE TABLE customers (id INTEGER)")
    History.open(postgres_url).close()


def test_another_programs_sqlite_file_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    write(url, "CREATE TABLE customers (id INTEGER)")
    with pytest.raises(HistoryError, match=r"other\.db already holds tables that are not tunewatch's \(customers\)"):
        History.open(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to look at " * 30)
    with pytest.raises(HistoryError, match=r"notes\.txt cannot be used.*no SQLite database"):
        History.open(f"sqlite:///{file}")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"nowhere/history\.db cannot be used.*check that the folder exists"):
        History.open(f"sqlite:///{tmp_path}/nowhere/history.db")


def test_a_file_that_may_only_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    History.open(f"sqlite:///{file}").close()
    history = History.open(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(HistoryError, match="make the file and its folder writable"):
        put(history, counts(range(1), outcome(0)))
    history.close()


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(HistoryError, match="connection refused: check host and port") as raised:
        History.open("postgresql+psycopg://bot:hunter2@127.0.0.1:9/h")
    assert "hunter2" not in str(raised.value)
    assert "bot:***@127.0.0.1:9" in str(raised.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("tunewatch.db", "no database URL"),
        ("duckdb:///h.db", "cannot be kept in duckdb:///h.db"),
        ("postgresql+nosuch://h/d", "use postgresql\\+psycopg"),
    ],
)
def test_a_url_that_is_not_of_a_history_is_refused(url: str, said: str) -> None:
    with pytest.raises(HistoryError, match=said):
        History.open(url)


def test_a_history_may_be_kept_in_memory() -> None:
    history = History.open("sqlite://")
    put(history, random_counts(1, range(3)), marks(range(3)))
    assert history.fingerprints("bot") == marks(range(3))
    history.close()


def test_a_second_daemon_waits_and_sees_what_the_first_one_did(history: History, url: str) -> None:
    second, seen, began = History.open(url), [], threading.Event()

    def look() -> None:
        began.set()
        with second.transaction("bot") as transaction:
            seen.append(transaction.fingerprints())

    other = threading.Thread(target=look)
    with history.transaction("bot") as transaction:
        other.start()
        began.wait()
        transaction.replace(counts(range(1), outcome(0)), marks(range(1)))
        other.join(0.2)
        assert other.is_alive()
    other.join(10)
    assert seen == [marks(range(1))]
    second.close()


def test_on_postgresql_two_monitors_do_not_wait_for_each_other(emptied_postgres: str) -> None:
    history = History.open(emptied_postgres)
    for monitor in ("bot", "other"):
        put(history, counts(range(1), outcome(0)), monitor=monitor)
    with history.transaction("bot") as one, history.transaction("other") as other:
        one.replace(counts(range(1), outcome(0, n=2)), marks(range(2)))
        other.replace(counts(range(1), outcome(0, n=3)), marks(range(2)))
    assert rows(emptied_postgres, "SELECT monitor, n FROM bucket_outcomes ORDER BY 1") == [("bot", 2), ("other", 3)]
    history.close()


def test_a_sqlite_history_is_in_write_ahead_mode_with_foreign_keys(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    history = History.open(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    history.close()


def test_a_history_from_before_confidence_bands_keeps_its_outcomes_and_has_the_log_counted_anew(
    fresh_url: str,
) -> None:
    bring_to(fresh_url, "0001")
    write(fresh_url, "INSERT INTO monitors (id, name, shape) VALUES (1, 'bot', 'hourly')")
    write(fresh_url, "INSERT INTO classes VALUES (1, 'card')")
    write(fresh_url, "INSERT INTO versions VALUES (1, 'm1', 'p1')")
    write(fresh_url, "INSERT INTO slices VALUES (1, 1, '', '')")
    write(fresh_url, "INSERT INTO outcome_cells VALUES (1, 3600, 1, 1, 1, 7, 7, 7)")
    write(fresh_url, "INSERT INTO delay_cells VALUES (1, 3600, 84, 7)")
    history = History.open(fresh_url)
    assert rows(fresh_url, "SELECT predicted, label, n, weight FROM bucket_outcomes") == [("card", "card", 7, 7.0)]
    assert rows(fresh_url, "SELECT * FROM bucket_confidences") == []
    assert history.adopt("bot", "hourly")
    history.close()


def test_a_history_that_is_opened_to_read_is_read_and_refuses_what_writes(url: str) -> None:
    first = History.open(url)
    put(first, random_counts(1, range(3)), marks(range(3)))
    reader = History.open_to_read(url)
    assert reader.fingerprints("bot") == marks(range(3))
    with pytest.raises(HistoryError, match=r"read-?only"):
        put(reader, random_counts(2, range(3)), marks(range(3)))
    reader.close()
    first.close()


def test_a_history_of_an_earlier_release_is_not_upgraded_by_a_reader(fresh_url: str) -> None:
    bring_to(fresh_url, "0013")
    with pytest.raises(HistoryError, match=rf"earlier release.*its revision is 0013, this release reads {HEAD}; start"):
        History.open_to_read(fresh_url)
    assert rows(fresh_url, f"SELECT version_num FROM {VERSION_TABLE}") == [("0013",)]  # noqa: S608


def test_a_reader_makes_no_history_and_reads_none_of_a_newer_release(fresh_url: str, tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"there is no history in .* yet; `tunewatch run`"):
        History.open_to_read(fresh_url)
    assert list(tmp_path.iterdir()) == []
    History.open(fresh_url).close()
    write(fresh_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")  # noqa: S608
    with pytest.raises(HistoryError, match=r"newer tunewatch: its revision is 9999"):
        History.open_to_read(fresh_url)
