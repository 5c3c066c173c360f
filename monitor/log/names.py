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
    x = compiler.process(element.clauses, **kw)
    clean = f"replace({x}, chr(0), chr(65533))"
    return f"CASE WHEN length({x}) > {LONGEST_NAME} OR contains({x}, chr(0)) THEN {_cut(x, clean)} ELSE {x} END"


@compiles(BoundedName, "postgresql")
def _bounded_postgresql(element: BoundedName, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = compiler.process(element.clauses, **kw)
    return _cut(x, x)


@compiles(BoundedName, "sqlite")
def _bounded_sqlite(element: BoundedName, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x = compiler.process(element.clauses, **kw)  # length() ends at a zero character there
    return f"CASE WHEN length({x}) > {LONGEST_NAME} OR instr({x}, char(0)) > 0 THEN bounded_name({x}) ELSE {x} END"


def _cut(x: str, clean: str) -> str:
    start = f"substr({clean}, 1, {LONGEST_NAME}) || '… #' || substr(md5({x}), 1, 16)"
    return f"CASE WHEN length({x}) > {LONGEST_NAME} THEN {start} ELSE {clean} END"


def register_names(connection: sqlite3.Connection) -> None:
    """Give a SQLite connection the function that it lacks."""
    connection.create_function("bounded_name", 1, bounded, deterministic=True)


def is_cut(names: Iterable[sa.ColumnElement[Any]]) -> sa.ColumnElement[bool]:
    """Whether one of the names, which are bounded, is not as the log has it."""
    parts = [each for name in names for each in (sa.func.length(name) > LONGEST_NAME, name.contains(_SPOILT))]
    return sa.or_(sa.false(), *parts)
