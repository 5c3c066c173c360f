"""Connections to the history: SQLite set up for one writer beside readers, errors in words that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from config.url import mask
from monitor.common.database_causes import cause
from monitor.common.errors import HistoryError

DIALECTS: Final = ("sqlite", "postgresql")
WAIT: Final = 30  # seconds to wait for another writer or a connection; a cycle holds the write lock for about one

_WRITING: Final = "tunewatch_writing"


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """Prepare connections; nothing is connected yet. Raises HistoryError for a URL that cannot be one of a history.

    With `read_only` the database refuses whatever would write, and a file of SQLite that is not there is not made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise HistoryError("history.url is no database URL; write one such as sqlite:///tunewatch.db") from error
    if parsed.get_backend_name() not in DIALECTS:
        shown = mask(url)
        raise HistoryError(f"the history cannot be kept in {shown}; use sqlite:///FILE or postgresql+psycopg://…")
    try:
        return _sqlite(url, read_only) if parsed.get_backend_name() == "sqlite" else _postgresql(url, read_only)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise HistoryError(f"no driver for {mask(url)}; use postgresql+psycopg://…") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent look at the history."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with translated(engine), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: committed at the end, rolled back on any exception.

    On SQLite it takes the write lock at once: a transaction that reads first and writes later fails when another one
    wrote in between, however long it would wait.
    """
    with translated(engine), engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
        yield connection


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Raise HistoryError where the database says no; a broken constraint is a fault of ours and stays as it is."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        shown = shown_url(engine)
        raise HistoryError(f"the history {shown} cannot be used: {_first_line(error)}; {_remedy(error)}") from error


def shown_url(engine: Engine) -> str:
    """The URL as it may be shown."""
    return mask(engine.url.render_as_string(hide_password=False))


def _remedy(error: DBAPIError) -> str:
    text = str(error.orig)
    if "not a database" in text or "malformed" in text:
        return "history.url names a file that is no SQLite database, or a damaged one"
    if "readonly" in text or "read-only" in text:
        return "make the file and its folder writable, or set history.url to another place"
    if "unable to open" in text:
        return "check that the folder exists and that its files may be written"
    if "locked" in text or "lock timeout" in text:
        return f"another program held a lock on it for {WAIT} seconds; run one daemon for a history"
    return cause(text) or "check history.url, that the database runs, and what its user may do"


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__


def _postgresql(url: str, read_only: bool) -> Engine:  # noqa: FBT001 - as `open_engine` has it
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": WAIT})
    if read_only:
        event.listen(engine, "connect", _only_read)
    return engine


def _only_read(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.execute("SET default_transaction_read_only = on")
    connection.commit()


def _sqlite(url: str, read_only: bool) -> Engine:  # noqa: FBT001 - as `open_engine` has it
    options: dict[str, Any] = {"connect_args": {"timeout": WAIT, "check_same_thread": False}}
    file = make_url(url).database
    if file in (None, "", ":memory:"):
        options["poolclass"] = StaticPool  # one connection is the database
    elif read_only:
        address = f"file:{quote(str(Path(file).absolute()))}?mode=ro"
        engine = create_engine(url, creator=lambda: sqlite3.connect(address, uri=True, **options["connect_args"]))
        event.listen(engine, "connect", _own_transactions)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _own_transactions(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None  # the driver is not to begin transactions by itself: `_begin_sqlite` does


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401 - the driver's own
    _own_transactions(connection, record)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last cycles, which are then done again
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -32768")  # KiB; a month of cells, so that replacing buckets stays in memory
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
