"""Rows to read: files, a table or a query, described but not yet understood."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from config.source import RelationSettings
from monitor.errors import MappingError, SourceError
from monitor.log import files
from monitor.log.engine import describe
from monitor.log.files import FileFormat, find_files
from monitor.log.kinds import ColumnKind, duckdb_kind, postgresql_kind

_SAMPLED_LINES: Final = 1000  # of JSONL, to learn its keys; all lines are looked at when a mapped key is not among them
_SUGGESTIONS: Final = 3
_ENOUGH_NAMES: Final = 30  # to list in an error


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows with named columns. `malformed` counts the lines that are not rows, where the engine can tell."""

    source: sa.FromClause
    kinds: dict[str, ColumnKind]
    malformed: Callable[[sa.Connection], int]

    def column(self, name: str) -> sa.ColumnElement[object]:
        """Return a column of the source; it must be there."""
        return self.source.c[name]


def open_relation(connection: sa.Connection, settings: RelationSettings, key: str, wanted: Iterable[str]) -> Relation:
    """Look at a relation and its columns as they are now. `wanted` are the columns that will be read.

    Raises MappingError if the table is missing or the query is not one SELECT, SourceError if it cannot be read.
    """
    if settings.files is not None:
        return _open_files(connection, settings.files, key, tuple(wanted))
    if settings.table is not None:
        return _open_table(connection, settings.table, key)
    query = one_select(str(settings.query), f"{key}.query")
    try:
        kinds = _describe(connection, f"({query}\n) AS log")
    except sa.exc.DBAPIError as error:
        if error.connection_invalidated or (isinstance(error, sa.exc.OperationalError) and not _is_sqlite(connection)):
            raise
        raise MappingError(f"the query cannot be run: {' '.join(str(error.orig).split())}", f"{key}.query") from error
    return Relation(_textual(f"{query}\n", kinds), kinds, _none_malformed)  # it may end with a comment


def one_select(query: str, key: str) -> str:
    """Return the query without its closing semicolon.

    Raises MappingError unless it is one statement that begins with SELECT or WITH.
    """
    bare = query.strip().rstrip(";").rstrip()
    code = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", " ", bare, flags=re.DOTALL)
    if not re.match(r"\s*(select|with|from)\b", code, re.IGNORECASE) or ";" in code:
        raise MappingError("must be one SELECT (or WITH … SELECT) statement", key)
    return bare


def nearest(name: str, names: Iterable[str]) -> str:
    """Return words that help with a name that does not exist: the names most like it, and those there are."""
    known = list(names)
    by_lower = {each.lower(): each for each in known}
    alike = difflib.get_close_matches(name.lower(), by_lower, _SUGGESTIONS, 0.5)
    there = ", ".join(known[:_ENOUGH_NAMES]) + (", …" if len(known) > _ENOUGH_NAMES else "")
    hint = f"did you mean {' or '.join(by_lower[each] for each in alike)}? " if alike else ""
    return f"{hint}There are: {there or 'none'}"


def split_name(table: str) -> tuple[str | None, str]:
    """Split `schema.name` at its last dot; a part in double quotes may itself hold dots.

    >>> split_name('logs."odd.name"')
    ('logs', 'odd.name')
    """
    parts = [part.strip('"') for part in re.findall(r'"[^"]+"|[^."]+', table)]
    return (".".join(parts[:-1]) or None), parts[-1]


def _open_files(connection: sa.Connection, patterns: Sequence[str], key: str, wanted: Sequence[str]) -> Relation:
    found = find_files(patterns, key)
    json_names = found.get(FileFormat.JSONL, [])
    json_columns = _json_columns(connection, json_names, wanted) if json_names else []
    text = files.select_files(found, json_columns)
    kinds = _describe(connection, f"({text}) AS log")

    def malformed(connection: sa.Connection) -> int:
        return _rejected(connection, found.get(FileFormat.CSV, [])) + _not_json(connection, json_names, json_columns)

    source = _textual(text, kinds)
    if list(found) == [FileFormat.JSONL]:
        a_row = sa.or_(*(source.c[name].is_not(None) for name in json_columns))
        source = sa.select(source).where(a_row).subquery("log")
    return Relation(source, kinds, malformed)


