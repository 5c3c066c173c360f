"""How large the history is, table by table, and what a year of it takes at the present rate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, func, inspect, select, text

from monitor.history.engine import reading
from monitor.history.schema import BELIEF_TIMES, METADATA, METRIC_POINTS
from monitor.history.types import to_epoch
from monitor.history.writing.record import HOUR, SECOND
from monitor.history.writing.thinning import Thinning

YEAR: Final = timedelta(days=365)
RECENT: Final = timedelta(days=7)
"""The rate is that of so long before the newest look, or of the whole history where it is shorter."""

_TIMES: Final = ("bucket", "day", "as_of", "at", "created_at", "since", "set_aside_at")
"""Columns that say when a row came to be; a table without one grows with names, not with time."""


@dataclass(frozen=True, slots=True)
class Size:
    """A table with its indexes. On SQLite `bytes` is its share of the file by the length of its rows."""

    table: str
    rows: int
    bytes: int
    rows_a_year: int
    bytes_a_year: int


def sizes(engine: Engine, keep: timedelta, thinning: Thinning) -> tuple[Size, ...]:
    """Every table, largest first. A year is one as it is kept: thinned, and no longer than `keep`."""
    with reading(engine) as connection:
        there = set(inspect(connection).get_table_names())
        taken = _bytes(connection)
        newest = connection.scalar(select(func.max(BELIEF_TIMES.c.as_of)))
        found = [
            _size(connection, table, taken.get(table.name, 0), newest, min(keep, YEAR), thinning)
            for table in METADATA.sorted_tables
            if table.name in there
        ]
    return tuple(sorted(found, key=lambda size: (-size.bytes, -size.rows, size.table)))


def _size(
    connection: Connection,
    table: Table,
    taken: int,
    newest: datetime | None,
    span: timedelta,
    thinning: Thinning,
) -> Size:
    rows = connection.scalar(select(func.count()).select_from(table)) or 0
    a_year = rows
    if newest is not None and rows:
        thinned = table is METRIC_POINTS
        a_year = (
            _thinned(connection, newest, span, thinning) if thinned else _a_year(connection, table, newest, span, rows)
        )
    return Size(table.name, rows, taken, a_year, round(taken * a_year / rows) if rows else taken)


def _a_year(connection: Connection, table: Table, newest: datetime, span: timedelta, rows: int) -> int:
    column = next((table.c[name] for name in _TIMES if name in table.c), None)
    if column is None:
        return rows
    is_epoch = column.name in ("bucket", "day")
    as_kept: Any = to_epoch if is_epoch else lambda at: at
    oldest = connection.scalar(select(func.min(column)).where(column >= as_kept(newest - YEAR)))
    if oldest is None:
        return rows
    age = newest - (datetime.fromtimestamp(oldest, newest.tzinfo) if is_epoch else oldest)
    recent = max(min(RECENT, age), timedelta(hours=1))
    counted = select(func.count()).select_from(table).where(column > as_kept(newest - recent))
    return round((connection.scalar(counted) or 0) * (span / recent))


def _thinned(connection: Connection, newest: datetime, span: timedelta, thinning: Thinning) -> int:
    """Rows that one day leaves in full, of each hour and of the day, each for as long as it stays so."""
    t = METRIC_POINTS.c
    end = to_epoch(newest) * SECOND
    day = select(t.series_id, t.as_of // HOUR, t.window_end - t.window_start).where(t.as_of > end - 24 * HOUR)
    hours = day.distinct().subquery()
    series = day.with_only_columns(t.series_id, t.window_end - t.window_start).distinct().subquery()
    full, hourly, daily = (
        connection.scalar(select(func.count()).select_from(each)) or 0 for each in (day.subquery(), hours, series)
    )
    first, second = min(thinning.hourly_after, span), min(thinning.daily_after, span)
    days = timedelta(days=1)
    return round(full * (first / days) + hourly * ((second - first) / days) + daily * ((span - second) / days))


def _bytes(connection: Connection) -> dict[str, int]:
    """Bytes of each table with its indexes."""
    if connection.dialect.name == "sqlite":
        return _sqlite_bytes(connection)
    statement = text(
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)"
    )
    return {name: int(taken) for name, taken in connection.execute(statement)}


def _sqlite_bytes(connection: Connection) -> dict[str, int]:
    """The pages in use, shared out by rows and their mean length: few builds of SQLite say what a table takes."""
    pages, free, page = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
        for name in ("page_count", "freelist_count", "page_size")
    )
    there = set(inspect(connection).get_table_names())
    weights = {table.name: _weight(connection, table) for table in METADATA.sorted_tables if table.name in there}
    scale = (pages - free) * page / max(sum(weights.values()), 1)
    return {name: int(weight * scale) for name, weight in weights.items()}


def _weight(connection: Connection, table: Table) -> float:
    """Bytes that the rows and their index entries need, from the first thousand."""
    indexed = [column for index in table.indexes for column in index.columns]
    lengths = " + ".join(_LENGTH.format(f'"{column.name}"') for column in [*table.columns, *indexed])
    mean = connection.exec_driver_sql(f"SELECT AVG({lengths}) FROM (SELECT * FROM {table.name} LIMIT 1000)").scalar()  # noqa: S608 - our own names
    rows = connection.scalar(select(func.count()).select_from(table)) or 0
    return rows * (float(mean or 0) + 4)


# SQLite's record format: whole numbers of 1 to 8 bytes, and a byte or two that say the type of each value.
_LENGTH: Final = (
    "(1 + CASE typeof({0}) WHEN 'null' THEN 0 WHEN 'real' THEN 8 WHEN 'integer' THEN CASE WHEN abs({0}) < 128 THEN 1"
    " WHEN abs({0}) < 32768 THEN 2 WHEN abs({0}) < 2147483648 THEN 4 WHEN abs({0}) < 140737488355328 THEN 6 ELSE 8 END"
    " ELSE length(CAST({0} AS BLOB)) END)"
)
