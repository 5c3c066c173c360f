"""The few SQL functions that every engine spells differently, one construct each."""

import hashlib
import math
import sqlite3
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, assert_never

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from monitor.log.kinds import ColumnKind

# A number is seconds, milliseconds, microseconds or nanoseconds since 1970, whichever puts it in our age: 1e11 is the
# year 5138 in seconds and 1973 in milliseconds, and so on up by thousands.
_SCALES: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
_LARGEST_NUMBER: Final = 9e18


class _OfColumn(FunctionElement[float]):
    """A function of one column whose kind decides the SQL."""

    def __init__(self, column: sa.ColumnElement[Any], kind: ColumnKind) -> None:
        super().__init__(column)
        self.kind = kind

    def argument(self, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  # passed through to SQLAlchemy
        return compiler.process(next(iter(self.clauses)), **kw)


class EpochSeconds(_OfColumn):
    """Seconds since 1970-01-01 UTC, exact to the microsecond; NULL for what cannot be read as a time."""

    name = "epoch_seconds"
    inherit_cache = False  # the kind would have to be in the key
    type = sa.Double()


class Number(_OfColumn):
    """The value as a double; NULL for what cannot be read as one. May be NaN or infinite."""

    name = "number"
    inherit_cache = False
    type = sa.Double()


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


def scaled(number: str) -> str:
    """Return SQL that reads a number as a time by its magnitude, in seconds."""
    cases = " ".join(f"WHEN abs({number}) >= {limit:.0f} THEN {number} / {unit:.1f}" for limit, unit in _SCALES)
    return f"CASE WHEN abs({number}) <= {_LARGEST_NUMBER:.0f} THEN CASE {cases} ELSE {number} END END"


@compiles(EpochSeconds, "duckdb")
def _epoch_duckdb(element: EpochSeconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    match element.kind:
        case ColumnKind.ZONED | ColumnKind.NAIVE | ColumnKind.NAIVE_NS | ColumnKind.DATE:
            return f"epoch({x})"
        case ColumnKind.ZONED_NS:
            return f"epoch(CAST({x} AS TIMESTAMPTZ))"
        case ColumnKind.INTEGER | ColumnKind.FLOAT:
            return scaled(f"CAST({x} AS DOUBLE)")
        case ColumnKind.TEXT | ColumnKind.ANY:
            return f"coalesce(epoch(TRY_CAST({x} AS TIMESTAMPTZ)), {scaled(f'TRY_CAST({x} AS DOUBLE)')})"
        case ColumnKind.UUID | ColumnKind.OTHER:
            return "CAST(NULL AS DOUBLE)"
        case _:
            assert_never(element.kind)


@compiles(EpochSeconds, "postgresql")
def _epoch_postgresql(element: EpochSeconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    match element.kind:
        case ColumnKind.ZONED | ColumnKind.NAIVE | ColumnKind.ZONED_NS | ColumnKind.NAIVE_NS | ColumnKind.DATE:
            return _extract(x)
        case ColumnKind.INTEGER | ColumnKind.FLOAT:
            return scaled(f"CAST({x} AS double precision)")
        case ColumnKind.TEXT | ColumnKind.ANY:
            iso = f"CASE WHEN {x} ~ '^[0-9]{{4}}-[0-9][0-9]-[0-9][0-9]' THEN {x} END"
            return f"coalesce({_extract(_valid(iso, 'timestamptz'))}, {scaled(_valid(x, 'double precision'))})"
        case ColumnKind.UUID | ColumnKind.OTHER:
            return "CAST(NULL AS double precision)"
        case _:
            assert_never(element.kind)


def _valid(text: str, kind: str) -> str:
    """Return SQL that converts what can be converted; the CASE is inside, for the planner converts constants early."""
    return f"CAST(CASE WHEN pg_input_is_valid({text}, '{kind}') THEN {text} END AS {kind})"


def _extract(x: str) -> str:
    return f"CASE WHEN isfinite({x}) THEN CAST(EXTRACT(EPOCH FROM {x}) AS double precision) END"


@compiles(EpochSeconds, "sqlite")
def _epoch_sqlite(element: EpochSeconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    return f"CASE typeof({x}) WHEN 'text' THEN text_epoch({x}) WHEN 'null' THEN NULL ELSE {scaled(f'{x} * 1.0')} END"


@compiles(Number, "duckdb")
def _number_duckdb(element: Number, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"TRY_CAST({element.argument(compiler, **kw)} AS DOUBLE)"


@compiles(Number, "postgresql")
def _number_postgresql(element: Number, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    if element.kind in {ColumnKind.INTEGER, ColumnKind.FLOAT}:
        return f"CAST({x} AS double precision)"
    return _valid(f"CAST({x} AS text)", "double precision")


@compiles(Number, "sqlite")
def _number_sqlite(element: Number, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = element.argument(compiler, **kw)
    return f"CASE typeof({x}) WHEN 'text' THEN text_number({x}) WHEN 'null' THEN NULL ELSE {x} * 1.0 END"


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
        "text_epoch": (1, text_epoch),
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


def text_epoch(text: str) -> float | None:
    """Read an ISO 8601 time (without a zone: UTC) as seconds since 1970, None if it is not one.

    >>> text_epoch("2026-03-01 00:00:00.5+01:00")
    1772319600.5
    """
    if text[4:5] != "-":  # SQLite finds rows of a span by comparing texts, which holds for dashes only
        return None
    try:
        at = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


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
