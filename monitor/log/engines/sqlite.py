"""SQLite files."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config.names import LONGEST_NAME
from config.source import DuckdbSettings
from config.url import IN_MEMORY
from monitor.common.errors import SourceError
from monitor.log.engines.engine import Column, LogEngine, Rows
from monitor.log.engines.regex_engine import plain_number
from monitor.log.engines.sqlite_files import open_sqlite, still_as_opened
from monitor.log.engines.sqlite_functions import register_functions
from monitor.log.engines.statements import as_text, must_exist
from monitor.log.kinds import ColumnKind
from monitor.log.times.times import TimeReading, scaled


class SqliteEngine(LogEngine):
    """SQLite, whose columns have no types: each value has its own. What its SQL lacks, Python does."""

    name = "sqlite"
    suffixes = (".db", ".sqlite", ".sqlite3")
    tables_sql = (
        "SELECT NULL, name FROM sqlite_master "
        "WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    )

    def open(self, url: sa.URL, duckdb: DuckdbSettings) -> sa.Engine:  # noqa: ARG002 - of DuckDB alone
        """Each transaction begins where SQLite's would begin with the first write."""
        if url.database in IN_MEMORY:
            raise SourceError(
                "sqlite:// names a database in memory, which has no log; give a file: sqlite:///path/to/file.db"
            )
        must_exist(url.database)
        path = Path(str(url.database))

        def open_read_only() -> sqlite3.Connection:
            connection = open_sqlite(path)
            connection.execute("PRAGMA query_only = ON")
            register_functions(connection)
            return connection

        engine = sa.create_engine("sqlite://", creator=open_read_only, poolclass=NullPool)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))  # one snapshot
        return engine

    def end(self, connection: sa.Connection) -> None:
        """A file that is read without locks must be as it was."""
        still_as_opened(connection.connection.driver_connection)

    def blames_query(self, error: sa.exc.DBAPIError) -> bool:  # noqa: ARG002 - all of them
        """SQLite reports a statement that cannot be run, and a file that cannot be opened, by one error class."""
        return True

    def describe(self, connection: sa.Connection, relation: str) -> dict[str, ColumnKind]:
        """The names are all that there is to know."""
        cursor = connection.execute(as_text(f"SELECT * FROM {relation} WHERE 1 = 0")).cursor  # noqa: S608
        return {column[0]: ColumnKind.ANY for column in cursor.description}

    def fenced(self, rows: Rows) -> Rows:
        """A subquery with a limit is not put into the query around it, where Python would be asked for each use."""
        return rows.limit(sa.literal_column("-1"))

    def first_of_each(self, key: Column, columns: Sequence[Column], order: Sequence[Column]) -> sa.Select[Any]:
        """Group rows that are already one for each key: it makes an index of a GROUP BY, and scans a window's rows."""
        rows = super().first_of_each(key, columns, order).subquery()
        others = (sa.func.max(column).label(column.name) for column in rows.c if column.name != key.name)
        return sa.select(rows.c[key.name], *others).group_by(rows.c[key.name])

    def epoch(self, x: str, kind: ColumnKind, reading: TimeReading) -> str:  # noqa: ARG002 - of each value
        """By Python for texts."""
        own = "NULL" if reading.written is None else "'" + reading.written.replace("'", "''") + "'"
        text = f"text_epoch({x}, '{reading.order}', {own})"
        return f"CASE typeof({x}) WHEN 'text' THEN {text} WHEN 'null' THEN NULL ELSE {scaled(f'{x} * 1.0')} END"

    def number(self, x: str, kind: ColumnKind) -> str:  # noqa: ARG002 - of each value
        """By Python for texts."""
        return f"CASE typeof({x}) WHEN 'text' THEN text_number({x}) WHEN 'null' THEN NULL ELSE {x} * 1.0 END"

    def matches(self, x: str, pattern: str, *, bare: bool) -> str:
        """By Python."""
        return f"text_matches({x}, '{pattern}', {int(bare)})"

    def tidy_id(self, x: str) -> str:
        """By Python."""
        return f"tidy_id({x})"

    def inner_text(self, x: str, kind: ColumnKind) -> str:
        """Columns of its own are of no such kind: as DuckDB and JSON1 spell it."""
        return f"({x} ->> '$')" if kind is ColumnKind.JSON else x

    def at_path(self, x: str, kind: ColumnKind, steps: Sequence[str | int], *, safely: bool) -> str:  # noqa: ARG002
        """By Python."""
        return f"json_at({x}, '{json.dumps(list(steps)).replace(chr(39), chr(39) * 2)}')"

    def to_utc(self, epoch: str, zone: str) -> str:
        """By Python."""
        return f"to_utc({epoch}, '{zone}')"

    def row_digest(self, values: str) -> str:
        """By Python."""
        return f"row_digest({values})"

    def bounded_name(self, x: str) -> str:
        """By Python where the name is long."""
        return f"CASE WHEN length({x}) > {LONGEST_NAME} THEN bounded_name({x}) ELSE {x} END"

    def has_zero(self, x: str) -> str:
        """Texts of SQLite may hold a zero byte."""
        return f"instr({x}, char(0)) > 0"

    def tidy_name(self, x: str, column: str, kind: ColumnKind, *, plain: bool, unicode: bool) -> str:  # noqa: ARG002
        """By Python where the name has anything odd; a value that is a number is plain whatever its column."""
        odd = f"{x} GLOB '*[^ -~]*' OR {x} GLOB ' *' OR {x} GLOB '* '"
        bare = f"CASE WHEN {odd} THEN tidy_name({x}) ELSE {x} END"
        text = plain_number(bare, "instr") if plain else bare
        return f"CASE WHEN typeof({column}) = 'real' THEN {plain_number(x, 'instr')} ELSE {text} END"
