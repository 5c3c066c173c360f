"""What was received and is not yet in the log for good, in a SQLite database.

A row is kept once its transaction is synced to the disk. From then on it is in a part: a Parquet file of one day that
grows until it is full or its day is over. Its values stay here until that part is sealed, so a part can be written anew
at any time, and its id stays for as long as ids are remembered, so that what is sent twice is kept once.
"""

# ruff: noqa: S608 - what is put into statements is the name of a stream

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from monitor.common.errors import UnreachableError
from monitor.ingest.rows import Received

PART_ROWS: Final = 50_000
"""Rows of a file of the log: a day has few files, and writing one anew takes a tenth of a second."""

PART_BYTES: Final = 32 * 2**20
"""Or so much of values: what is written at once is in memory."""

PAGE: Final = 4096  # bytes
MARGIN: Final = 64 * 2**20 // PAGE
"""Pages that the way out of a full spool may take: to write a part into the log, rows of the spool are changed."""

_SCHEMA: Final = """\
CREATE TABLE IF NOT EXISTS {stream} (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, digest BLOB NOT NULL, day TEXT NOT NULL,
    part INTEGER, "values" TEXT
);
CREATE INDEX IF NOT EXISTS {stream}_waiting ON {stream} (day, part) WHERE "values" IS NOT NULL;
CREATE TABLE IF NOT EXISTS {stream}_parts (
    day TEXT NOT NULL, part INTEGER NOT NULL, written INTEGER NOT NULL, sealed INTEGER NOT NULL,
    PRIMARY KEY (day, part)
);
"""


class Stream(StrEnum):
    """What is received, and the folder that it is written to."""

    PREDICTIONS = "predictions"
    LABELS = "labels"


class SpoolFullError(Exception):
    """There is no room for more: the disk or the spool is full. Nothing of the batch was kept."""


