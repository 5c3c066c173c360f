"""Predictions joined with their labels once, in a temporary table of DuckDB, so that each grouping has all memory.

A single statement of all groupings holds all of them at the same time: with a segment column or many classes that is
more than DuckDB may take, and not all of it can be spilled. What still does not fit is counted in halves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateTableAs

from monitor.common.errors import SourceError
from monitor.log.counting.columns import NO_NAME
from monitor.log.counting.parts import NAMES
from monitor.log.engines.registry import engine_of

TABLE: Final = "joined_rows"

NAMES_TABLE: Final = "joined_names"
"""The names in it by a code."""

CODES_TABLE: Final = "coded_rows"
"""The rows with codes in the place of names: numbers are grouped, and come back, three times as fast as texts."""

_NOT_OF_SEGMENTS: Final = -1
"""Kind of the names of classes, versions and sources; those of a segment column have its number."""

_NAMES: Final = ("predicted", "model_version", "prompt_version", "relevance_source", "label")

_NOT_COUNTED: Final = frozenset({"epoch", "latency_ms", "confidence", "relevance", "nth"})
"""Columns of joined rows that no grouping needs: what it needs of them are bins."""

Result = TypeVar("Result")


_OF_PROBLEMS: Final = frozenset({"id", "no_class", "bad_latency", "bad_confidence", "bad_relevance", "early"})
"""Columns of which only problems are counted."""


def stage_rows(connection: sa.Connection, row: sa.CTE, keep: Sequence[str] = ()) -> sa.FromClause:
    """Put the joined rows into the temporary table, in the place of those that it had, and give it.

    It has what is counted of a row and the columns to `keep`; of an id it has only whether there is one, unless it is
    kept. It outlives a rollback, for that is what an error that DuckDB makes asks for.
    """
    unstage(connection)
    columns = list(_columns(row, keep))
    connection.execute(CreateTableAs(sa.select(*columns), TABLE, temporary=True))
    connection.commit()
    return sa.table(TABLE, *(sa.column(str(column.name), column.type) for column in columns))


def unstage(connection: sa.Connection) -> None:
    """Drop the temporary tables, if there are any."""
    for table in (TABLE, NAMES_TABLE, CODES_TABLE):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")


def stage_names(connection: sa.Connection, row: sa.FromClause, segments: int) -> sa.TableClause:
    """Put the names of the staged rows into a temporary table of their own: kind, name, and code from 0 on.

    The kind of the values of a segment column is its number; the code of "" among all other names is 0.
    """
    blank: Any = sa.select(sa.literal(_NOT_OF_SEGMENTS).label("kind"), sa.literal("").label("name"))
    found = (sa.select(sa.literal(kind), row.c[name]).distinct() for name, kind in _kinds(segments).items())
    names = sa.union(blank, *found).subquery()
    code = sa.cast(sa.func.row_number().over(order_by=(names.c.kind, names.c.name)) - 1, sa.Integer)
    known = sa.select(names.c.kind, names.c.name, code.label("code")).where(names.c.name.is_not(None))
    connection.execute(CreateTableAs(known, NAMES_TABLE, temporary=True))
    connection.commit()
    return sa.table(
        NAMES_TABLE, sa.column("kind", sa.Integer), sa.column("name", sa.Text), sa.column("code", sa.Integer)
    )


def stage_codes(
    connection: sa.Connection, row: sa.FromClause, names: sa.TableClause, segments: int, order: str | None
) -> sa.TableClause:
    """Put the staged rows into another table, with the codes of their names, in the place of the first one.

    A row without a label has NULL. With `order`, rows lie in the order of that column.
    """
    kinds, source, columns = _kinds(segments), row, []
    for column in row.c:
        if column.name in kinds:
            of_kind = names.alias(f"of_{column.name}")
            known = sa.and_(of_kind.c.kind == kinds[column.name], of_kind.c.name == column)
            source = source.outerjoin(of_kind, known)
            columns.append(of_kind.c.code.label(column.name))
        elif column.name not in _OF_PROBLEMS:
            columns.append(column.label(column.name))
    rows = sa.select(*columns).select_from(source)
    rows = rows if order is None else rows.order_by(row.c[order])
    connection.execute(CreateTableAs(rows, CODES_TABLE, temporary=True))
    connection.exec_driver_sql(f"DROP TABLE {TABLE}")
    connection.commit()
    return sa.table(CODES_TABLE, *(sa.column(str(column.name), column.type) for column in columns))


def coded(part: sa.Select[Any]) -> tuple[sa.Select[Any], Mapping[str, int]]:
    """A grouping of rows with codes, and its columns that have one number in all rows, which are not fetched.

    All names are codes: NO_NAME for NULL, 0 for what is no column.
    """
    given = part.subquery("given")
    columns: list[sa.ColumnElement[Any]] = []
    alike: dict[str, int] = {}
    for column, asked in zip(given.c, part.selected_columns, strict=True):
        value = asked.element if isinstance(asked, sa.Label) else asked
        if column.name in NAMES and isinstance(column.type, sa.Integer):
            columns.append(sa.func.coalesce(column, NO_NAME).label(column.name))
        elif column.name in NAMES:
            alike[column.name] = NO_NAME if column.name == "label" else 0
        elif isinstance(value, sa.BindParameter) and value.value is not None:
            alike[column.name] = int(value.value)
        else:
            columns.append(column)
    return sa.select(*columns), alike


def _kinds(segments: int) -> dict[str, int]:
    """The columns that hold names, with the kind of these."""
    return dict.fromkeys(_NAMES, _NOT_OF_SEGMENTS) | {f"segment_{i}": i for i in range(segments)}


@contextmanager
def staged(connection: sa.Connection, row: sa.CTE, keep: Sequence[str] = ()) -> Iterator[sa.FromClause]:
    """Give the joined rows for several statements: from a temporary table of DuckDB, on other engines as they are."""
    if not engine_of(connection).joins_first:
        yield row
        return
    yield stage_rows(connection, row, keep)
    unstage(connection)


def runs(ordered: Sequence[int], sizes: Mapping[int, int], most: int) -> Iterator[Sequence[int]]:
    """Buckets in runs of at most so many rows (one bucket may have more), as long as can be."""
    run: list[int] = []
    held = 0
    for bucket in ordered:
        rows = sizes.get(bucket, 0)
        if run and held + rows > most:
            yield run
            run, held = [], 0
        run.append(bucket)
        held += rows
    yield run


def _columns(row: sa.CTE, keep: Sequence[str]) -> Iterator[sa.Label[Any]]:
    for column in row.c:
        if column.name == "id" and "id" not in keep:
            yield sa.case((column.is_not(None), 1)).label("id")
        elif column.name in keep or column.name not in _NOT_COUNTED:
            yield _typed(column).label(column.name)


def _typed(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The column as what it is meant to be: DuckDB takes 1.0 for a decimal, and gives it back as one."""
    return sa.cast(column, sa.Double) if isinstance(column.type, sa.Double) else column