def _json_columns(connection: sa.Connection, names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the keys to read: the wanted ones that are there, or all that are there."""
    keys: set[str] = set()
    for lines in (_SAMPLED_LINES, None):
        keys = set(connection.exec_driver_sql(files.jsonl_keys(names, lines)).scalars())
        if keys.issuperset(wanted):
            break
    if not keys:  # nothing is written yet
        return list(wanted)
    return [name for name in wanted if name in keys] if keys.issuperset(wanted) and wanted else sorted(keys)


def _rejected(connection: sa.Connection, names: Sequence[str]) -> int:
    for select in files.read_csv(names, rejects=True):
        connection.exec_driver_sql(f"SELECT count(*) FROM (SELECT COLUMNS(*) IS NULL FROM ({select}))")  # noqa: S608
    if not names:
        return 0
    rejected = "SELECT count(*) FROM (SELECT DISTINCT scan_id, file_id, line FROM reject_errors)"
    return int(connection.exec_driver_sql(rejected).scalar_one())


def _not_json(connection: sa.Connection, names: Sequence[str], columns: Sequence[str]) -> int:
    if not names:
        return 0
    source = _textual(files.read_jsonl(names, columns), dict.fromkeys(columns, ColumnKind.TEXT))
    statement = sa.select(sa.func.count()).select_from(source).where(*(column.is_(None) for column in source.c))
    return connection.execute(statement).scalar_one()


def _open_table(connection: sa.Connection, table: str, key: str) -> Relation:
    schema, name = split_name(table)
    quoter = connection.dialect.identifier_preparer
    qualified = ".".join(quoter.quote_identifier(part) for part in (schema, name) if part)
    try:
        kinds = _describe(connection, qualified)
    except sa.exc.DBAPIError as error:
        connection.rollback()
        there = _tables(connection)
        if table in there or (name in there and schema is None):
            raise SourceError(describe(error, str(connection.engine.url))) from error
        raise MappingError(f"there is no table {table}; {nearest(table, there)}", f"{key}.table") from error
    columns: list[sa.ColumnClause[Any]] = [sa.column(quoted_name(column, quote=True)) for column in kinds]
    parts = quoted_name(schema, quote=True) if schema else None
    return Relation(sa.table(quoted_name(name, quote=True), *columns, schema=parts), kinds, _none_malformed)


def _tables(connection: sa.Connection) -> list[str]:
    if _is_sqlite(connection):
        statement = "SELECT NULL, name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    else:
        statement = (
            "SELECT NULLIF(table_schema, CAST(current_schema() AS varchar)), table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
        )
    rows = connection.exec_driver_sql(statement).fetchall()
    return [f"{schema}.{name}" if schema else name for schema, name in rows]


def _describe(connection: sa.Connection, relation: str) -> dict[str, ColumnKind]:
    if connection.dialect.name == "duckdb":
        rows = connection.execute(_as_text(f"DESCRIBE SELECT * FROM {relation}")).fetchall()  # noqa: S608
        return {row[0]: duckdb_kind(row[1]) for row in rows}
    cursor = connection.execute(_as_text(f"SELECT * FROM {relation} WHERE 1 = 0")).cursor  # noqa: S608
    if _is_sqlite(connection):
        return {column[0]: ColumnKind.ANY for column in cursor.description}
    return {column[0]: postgresql_kind(cast("int", column[1])) for column in cursor.description}


def _textual(text: str, names: Iterable[str]) -> sa.Subquery:
    return _as_text(text).columns(*(sa.column(quoted_name(name, quote=True)) for name in names)).subquery("log")


def _as_text(sql: str) -> sa.TextClause:
    """Return SQL as it is written: a colon in it is no bind parameter."""
    return sa.text(sql.replace(":", r"\:"))


def _none_malformed(_connection: sa.Connection) -> int:
    return 0


def _is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"
