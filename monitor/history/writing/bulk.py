"""Write many rows fast: a month of cells is hundreds of thousands."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table, literal
from sqlalchemy.exc import OperationalError

ROWS_AT_ONCE: Final = 20_000
"""Rows that are made ready and written together: some seven megabytes."""

T = TypeVar("T")

Row = Sequence[int | float | str | bytes | None]


def batched(rows: Iterable[T]) -> Iterator[list[T]]:
    """Split rows into lists of at most ROWS_AT_ONCE."""
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_AT_ONCE)):
        yield batch


def insert_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Append rows: values in the order of the table's columns, of types that the driver takes as they are."""
    if connection.dialect.name == "postgresql" and connection.dialect.driver == "psycopg":
        _copy(connection, table, rows)
        return
    marks = ", ".join([f":{column.name}" for column in table.columns])
    prepared = [tuple(row) for row in rows]
    if not prepared:
        return
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in table.columns)
        connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", prepared)  # noqa: S608 - our own names
        return
    names = table.columns.keys()
    connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in prepared])


def insert_if_new(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    """Add a row unless a key of it is taken, also by somebody who adds it now. Returns how many were added."""
    from sqlalchemy.dialects import postgresql, sqlite  # noqa: PLC0415 - the one that is needed is there by now

    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    added = insert(table).values(values).on_conflict_do_nothing().returning(literal(1))
    return len(connection.execute(added).all())  # psycopg counts no rows here


def _copy(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    import psycopg  # noqa: PLC0415 - a history on SQLite does without it

    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table.name} FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise OperationalError(statement, None, error) from error
