"""Databases of DuckDB in memory, kept for the next question: to make one takes 20 ms, longer than most statements.

A question has a database to itself while it asks, with all the memory that its settings say, and a connection that
ends with it: so do temporary tables and the settings of a session.
"""

import atexit
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import duckdb

MOST_IDLE: Final = 2
"""A count may have a file examined meanwhile; each takes 12 MB and ten threads, so whoever waits closes them."""

HELD_MUCH: Final = "held_much"
"""Set in the `info` of a connection that held many rows: its database has a hundred megabytes, and is not kept."""

_FORGET: Final = ("SET enable_external_file_cache = false", "SET enable_external_file_cache = true")
"""Turned off, what was read of files is let go of: the next question reads them as they are then."""

_lock: Final = threading.Lock()
_idle: Final[list[tuple[dict[str, Any], "duckdb.DuckDBPyConnection"]]] = []


def take(settings: Mapping[str, Any]) -> "duckdb.DuckDBPyConnection":
    """A database with these settings that nobody else uses; `cursor()` connects to it. It is to be kept, or closed."""
    import duckdb  # noqa: PLC0415 - 63 MB, which a log in PostgreSQL can do without

    with _lock:
        for place, (made_with, database) in enumerate(_idle):
            if made_with == settings:
                del _idle[place]
                return database
    return duckdb.connect(":memory:", config=dict(settings))


def keep(settings: Mapping[str, Any], database: "duckdb.DuckDBPyConnection") -> None:
    """Keep a database for the next question, or close it: where there are enough, and where it fails."""
    import duckdb  # noqa: PLC0415

    try:
        for statement in _FORGET:
            database.execute(statement)
    except (duckdb.Error, RuntimeError):  # a fault inside of DuckDB ends a database for good
        let_go(database)
        return
    with _lock:
        _idle.append((dict(settings), database))
        surplus = [_idle.pop(0)[1] for _ in range(len(_idle) - MOST_IDLE)]
    for each in surplus:
        let_go(each)


@contextmanager
def lent(settings: Mapping[str, Any]) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A connection to a database that nobody else uses meanwhile."""
    database = take(settings)
    connection = database.cursor()
    try:
        yield connection
    finally:
        connection.close()
        keep(settings, database)


def idle() -> int:
    """How many are kept."""
    with _lock:
        return len(_idle)


@atexit.register
def close_idle() -> None:
    """Close what is kept."""
    with _lock:
        databases = [database for _, database in _idle]
        _idle.clear()
    for database in databases:
        let_go(database)


def let_go(database: "duckdb.DuckDBPyConnection") -> None:
    """Close one that is kept for nobody."""
    with suppress(Exception):  # it is gone either way
        database.close()
