"""Opening a SQLite file to read it, also where its folder cannot be written."""

import os
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from monitor.common.errors import SourceError

_WRITE_VERSION: Final = 18  # offset in the header of a byte that is 2 where the journal is a write-ahead log
_WAL: Final = 2


class UnlockedConnection(sqlite3.Connection):
    """A connection that takes no locks, since nobody writes the file: so it must be as it was at the end."""

    path: Path
    before: os.stat_result


def open_sqlite(path: Path) -> sqlite3.Connection:
    """Open a file read-only.

    A write-ahead log needs a file of shared memory, which cannot be made in a folder that is read-only. Where nobody
    writes, and the log is empty, all is in the file itself, which then is read without it. Raises SourceError where the
    log holds rows that are not in the file yet.
    """
    location = f"file:{quote(str(path))}"
    connection = sqlite3.connect(f"{location}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError as error:
        if not _has_wal(path) or "locked" in str(error):
            raise
        connection.close()
    else:
        return connection
    before = path.stat()
    wal = _wal_of(path)
    if _has_bytes(wal):
        raise SourceError(
            f"{path} is in WAL mode and {wal.name} has rows that are not in it yet, which can only be read where the "
            "folder can be written: mount it writable, keep the program that writes it running, or end WAL with PRAGMA "
            "journal_mode = DELETE"
        )
    unlocked = sqlite3.connect(
        f"{location}?mode=ro&immutable=1", uri=True, isolation_level=None, factory=UnlockedConnection
    )
    unlocked.path, unlocked.before = path, before
    return unlocked


def still_as_opened(connection: object) -> None:
    """Raise SourceError where a file that is read without locks was written to meanwhile."""
    if not isinstance(connection, UnlockedConnection):
        return
    now, before = connection.path.stat(), connection.before
    if (now.st_mtime_ns, now.st_size, now.st_ino) != (
        before.st_mtime_ns,
        before.st_size,
        before.st_ino,
    ) or _has_bytes(_wal_of(connection.path)):
        raise SourceError(f"{connection.path} was written to while it was read, in WAL mode; it is read again")


def _wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _has_bytes(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _has_wal(path: Path) -> bool:
    with path.open("rb") as file:
        header = file.read(_WRITE_VERSION + 1)
    return len(header) > _WRITE_VERSION and header[_WRITE_VERSION] == _WAL
