"""Make the views in a database, in the place of those that an earlier release made."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Dialect

from monitor.history.views.buckets import BUCKETS
from monitor.history.views.daily import DAILY
from monitor.history.views.labellers import LABELLERS
from monitor.history.views.labels import LABELS
from monitor.history.views.periods import PERIODS
from monitor.history.views.times import INCIDENT_TIMES
from monitor.history.views.told import TOLD
from monitor.history.views.view import View

VIEWS: Final = (*BUCKETS, *TOLD, *DAILY, *PERIODS, *LABELS, INCIDENT_TIMES, *LABELLERS)
"""All of them. Others build on them: a column keeps its name, its place and its type, and new ones come last."""


class _Spelling:
    """Spells an expression of a dialect, through format specs such as {time:c.bucket}."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __format__(self, expression: str) -> str:
        return self._pattern.replace("?", expression)


# Counts are no integers of the database: n / n would be cut to a whole number, on SQLite also SUM(n) / SUM(n).
_SPELLINGS: Final = {
    "sqlite": {
        "time": _Spelling("datetime(?, 'unixepoch')"),
        "day": _Spelling("date(?, 'unixepoch')"),
        "count": _Spelling("CAST(? AS REAL)"),
        "seconds": _Spelling("CAST(STRFTIME('%s', ?) AS INTEGER)"),
    },
    "postgresql": {
        "time": _Spelling("to_timestamp(?)"),
        "day": _Spelling("CAST(to_timestamp(?) AT TIME ZONE 'UTC' AS DATE)"),
        "count": _Spelling("CAST(? AS NUMERIC)"),
        "seconds": _Spelling("CAST(EXTRACT(EPOCH FROM ?) AS DOUBLE PRECISION)"),
    },
}


def select_of(view: View, dialect: Dialect) -> str:
    """Spell the view's SELECT in a dialect."""
    select = view.postgresql if view.postgresql and dialect.name == "postgresql" else view.select
    return select.format(**_SPELLINGS[dialect.name])


def definitions(dialect: Dialect) -> dict[str, str]:
    """The SELECT of every view by its name, in the order in which they are made."""
    return {view.name: select_of(view, dialect) for view in VIEWS}


def replace_views(connection: Connection, selects: dict[str, str]) -> None:
    """Make the views that are new or differ, without taking away what builds on them.

    On PostgreSQL that is refused by the database where a column's name, place or type would change.
    """
    replace = _replace_sqlite if connection.dialect.name == "sqlite" else _replace_postgresql
    for name, select in selects.items():
        replace(connection, name, select)


def run(connection: Connection, statement: str) -> None:
    """Run a statement as it stands; percent signs are doubled where the driver takes a single one for a parameter."""
    doubled = connection.dialect.paramstyle in ("format", "pyformat")
    connection.exec_driver_sql(statement.replace("%", "%%") if doubled else statement)


def _replace_postgresql(connection: Connection, name: str, select: str) -> None:
    run(connection, f"CREATE OR REPLACE VIEW {name} AS {select}")


def _replace_sqlite(connection: Connection, name: str, select: str) -> None:
    """Views of others name this one and find it again: SQLite keeps no other tie. Its triggers are kept."""
    wanted = f"CREATE VIEW {name} AS {select}"
    if _definitions(connection, "view", name) == [wanted]:
        return
    triggers = _definitions(connection, "trigger", name)
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
    for statement in (wanted, *triggers):
        connection.exec_driver_sql(statement)


def _definitions(connection: Connection, kind: str, name: str) -> Sequence[str]:
    column = "name" if kind == "view" else "tbl_name"
    found = connection.exec_driver_sql(
        f"SELECT sql FROM sqlite_master WHERE type = ? AND {column} = ?",  # noqa: S608 - one of two words
        (kind, name),
    )
    return [sql for (sql,) in found]
