"""A SQLite log in WAL mode on a mount that is read-only."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor.common.errors import SourceError
from monitor.log.engines.sqlite_files import UnlockedConnection, open_sqlite, still_as_opened

ROOT = Path(__file__).parents[4]
READ = (
    "import sys; from pathlib import Path; from monitor.log.engines.sqlite_files import open_sqlite\n"
    "print(open_sqlite(Path(sys.argv[1])).execute('SELECT count(*) FROM log').fetchone()[0])"
)


def read_only(folder: Path) -> subprocess.CompletedProcess[str]:
    """Read the log in a process that sees its folder as a read-only mount."""
    inside = f'mount --bind "{folder}" "{folder}" && mount -o remount,bind,ro "{folder}" && exec "$@"'
    command = ("unshare", "-m", "sh", "-c", inside, "sh", sys.executable, "-c", READ, str(folder / "log.db"))
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env={"PYTHONPATH": str(ROOT), **os.environ}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder for a log; skips where this machine lets nobody mount."""
    may_mount = shutil.which("unshare") and subprocess.run(["unshare", "-m", "true"], check=False).returncode == 0  # noqa: S607
    if not may_mount:
        pytest.skip("needs to mount a folder")
    place = tmp_path / "logs"
    place.mkdir()
    return place


def written(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE log (id)")
    connection.execute("INSERT INTO log VALUES (1), (2)")
    return connection


def test_it_is_read_while_its_writer_runs_and_after_it_has_stopped(folder: Path) -> None:
    with closing(written(folder / "log.db")):
        assert read_only(folder).stdout == "2\n"
    assert read_only(folder).stdout == "2\n"


def test_rows_that_are_only_in_the_log_of_a_writer_that_died_are_told(folder: Path) -> None:
    with closing(written(folder / "log.db")):
        for name in ("log.db", "log.db-wal"):
            (folder.parent / f"copy-{name}").write_bytes((folder / name).read_bytes())
    for name in ("log.db", "log.db-wal"):
        (folder.parent / f"copy-{name}").rename(folder / name)
    found = read_only(folder)
    assert found.returncode != 0
    assert "WAL mode and log.db-wal has rows" in found.stderr


def test_a_file_that_is_written_while_it_is_read_without_locks_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    written(path).close()
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True, factory=UnlockedConnection)) as connection:
        connection.path, connection.before = path, path.stat()
        still_as_opened(connection)
        with closing(sqlite3.connect(path)) as writer, writer:
            writer.execute("INSERT INTO log VALUES (3)")
        with pytest.raises(SourceError, match="was written to"):
            still_as_opened(connection)


def test_a_plain_file_is_opened_with_its_locks(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    written(path).close()
    with closing(open_sqlite(path)) as connection:
        assert not isinstance(connection, UnlockedConnection)
