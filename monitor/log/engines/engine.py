"""Connections to the log that cannot write."""

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config.source import DuckdbSettings
from config.url import IN_MEMORY, mask
from monitor.common.database_causes import cause
from monitor.common.errors import SourceError
from monitor.log.engines.functions import register_sqlite
from monitor.log.engines.sqlite_files import open_sqlite, still_as_opened
from monitor.log.names import register_names
from monitor.log.tidy_names import register_tidy_names

# Without a limit DuckDB takes most of the machine's memory; past it, it spills to disk. Two threads, since a daemon
# should leave its machine to others.
DEFAULT_DUCKDB: Final = DuckdbSettings()

POSTGRESQL_STATEMENT_TIMEOUT: Final = 300_000  # milliseconds; counting ten million rows takes about ten seconds
POSTGRESQL_LOCK_TIMEOUT: Final = 10_000  # milliseconds; waits only where someone alters the table
POSTGRESQL_WORK_MEM: Final = "64MB"  # for each sort and hash; with the usual 4 MB a month of labels is sorted on disk
POSTGRESQL_CONNECT_TIMEOUT: Final = 10  # seconds

ENGINES: Final = ("duckdb", "sqlite", "postgresql")


def open_engine(url: str, duckdb: DuckdbSettings = DEFAULT_DUCKDB) -> sa.Engine:
    """Return an engine that opens its connections read-only; nothing is connected yet.

    No connection is kept between questions: a DuckDB file that is held open would keep its writer out, and a
    PostgreSQL connection that idles for minutes goes stale.

    Raises SourceError if the URL names an engine that is not supported, or a file that is not there.
    """
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "duckdb":
            return _duckdb(parsed, duckdb)
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql":
            return _postgresql(parsed)
        case name:
            raise SourceError(f"the log cannot be read from {name}; use one of {', '.join(ENGINES)}, or files")


@contextmanager
def connect(engine: sa.Engine, url: str) -> Iterator[sa.Connection]:
    """Give a connection in one read-only transaction; what goes wrong with the engine becomes a SourceError."""
    with errors_of(url), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            _set_for_transaction(connection)
        yield connection
        if connection.dialect.name == "sqlite":
            still_as_opened(connection.connection.driver_connection)


@contextmanager
def errors_of(url: str) -> Iterator[None]:
    """Turn what goes wrong with the engine into a SourceError."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise SourceError(describe(error, url)) from error
    except (OSError, RuntimeError) as error:  # DuckDB raises some errors that are not of its own family
        raise SourceError(f"cannot read the log at {mask(url)}: {error}") from error


def describe(error: sa.exc.DBAPIError, url: str) -> str:
    """Return what the engine said, in one line, without the statement and without the password."""
    said = " ".join(str(error.orig).split()) or type(error.orig).__name__
    password = sa.make_url(url).password
    said = said.replace(str(password), "***") if password else said
    hint = cause(said) if sa.make_url(url).get_backend_name() == "postgresql" else ""
    return f"cannot read the log at {mask(url)}: {said}" + (f"; {hint}" if hint else "")


def duckdb_settings(chosen: DuckdbSettings) -> dict[str, Any]:
    """Return the settings of a DuckDB that reads a log."""
    return {
        "memory_limit": f"{chosen.memory_mb}MB",
        "threads": chosen.threads,
        "preserve_insertion_order": False,  # needs memory, and no answer of ours depends on it
        "temp_directory": _spill_folder(chosen.spill_folder),
    }


def _duckdb(url: sa.URL, chosen: DuckdbSettings) -> sa.Engine:
    in_memory = url.database in IN_MEMORY
    if not in_memory:
        _must_exist(url.database)
    arguments: dict[str, Any] = {"config": duckdb_settings(chosen), "read_only": not in_memory}
    engine = sa.create_engine(url, poolclass=NullPool, connect_args=arguments)
    sa.event.listen(engine, "connect", lambda connection, _record: connection.execute("SET TimeZone = 'UTC'"))
    return engine


@cache
def _spill_folder(parent: str | None) -> str:
    """A folder in `parent` that nobody else can read, gone with the process; "" where none can be made."""
    try:
        folder = tempfile.mkdtemp(prefix="tunewatch-", dir=parent)
    except OSError:
        return ""  # a read-only machine: what does not fit into memory is counted in smaller parts
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database in IN_MEMORY:
        raise SourceError(
            "sqlite:// names a database in memory, which has no log; give a file: sqlite:///path/to/file.db"
        )
    _must_exist(url.database)
    path = Path(str(url.database))

    def open_read_only() -> sqlite3.Connection:
        connection = open_sqlite(path)
        connection.execute("PRAGMA query_only = ON")
        register_sqlite(connection)
        register_names(connection)
        register_tidy_names(connection)
        return connection

    engine = sa.create_engine("sqlite://", creator=open_read_only, poolclass=NullPool)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))  # one snapshot
    return engine


def _postgresql(url: sa.URL) -> sa.Engine:
    return sa.create_engine(
        url,
        poolclass=NullPool,
        connect_args={"connect_timeout": POSTGRESQL_CONNECT_TIMEOUT},
        # One snapshot for all statements of a question. Read-only is said at BEGIN, not as a session setting, since
        # that would stay behind on a connection that a pooler such as PgBouncer hands to somebody else.
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    )


def _set_for_transaction(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {POSTGRESQL_STATEMENT_TIMEOUT}")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {POSTGRESQL_LOCK_TIMEOUT}")
    connection.exec_driver_sql(f"SET LOCAL work_mem = '{POSTGRESQL_WORK_MEM}'")
    connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")


def _must_exist(database: str | None) -> None:
    if not Path(str(database)).is_file():
        raise SourceError(f"there is no database file {database}; check the path in url")
