"""Write many rows fast: a month of cells is hundreds of thousands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, literal
from sqlalchemy.exc import OperationalError

ROWS_AT_ONCE: Final = 20_000
"""Rows that are made ready and written together: some seven megabytes."""

VALUES_AT_ONCE: Final = 500
"""Values of one statement on SQLite, which before 3.32 takes no more than 999; more make it no faster."""

T = TypeVar("T")

Value = int | float | str | bytes | None
Row = Sequence[Value]


def batched(rows: Iterable[T]) -> Iterator[list[T]]:
    """Split rows into lists of at most ROWS_AT_ONCE."""
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_AT_ONCE)):
        yield batch


def insert_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Append rows: values in the order of the table's columns, of types that the driver takes as they are."""
    if _copies(connection):
        _copy(connection, table, rows)
    elif connection.dialect.name == "sqlite":
        _insert_values(connection, table, list(chain.from_iterable(rows)))
    else:
        names = table.columns.keys()
        prepared = [dict(zip(names, row, strict=True)) for row in rows]
        if prepared:
            connection.execute(table.insert(), prepared)


def insert_columns(connection: Connection, table: Table, columns: Sequence[NDArray[Any]]) -> None:
    """Append rows, given as columns of one length in the order of the table's."""
    if not columns[0].size:
        return
    if connection.dialect.name != "sqlite":
        insert_rows(connection, table, zip(*(column.tolist() for column in columns), strict=True))
        return
    bound = _Bound.of(columns)
    width, rows = len(bound.varying), columns[0].size
    values: list[Value] = [None] * (width * rows)
    for place, column in enumerate(bound.varying):
        values[place::width] = column.tolist()
    together = max(VALUES_AT_ONCE // max(width, 1), 1)
    whole = rows // together * together
    for start, end, step in ((0, whole, together), (whole, rows, 1)):
        parts = [(*bound.alike, *values[first * width : (first + step) * width]) for first in range(start, end, step)]
        if parts:
            statement = f"INSERT INTO {table.name} VALUES {bound.marks(step)}"  # noqa: S608 - our own names
            connection.exec_driver_sql(statement, parts)


def insert_if_new(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    """Add a row unless a key of it is taken, also by somebody who adds it now. Returns how many were added."""
    from sqlalchemy.dialects import postgresql, sqlite  # noqa: PLC0415 - the one that is needed is there by now

    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    added = insert(table).values(values).on_conflict_do_nothing().returning(literal(1))
    return len(connection.execute(added).all())  # psycopg counts no rows here


def _copies(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql" and connection.dialect.driver == "psycopg"


def _insert_values(connection: Connection, table: Table, values: Sequence[Value]) -> None:
    """Append the rows whose values follow each other; SQLite takes many rows of one statement in half the time."""
    width = len(table.columns)
    together = max(VALUES_AT_ONCE // width, 1) * width
    row = f"({', '.join('?' for _ in table.columns)})"
    whole = len(values) // together * together
    for start, end, step in ((0, whole, together), (whole, len(values), width)):
        parts = [tuple(values[first : first + step]) for first in range(start, end, step)]
        if parts:
            marks = ", ".join([row] * (step // width))
            connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES {marks}", parts)  # noqa: S608 - our own names


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


@dataclass(frozen=True, slots=True)
class _Bound:
    """Columns as what is bound of them: to hand a value to SQLite takes as long as to write it.

    A value that all rows have is bound once a statement (`alike`), a column that equals an earlier one not at all.
    `places` says of each column which of the values and `varying` columns, counted from 0 in this order, it is.
    """

    alike: tuple[Value, ...]
    varying: tuple[NDArray[Any], ...]
    places: tuple[int, ...]

    @classmethod
    def of(cls, columns: Sequence[NDArray[Any]]) -> "_Bound":
        """Look for values that need not be bound."""
        different: list[NDArray[Any]] = []
        which = [_place(column, different) for column in columns]
        is_alike = [bool((column == column[0]).all()) for column in different]
        order = sorted(range(len(different)), key=lambda place: not is_alike[place])
        split = sum(is_alike)
        alike, varying = ([different[place] for place in part] for part in (order[:split], order[split:]))
        return cls(tuple(column[0].item() for column in alike), tuple(varying), tuple(map(order.index, which)))

    def marks(self, rows: int) -> str:
        """The VALUES of so many rows."""
        first, width = len(self.alike), len(self.varying)
        numbers = ([place + 1 + (row * width if place >= first else 0) for place in self.places] for row in range(rows))
        return ", ".join(f"({', '.join(f'?{number}' for number in row)})" for row in numbers)


def _place(column: NDArray[Any], known: list[NDArray[Any]]) -> int:
    """The place among those known of a column with the same values, which is added where there is none."""
    for place, other in enumerate(known):
        if column.dtype == other.dtype and column[0] == other[0] and np.array_equal(column, other):
            return place
    known.append(column)
    return len(known) - 1
