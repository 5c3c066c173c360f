"""Names of a log, bounded the same on every engine: see `config.names`."""

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from config.names import LONGEST_NAME, bounded

_SPOILT: Final = "\N{REPLACEMENT CHARACTER}"


class BoundedName(FunctionElement[str]):
    """A text as the name that is kept of it."""

    name = "bounded_name"
    type = sa.Text()
    inherit_cache = True


@compiles(BoundedName, "duckdb")
def _bounded_duckdb(element: BoundedName, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401  # SQLAlchemy's
    return _cut(compiler.process(element.clauses, **kw), "strlen")


@compiles(BoundedName, "postgresql")
def _bounded_postgresql(element: BoundedName, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return _cut(compiler.process(element.clauses, **kw), "octet_length")


@compiles(BoundedName, "sqlite")
def _bounded_sqlite(element: BoundedName, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = compiler.process(element.clauses, **kw)
    return f"CASE WHEN length({x}) > {LONGEST_NAME} THEN bounded_name({x}) ELSE {x} END"


def _cut(x: str, size: str) -> str:
    """SQL that cuts a long text; its bytes are known without counting its characters."""
    start = f"substr({x}, 1, {LONGEST_NAME}) || '… #' || substr(md5({x}), 1, 16)"
    return f"CASE WHEN {size}({x}) > {LONGEST_NAME} AND length({x}) > {LONGEST_NAME} THEN {start} ELSE {x} END"


class HasZero(FunctionElement[bool]):
    """Whether a text holds a zero character, which the history replaces."""

    name = "has_zero"
    type = sa.Boolean()
    inherit_cache = True


@compiles(HasZero, "duckdb")
def _zero_duckdb(element: HasZero, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"contains({compiler.process(element.clauses, **kw)}, chr(0))"


@compiles(HasZero, "postgresql")
def _zero_postgresql(element: HasZero, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401, ARG001
    return "false"  # its texts cannot hold one


@compiles(HasZero, "sqlite")
def _zero_sqlite(element: HasZero, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"instr({compiler.process(element.clauses, **kw)}, char(0)) > 0"


def register_names(connection: sqlite3.Connection) -> None:
    """Give a SQLite connection the function that it lacks."""
    connection.create_function("bounded_name", 1, bounded, deterministic=True)


def is_cut(names: Iterable[sa.ColumnElement[Any]]) -> sa.ColumnElement[bool]:
    """Whether one of the names, which are bounded, is not as the log has it."""
    parts = ((sa.func.length(name) > LONGEST_NAME, name.contains(_SPOILT), HasZero(name)) for name in names)
    return sa.or_(sa.false(), *(part for of_name in parts for part in of_name))