class SpoolError(UnreachableError):
    """The spool cannot be opened, read or written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the rows of a batch: new ones, the same again, and other rows under an id that is taken."""

    new: int
    repeated: int
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the log: the `number`-th of its day, with all its rows; `full` once no more rows will come."""

    stream: Stream
    day: str
    number: int
    spool: str
    rows: tuple[dict[str, Any], ...]
    full: bool

    @property
    def file(self) -> str:
        """Its name in the folder of the stream; a spool that was made anew never writes over files of another."""
        return f"{self.day}-{self.number:05}-{self.spool}.parquet"


@dataclass(frozen=True, slots=True)
class _Size:
    """Rows of a part and characters of their values, and how many of the rows its file has."""

    day: str
    number: int
    rows: int = 0
    length: int = 0
    written: int = 0

    def is_full(self, today: str) -> bool:
        return self.rows >= PART_ROWS or self.length >= PART_BYTES or self.day < today


class Spool:
    """The database. One thread uses it at a time."""

    def __init__(self, path: Path, max_mb: int) -> None:
        """Open it, or make it. Raises SpoolError."""
        self._pages = max_mb * 2**20 // PAGE
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
            self._db.execute(f"PRAGMA page_size = {PAGE}")
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")  # a second receiver of the folder fails at once
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            for stream in Stream:
                self._db.executescript(_SCHEMA.format(stream=stream.value))
            self._db.execute("CREATE TABLE IF NOT EXISTS spool (name TEXT NOT NULL)")
            self._db.execute("INSERT INTO spool SELECT ? WHERE NOT EXISTS (SELECT * FROM spool)", (token_hex(4),))
            (self._name,) = self._db.execute("SELECT name FROM spool").fetchone()
        except sqlite3.Error as error:
            raise SpoolError(
                f"ingest.folder: {path} cannot be used ({error}); is another tunewatch using it?"
            ) from error

    def keep(self, batches: Sequence[tuple[Stream, Sequence[Received]]], today: str) -> list[Kept]:
        """Keep the rows of several requests in one transaction, synced to the disk.

        Raises SpoolFullError, SpoolError.
        """
        with self._transaction(self._pages):
            return [self._keep(stream, rows, today) for stream, rows in batches]

    def _keep(self, stream: Stream, rows: Sequence[Received], today: str) -> Kept:
        new, repeated, differing = 0, 0, []
        for row in rows:
            written = self._db.execute(
                f'INSERT INTO {stream} (key, digest, day, "values") VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
                (row.key, row.digest, today, _to_text(row.values)),
            ).rowcount
            if written:
                new += 1
                continue
            (digest,) = self._db.execute(f"SELECT digest FROM {stream} WHERE key = ?", (row.key,)).fetchone()
            if digest == row.digest:
                repeated += 1
            else:
                differing.append(row.id)
        return Kept(new, repeated, tuple(differing))

    def parts(self, stream: Stream, today: str) -> list[Part]:
        """The parts that have rows that are in no file yet, or that can be sealed; rows without a part get one.

        Raises SpoolFullError, SpoolError.
        """
        with self._transaction():
            days = self._db.execute(f'SELECT DISTINCT day FROM {stream} WHERE part IS NULL AND "values" IS NOT NULL')
            for (day,) in days.fetchall():
                self._assign(stream, day)
            unsealed = [(size, size.is_full(today)) for size in self._unsealed(stream)]
            return [self._part(stream, size, full=full) for size, full in unsealed if full or size.rows > size.written]

    def _assign(self, stream: Stream, day: str) -> None:
        """Give the rows of a day that have no part the last one, and new ones once it is full."""
        sealed = self._db.execute(f"SELECT coalesce(max(part), 0) FROM {stream}_parts WHERE day = ? AND sealed", (day,))
        open_parts = [size for size in self._unsealed(stream) if size.day == day]
        size = open_parts[-1] if open_parts else _Size(day, sealed.fetchone()[0] + 1)
        waiting = self._db.execute(
            f'SELECT number, length("values") FROM {stream} WHERE day = ? AND part IS NULL AND "values" IS NOT NULL'
            " ORDER BY number",
            (day,),
        )
        assigned = []
        for number, length in waiting.fetchall():
            if size.is_full(day):
                size = _Size(day, size.number + 1)
            size = replace(size, rows=size.rows + 1, length=size.length + length)
            assigned.append((size.number, number))
        self._db.executemany(f"UPDATE {stream} SET part = ? WHERE number = ?", assigned)

    def _unsealed(self, stream: Stream) -> list["_Size"]:
        """The parts whose values are still here, in order."""
        found = self._db.execute(
            f'SELECT day, part, count(*), sum(length("values")), coalesce((SELECT written FROM {stream}_parts p'
            f' WHERE p.day = r.day AND p.part = r.part), 0) FROM {stream} r WHERE "values" IS NOT NULL'
            " AND part IS NOT NULL GROUP BY day, part ORDER BY day, part"
        )
        return [_Size(*row) for row in found.fetchall()]

    def _part(self, stream: Stream, size: "_Size", *, full: bool) -> Part:
        rows = self._db.execute(
            f'SELECT "values" FROM {stream} WHERE day = ? AND part = ? AND "values" IS NOT NULL ORDER BY number',
            (size.day, size.number),
        )
        values = tuple(json.loads(text) for (text,) in rows.fetchall())
        return Part(stream, size.day, size.number, self._name, values, full)

    def written(self, part: Part) -> None:
        """Note that the file of a part is on the disk for good; of a full one the values go. Raises SpoolError."""
        with self._transaction():
            self._db.execute(
                f"INSERT OR REPLACE INTO {part.stream}_parts VALUES (?, ?, ?, ?)",
                (part.day, part.number, len(part.rows), part.full),
            )
            if part.full:
                self._db.execute(
                    f'UPDATE {part.stream} SET "values" = NULL WHERE day = ? AND part = ?',
                    (part.day, part.number),
                )

    def forget(self, before: str) -> int:
        """Forget ids that are in the log since before a day, so that they may come again; how many they were."""
        with self._transaction():
            gone = 0
            for stream in Stream:
                gone += self._db.execute(f'DELETE FROM {stream} WHERE day < ? AND "values" IS NULL', (before,)).rowcount
            return gone

    def waiting(self) -> int:
        """Rows whose values are still here."""
        counts = (
            self._db.execute(f'SELECT count(*) FROM {stream} WHERE "values" IS NOT NULL').fetchone()[0]
            for stream in Stream
        )
        return sum(counts)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _transaction(self, pages: int | None = None) -> "_Transaction":
        return _Transaction(self._db, pages or self._pages + MARGIN)


class _Transaction:
    """Commits, or takes back all that was done; the database may have so many pages."""

    def __init__(self, db: sqlite3.Connection, pages: int) -> None:
        self._db, self._pages = db, pages

    def __enter__(self) -> None:
        try:
            self._db.execute(f"PRAGMA max_page_count = {self._pages}")
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise _translated(error) from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        try:
            self._db.execute("COMMIT" if error is None else "ROLLBACK")
        except sqlite3.Error as failed:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if error is None:
                raise _translated(failed) from failed
        if isinstance(error, sqlite3.Error):
            raise _translated(error) from error


def _translated(error: sqlite3.Error) -> Exception:
    # SQLite tells a full disk, and a database that may not grow, by one code; a write that the disk refuses by another.
    name = getattr(error, "sqlite_errorname", "")  # an error of the module itself has none
    if name == "SQLITE_FULL" or name.startswith("SQLITE_IOERR"):
        return SpoolFullError(str(error))
    return SpoolError(f"the spool of ingest.folder: {error}")


def _to_text(values: dict[str, Any]) -> str:
    return json.dumps(
        {name: value for name, value in values.items() if value is not None}, default=_iso, ensure_ascii=False
    )


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(type(value).__name__)
