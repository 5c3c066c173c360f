"""Connections to the log that cannot write."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from config.source import DuckdbSettings
from config.url import mask
from monitor.common.errors import SourceError
from monitor.log.engines.duckdb import DEFAULT_DUCKDB
from monitor.log.engines.registry import engine_named, engine_of


def open_engine(url: str, duckdb: DuckdbSettings = DEFAULT_DUCKDB) -> sa.Engine:
    """Return an engine that opens its connections read-only; nothing is connected yet.

    No connection is kept between questions: a DuckDB file that is held open would keep its writer out, and a
    PostgreSQL connection that idles for minutes goes stale.

    Raises SourceError if the URL names an engine that is not supported, or a file that is not there.
    """
    parsed = sa.make_url(url)
    return engine_named(parsed.get_backend_name()).open(parsed, duckdb)


@contextmanager
def connect(engine: sa.Engine, url: str) -> Iterator[sa.Connection]:
    """Give a connection in one read-only transaction; what goes wrong with the engine becomes a SourceError."""
    with errors_of(url), engine.connect() as connection:
        opened = engine_of(connection)
        opened.begin(connection)
        yield connection
        opened.end(connection)


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
    engine = engine_named(sa.make_url(url).get_backend_name())
    said = engine.words(error)
    password = sa.make_url(url).password
    said = said.replace(str(password), "***") if password else said
    hint = engine.hint(said)
    return f"cannot read the log at {mask(url)}: {said}" + (f"; {hint}" if hint else "")
