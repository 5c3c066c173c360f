"""Every engine that a log may be on: the one place that lists them. `docs/extending.md` shows how to add one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from monitor.common.errors import SourceError
from monitor.log.engines.clickhousedb import ClickhouseEngine
from monitor.log.engines.duckdb import DuckdbEngine
from monitor.log.engines.engine import LogEngine
from monitor.log.engines.postgresql import PostgresqlEngine
from monitor.log.engines.sqlite import SqliteEngine

ENGINES: Final[tuple[LogEngine, ...]] = (DuckdbEngine(), SqliteEngine(), PostgresqlEngine(), ClickhouseEngine())

BY_NAME: Final[Mapping[str, LogEngine]] = MappingProxyType({engine.name: engine for engine in ENGINES})


def engine_named(name: str) -> LogEngine:
    """The engine that SQLAlchemy calls so. Raises SourceError for one that no log can be read from."""
    try:
        return BY_NAME[name]
    except KeyError:
        known = ", ".join(BY_NAME)
        raise SourceError(f"the log cannot be read from {name}; use one of {known}, or files") from None


def engine_of(connection: sa.Connection) -> LogEngine:
    """The engine that a connection is to."""
    return engine_named(connection.dialect.name)
