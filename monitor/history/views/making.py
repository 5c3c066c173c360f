"""Make the views in a database, and take them away."""

from typing import Final

from sqlalchemy import Connection, Dialect

from monitor.history.views.buckets import BUCKETS
from monitor.history.views.daily import DAILY
from monitor.history.views.told import TOLD
from monitor.history.views.view import View

VIEWS: Final = (*BUCKETS, *TOLD, *DAILY)
"""All of them; they hold no data, so a migration drops them and makes them anew."""


class _Time:
    """Spells the three time expressions of a dialect, through format specs such as {time:c.bucket}."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __format__(self, expression: str) -> str:
        return self._pattern.replace("?", expression)


_SPELLINGS: Final = {
    "sqlite": {
        "time": _Time("datetime(?, 'unixepoch')"),
        "day": _Time("date(?, 'unixepoch')"),
        "micros": _Time(
            "datetime(? / 1000000, 'unixepoch')"
            " || CASE ? % 1000000 WHEN 0 THEN '' ELSE printf('.%06d', ? % 1000000) END"
        ),
    },
    "postgresql": {
        "time": _Time("to_timestamp(?)"),
        "day": _Time("CAST(to_timestamp(?) AT TIME ZONE 'UTC' AS DATE)"),
        "micros": _Time("(TIMESTAMPTZ 'epoch' + ? * INTERVAL '1 microsecond')"),
    },
}


def select_of(view: View, dialect: Dialect) -> str:
    """Spell the view's SELECT in a dialect."""
    return view.select.format(**_SPELLINGS[dialect.name])


def drop_views(connection: Connection) -> None:
    """Take all views away."""
    for view in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")


def create_views(connection: Connection) -> None:
    """Make all views, as this release defines them."""
    for view in VIEWS:
        # Percent signs are doubled because drivers take a single one for a parameter.
        select = select_of(view, connection.dialect)
        escaped = select.replace("%", "%%") if connection.dialect.paramstyle in ("format", "pyformat") else select
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {escaped}")