def in_halves(
    connection: sa.Connection, buckets: Sequence[int], count: Callable[[Sequence[int]], Result]
) -> Iterator[Result]:
    """Count all buckets at once, or in halves, in order, as far as memory asks for it.

    Raises SourceError where one bucket alone does not fit.
    """
    waiting = [buckets]
    while waiting:
        part = waiting.pop()
        try:
            result = count(part)
        except sa.exc.DBAPIError as error:
            if not is_out_of_memory(error):
                raise
            connection.rollback()
            if len(part) < 2:  # noqa: PLR2004 - two can be halved
                raise SourceError(too_little_memory()) from error
            middle = len(part) // 2
            waiting += [part[middle:], part[:middle]]
        else:
            yield result


def is_out_of_memory(error: sa.exc.DBAPIError) -> bool:
    """Whether DuckDB had too little memory, or too little room to spill to."""
    import duckdb  # noqa: PLC0415 - there by now; a log in PostgreSQL can do without its 63 MB

    return isinstance(error.orig, duckdb.OutOfMemoryException)


def too_little_memory() -> str:
    """What to do where even one bucket does not fit."""
    return (
        "the rows of a single bucket do not fit into the memory that DuckDB may take; raise source.duckdb.memory_mb, "
        "or name a source.duckdb.spill_folder with more room"
    )
