"""The few SQL functions that every engine spells differently, one construct each."""

import hashlib
import math
import re
import sqlite3
import zlib
from collections.abc import Callable
from typing import Any, Final, assert_never

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from monitor.log.kinds import ColumnKind
from monitor.log.times.times import SPACE, TimeReading, scaled, text_epoch
from monitor.log.times.times_sql import DUCKDB_TIMES, POSTGRESQL_TIMES, bare_text, text_epoch_sql

_NUMBER: Final = r"\s*[+-]?([0-9]{1,40}([.][0-9]{0,40})?|[.][0-9]{1,40})([eE][+-]?[0-9]{1,2})?\s*"
"""A text that PostgreSQL can convert for sure: it has no cast that only tries before version 16."""


class _OfColumn(FunctionElement[Any]):
    """A function of one column whose kind decides the SQL."""

    def __init__(self, column: sa.ColumnElement[Any], kind: ColumnKind) -> None:
        super().__init__(column)
        self.kind = kind

    def argument(self, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  # passed through to SQLAlchemy
        return compiler.process(next(iter(self.clauses)), **kw)


WHOLE: Final = "[+-]?[0-9]+[.]0+"
HEX: Final = "[{]?[0-9A-Fa-f-]{16,}[}]?"
LARGEST_WHOLE: Final = 2.0**53  # of a double that still holds every whole number below it


class EpochSeconds(_OfColumn):
    """Seconds since 1970-01-01 UTC, exact to the microsecond; NULL for what cannot be read as a time.

    `reading` says what is known of how texts write their times.
    """

    name = "epoch_seconds"
    inherit_cache = False  # the kind would have to be in the key
    type = sa.Double()

    def __init__(self, column: sa.ColumnElement[Any], kind: ColumnKind, reading: TimeReading) -> None:
        super().__init__(column, kind)
        self.reading = reading


class Number(_OfColumn):
    """The value as a double; NULL for what cannot be read as one. May be NaN or infinite."""

    name = "number"
    inherit_cache = False
    type = sa.Double()


class Matches(FunctionElement[bool]):
    """Whether a regular expression matches all of a text; bare: without space around it, and in lower case."""

    name = "matches"
    type = sa.Boolean()
    inherit_cache = False

    def __init__(self, text: sa.ColumnElement[Any], pattern: str, *, bare: bool = False) -> None:
        super().__init__(text)
        self.pattern = pattern
        self.bare = bare


class TidyId(FunctionElement[str]):
    """An id as text, as every program would write it: whole numbers without .0, hex in small letters, no space."""

    name = "tidy_id"
    type = sa.Text()
    inherit_cache = True


class InnerText(_OfColumn):
    """The one text or number inside of JSON or a list, as text; what has several, as the engine writes it."""

    name = "inner_text"
    inherit_cache = False
    type = sa.Text()


class RowDigest(FunctionElement[int]):
    """A hash in [0, 2^31) of several values; NULLs take part. The same on one engine, differing between engines."""

    name = "row_digest"
    type = sa.BigInteger()
    inherit_cache = True


class Md5(FunctionElement[str]):
    """The MD5 of a text as 32 lower-case hexadecimal digits: a draw that every engine makes alike."""

    name = "md5"
    type = sa.Text()
    inherit_cache = True


class BytewiseText(FunctionElement[str]):
    """A text that is compared by its bytes, whatever the collation of its database."""

    name = "bytewise"
    type = sa.Text()
    inherit_cache = True


@compiles(EpochSeconds, "duckdb")
def _epoch_duckdb(element: EpochSeconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    match element.kind:
        case ColumnKind.ZONED | ColumnKind.NAIVE | ColumnKind.NAIVE_NS | ColumnKind.DATE:
            return f"epoch({x})"
        case ColumnKind.ZONED_NS:
            return f"epoch(CAST({x} AS TIMESTAMPTZ))"
        case ColumnKind.INTEGER | ColumnKind.FLOAT | ColumnKind.DECIMAL:
            return scaled(f"CAST({x} AS DOUBLE)")
        case ColumnKind.TEXT | ColumnKind.ANY:
            return text_epoch_sql(x, DUCKDB_TIMES, element.reading)
        case ColumnKind.UUID | ColumnKind.BOOLEAN | ColumnKind.JSON | ColumnKind.LIST:
            return "CAST(NULL AS DOUBLE)"
        case ColumnKind.OTHER:
            return text_epoch_sql(f"CAST({x} AS VARCHAR)", DUCKDB_TIMES, element.reading)
        case _:
            assert_never(element.kind)


@compiles(EpochSeconds, "postgresql")
def _epoch_postgresql(element: EpochSeconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    match element.kind:
        case ColumnKind.ZONED | ColumnKind.NAIVE | ColumnKind.ZONED_NS | ColumnKind.NAIVE_NS | ColumnKind.DATE:
            return _extract(x)
        case ColumnKind.INTEGER | ColumnKind.FLOAT | ColumnKind.DECIMAL:
            return scaled(f"CAST({x} AS double precision)")
        case ColumnKind.TEXT | ColumnKind.ANY:
            return text_epoch_sql(x, POSTGRESQL_TIMES, element.reading)
        case ColumnKind.UUID | ColumnKind.BOOLEAN | ColumnKind.JSON | ColumnKind.LIST:
            return "CAST(NULL AS double precision)"
        case ColumnKind.OTHER:
            return text_epoch_sql(f"CAST({x} AS text)", POSTGRESQL_TIMES, element.reading)
        case _:
            assert_never(element.kind)


def _extract(x: str) -> str:
    return f"CASE WHEN isfinite({x}) THEN CAST(EXTRACT(EPOCH FROM {x}) AS double precision) END"


@compiles(EpochSeconds, "sqlite")
def _epoch_sqlite(element: EpochSeconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    order, written = element.reading.order, element.reading.written
    own = "NULL" if written is None else "'" + written.replace("'", "''") + "'"
    text = f"text_epoch({x}, '{order}', {own})"
    return f"CASE typeof({x}) WHEN 'text' THEN {text} WHEN 'null' THEN NULL ELSE {scaled(f'{x} * 1.0')} END"


@compiles(Number, "duckdb")
def _number_duckdb(element: Number, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"TRY_CAST({element.argument(compiler, **kw)} AS DOUBLE)"


@compiles(Number, "postgresql")
def _number_postgresql(element: Number, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    if element.kind in {ColumnKind.INTEGER, ColumnKind.FLOAT, ColumnKind.DECIMAL}:
        return f"CAST({x} AS double precision)"
    text = f"CAST({x} AS text)"
    return f"CASE WHEN {text} ~ '^{_NUMBER}$' THEN CAST({text} AS double precision) END"


@compiles(Number, "sqlite")
def _number_sqlite(element: Number, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    return f"CASE typeof({x}) WHEN 'text' THEN text_number({x}) WHEN 'null' THEN NULL ELSE {x} * 1.0 END"


@compiles(Matches)
def _matches(element: Matches, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    engine = POSTGRESQL_TIMES if compiler.dialect.name == "postgresql" else DUCKDB_TIMES
    x = compiler.process(element.clauses, **kw)
    return f"coalesce({engine.matches(bare_text(x, engine) if element.bare else x, element.pattern)}, false)"


@compiles(Matches, "sqlite")
def _matches_sqlite(element: Matches, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = compiler.process(element.clauses, **kw)
    return f"text_matches({x}, '{element.pattern}', {int(element.bare)})"


@compiles(TidyId)
def _tidy_id(element: TidyId, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = compiler.process(element.clauses, **kw)
    engine = POSTGRESQL_TIMES if compiler.dialect.name == "postgresql" else DUCKDB_TIMES
    bare = f"trim({x}, ' ' || chr(9) || chr(10) || chr(13) || chr(160))"
    whole = f"WHEN {engine.matches(bare, WHOLE)} THEN split_part({bare}, '.', 1)"
    small = f"WHEN {engine.matches(bare, HEX)} THEN replace(replace(lower({bare}), '{{', ''), '}}', '')"
    return f"nullif(CASE {whole} {small} ELSE {bare} END, '')"


@compiles(TidyId, "sqlite")
def _tidy_id_sqlite(element: TidyId, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"tidy_id({compiler.process(element.clauses, **kw)})"


@compiles(InnerText)
def _inner_text(element: InnerText, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    is_json = element.kind is ColumnKind.JSON
    if compiler.dialect.name == "postgresql":
        return f"(CAST({x} AS jsonb) #>> '{{}}')" if is_json else _first_of(x, "cardinality")
    return f"({x} ->> '$')" if is_json else _first_of(x, "len")


def _first_of(x: str, length: str) -> str:
    return f"CASE WHEN {length}({x}) = 1 THEN CAST(({x})[1] AS text) ELSE CAST({x} AS text) END"


@compiles(RowDigest, "duckdb")
def _digest_duckdb(element: RowDigest, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"CAST(hash({compiler.process(element.clauses, **kw)}) >> 33 AS BIGINT)"


@compiles(RowDigest, "postgresql")
def _digest_postgresql(element: RowDigest, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    # Hashed again, since that of a record is linear in those of its columns: rows that swap values would sum up alike.
    return f"(hashint4(hash_record(ROW({compiler.process(element.clauses, **kw)}))) & 2147483647)"


@compiles(RowDigest, "sqlite")
def _digest_sqlite(element: RowDigest, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"row_digest({compiler.process(element.clauses, **kw)})"


@compiles(Md5)
def _md5(element: Md5, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"md5({compiler.process(element.clauses, **kw)})"


@compiles(BytewiseText)
def _bytewise(element: BytewiseText, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return compiler.process(element.clauses, **kw)


@compiles(BytewiseText, "postgresql")
def _bytewise_postgresql(element: BytewiseText, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f'{compiler.process(element.clauses, **kw)} COLLATE "C"'


def register_sqlite(connection: sqlite3.Connection) -> None:
    """Give a SQLite connection the functions that it lacks, all deterministic."""
    functions: dict[str, tuple[int, Callable[..., float | int | str | None]]] = {
        "text_epoch": (3, text_epoch),
        "text_matches": (3, text_matches),
        "tidy_id": (1, tidy_id),
        "text_number": (1, text_number),
        "row_digest": (-1, row_digest),
        "md5": (1, _md5_hex),
    }
    if not _has_mathematics(connection):
        functions |= {"ln": (1, math.log), "floor": (1, math.floor)}
    for name, (arguments, function) in functions.items():
        connection.create_function(name, arguments, function, deterministic=True)


def _has_mathematics(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT ln(1.0), floor(1.0)").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


def text_matches(text: object, pattern: str, bare: int) -> int:
    """Whether a pattern matches all of a text; a value that is no text matches nothing."""
    if not isinstance(text, str):
        return 0
    return int(re.fullmatch(pattern, text.strip(SPACE).lower() if bare else text) is not None)


def tidy_id(value: object) -> str | None:
    """Return an id as text, as every program would write it.

    >>> tidy_id("123.0 "), tidy_id(123.0), tidy_id("{0AF7651916CD43DD8448EB211C80319C}"), tidy_id("A1")
    ('123', '123', '0af7651916cd43dd8448eb211c80319c', 'A1')
    """
    if value is None or (isinstance(value, float) and not abs(value) <= LARGEST_WHOLE):
        return None
    text = str(value, "utf-8", "replace") if isinstance(value, bytes) else str(value)
    bare = text.strip(" \t\n\r\u00a0")
    if re.fullmatch(WHOLE, bare):
        return bare.split(".", 1)[0]
    return bare.lower().strip("{}") if re.fullmatch(HEX, bare) else bare or None


def text_number(text: str) -> float | None:
    """Read a number from text, None if it is not one."""
    try:
        return float(text)
    except ValueError:
        return None


def row_digest(*values: object) -> int:
    """Hash values to 31 bits, the same in every process."""
    return zlib.crc32(repr(values).encode()) >> 1


def _md5_hex(text: str | None) -> str | None:
    return None if text is None else hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
