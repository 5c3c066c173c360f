"""Rows to read: files, a table or a query, described but not yet understood."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from config.columns import RowsSettings
from config.source import RelationSettings
from monitor.common.errors import MappingError, SourceError
from monitor.log.counts import LogNotice
from monitor.log.engines.connections import describe
from monitor.log.engines.registry import engine_of
from monitor.log.engines.statements import as_text
from monitor.log.files.library import FileLibrary, Shelf
from monitor.log.files.notices import file_notices
from monitor.log.files.pieces import Piece, Wanted, quote_name
from monitor.log.files.skipped import SkipReason
from monitor.log.files.union import select_sources
from monitor.log.kinds import ColumnKind

_SUGGESTIONS: Final = 3
_ENOUGH_NAMES: Final = 30  # to list in an error


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows with named columns, of which the source has those that are wanted.

    `malformed` counts the lines of files that are not rows; `notices` are what people must know of the files.
    """

    source: sa.FromClause
    kinds: dict[str, ColumnKind]
    malformed: int = 0
    notices: tuple[LogNotice, ...] = ()

    def column(self, name: str) -> sa.ColumnElement[object]:
        """Return a column of the source; it must be there."""
        return self.source.c[name]


@dataclass(frozen=True, slots=True)
class FilesToRead:
    """How files are read: with what is known of them, for these columns, with or without the long texts."""

    library: FileLibrary
    wanted: Wanted
    texts: bool


def open_relation(connection: sa.Connection, settings: RelationSettings, key: str, reading: FilesToRead) -> Relation:
    """Look at a relation and its columns as they are now.

    Raises MappingError if the table is missing or the query is not one SELECT, SourceError if it cannot be read.
    """
    if settings.files is not None:
        if settings.rows is not None:
            reading = replace(reading, wanted=Wanted(settings.rows.columns, frozenset(), ""))
        shelf = reading.library.shelve(settings.files, key, reading.wanted, settings.encoding, texts=reading.texts)
        relation = _open_files(connection, shelf, key, reading)
        return relation if settings.rows is None else _open_rows(connection, relation, settings.rows, f"{key}.rows")
    if settings.table is not None:
        return _open_table(connection, settings.table, key)
    query = one_select(str(settings.query), f"{key}.query")
    try:
        kinds = engine_of(connection).describe(connection, f"({query}\n) AS log")
    except sa.exc.DBAPIError as error:
        engine = engine_of(connection)
        if error.connection_invalidated or not engine.blames_query(error):
            raise
        raise MappingError(f"the query cannot be run: {engine.words(error)}", f"{key}.query") from error
    return Relation(_textual(f"{query}\n", kinds), kinds)  # it may end with a comment


def _open_rows(connection: sa.Connection, files: Relation, rows: RowsSettings, key: str) -> Relation:
    """The rows that a SELECT makes of those of files, whose columns it has as texts."""
    for name in rows.columns:
        if name not in files.kinds:
            raise MappingError(f"there is no column {name}; {nearest(name, files.kinds)}", f"{key}.columns")
    select = one_select(rows.select, f"{key}.select")
    columns = (_as_json(files, name).label(quoted_name(name, quote=True)) for name in rows.columns)
    log = sa.select(*columns).select_from(files.source).compile(connection, compile_kwargs={"literal_binds": True})
    text = f"WITH log AS ({log}) SELECT * FROM ({select}\n) AS nested"  # noqa: S608 - one SELECT, read-only
    kinds = engine_of(connection).describe(connection, f"({text}) AS log")
    return replace(files, source=_textual(text, kinds), kinds=kinds)


def _as_json(files: Relation, name: str) -> sa.ColumnElement[Any]:
    if name not in files.source.c:
        return sa.cast(sa.null(), sa.Text)
    column, kind = files.column(name), files.kinds[name]
    nested = kind in {ColumnKind.LIST, ColumnKind.OTHER}
    return sa.cast(sa.func.to_json(column) if nested else column, sa.Text)


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


def _open_files(connection: sa.Connection, shelf: Shelf, key: str, reading: FilesToRead) -> Relation:
    names = reading.wanted.names
    sources = [source for piece in shelf.pieces if (source := piece.read(texts=reading.texts)) is not None]
    known = dict.fromkeys(column for piece in shelf.pieces for column in piece.columns)
    known |= dict.fromkeys(name for piece in shelf.pieces for name in _mapped_names(piece))
    if not known and any(not piece.headless and not piece.lines for piece in shelf.pieces):
        known = dict.fromkeys(names)  # files of JSON that are still empty, whose keys nobody can say
    if not known:
        raise _nothing_readable(shelf, key)
    text = select_sources(sources, names)
    if not text:  # nothing is written yet, or nothing that is mapped
        nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {quote_name(name)}" for name in known)
        text = f"SELECT {nothing} WHERE false"
    kinds = engine_of(connection).describe(connection, f"({text}) AS log")
    malformed = sum(piece.malformed for piece in shelf.pieces)
    return Relation(
        source=_textual(text, kinds),
        kinds=dict.fromkeys(known, ColumnKind.TEXT) | kinds,
        malformed=malformed,
        notices=file_notices(shelf, names),
    )


def _mapped_names(piece: Piece) -> Iterable[str]:
    source = piece.read(texts=True)
    return () if source is None else source.columns


def _nothing_readable(shelf: Shelf, key: str) -> MappingError | SourceError:
    if shelf.skipped and all(file.reason is SkipReason.UNKNOWN_FORMAT for file in shelf.skipped) and not shelf.pieces:
        message = f"{shelf.skipped[0].name} {SkipReason.UNKNOWN_FORMAT}; name files of one of these kinds"
        return MappingError(message, f"{key}.files")
    if shelf.skipped:
        reasons = "; ".join(f"{file.name} {file.reason}" for file in shelf.skipped[:_SUGGESTIONS])
        return SourceError(f"{key}: no file can be read: {reasons}")
    if unread := [piece for piece in shelf.pieces if piece.lines]:
        return SourceError(f"{key}: nothing in {unread[0].name} can be read as a row; is it a log?")
    return SourceError(f"the files have no header yet: {', '.join(piece.name for piece in shelf.pieces)}")


def _open_table(connection: sa.Connection, table: str, key: str) -> Relation:
    schema, name = split_name(table)
    quoter = connection.dialect.identifier_preparer
    qualified = ".".join(quoter.quote_identifier(part) for part in (schema, name) if part)
    try:
        kinds = engine_of(connection).describe(connection, qualified)
    except sa.exc.DBAPIError as error:
        connection.rollback()
        there = _tables(connection)
        if table in there or (name in there and schema is None):
            raise SourceError(describe(error, str(connection.engine.url))) from error
        raise MappingError(f"there is no table {table}; {nearest(table, there)}", f"{key}.table") from error
    columns: list[sa.ColumnClause[Any]] = [sa.column(quoted_name(column, quote=True)) for column in kinds]
    parts = quoted_name(schema, quote=True) if schema else None
    return Relation(sa.table(quoted_name(name, quote=True), *columns, schema=parts), kinds)


def _tables(connection: sa.Connection) -> list[str]:
    return [f"{schema}.{name}" if schema else name for schema, name in engine_of(connection).tables(connection)]


def _textual(text: str, names: Iterable[str]) -> sa.Subquery:
    return as_text(text).columns(*(sa.column(quoted_name(name, quote=True)) for name in names)).subquery("log")
