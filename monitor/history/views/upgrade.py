"""Migrate tables beneath views that others build on: rights and dependent views survive, or nothing is changed."""

from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from monitor.common.errors import HistoryError
from monitor.common.logs import get_logger
from monitor.history.views.dependents import Dependent, dependents, indexes_of_others, put_back, set_aside
from monitor.history.views.grants import Grant, put_right, read_grants
from monitor.history.views.making import replace_views, run

_DEPENDED_ON: Final = ("2BP01", "0A000", "42P16")
"""SQLSTATEs of a change that a view stands in the way of: an object is depended on, a column's type is used by a view,
a view's columns would change."""

_LOG = get_logger(__name__)


def upgrade_tables(
    connection: Connection, tables: Collection[str], selects: dict[str, str], migrate: Callable[[], None]
) -> None:
    """Run `migrate`, then make the views of `selects`, all in the transaction of the connection.

    Raises HistoryError where a view of somebody else stands in the way.
    """
    if connection.dialect.name == "sqlite":
        _upgrade_sqlite(connection, selects, migrate)
        return
    rights = read_grants(connection, [*tables, *selects])
    indexes = indexes_of_others(connection, tables)
    if not _in_place(connection, selects, migrate):
        rights |= _around_dependents(connection, tables, selects, migrate)
    there = indexes_of_others(connection, tables)
    for name in sorted(indexes.keys() - there.keys()):
        run(connection, indexes[name])
    put_right(connection, rights, read_grants(connection, [*tables, *selects], rights.keys()))


def _upgrade_sqlite(connection: Connection, selects: dict[str, str], migrate: Callable[[], None]) -> None:
    """SQLite reads every view at a renaming, and one of somebody else may name a table that is just made anew."""
    indexes = _sqlite_indexes(connection)
    connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    try:
        migrate()
    finally:
        connection.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    replace_views(connection, selects)
    there = _sqlite_indexes(connection)
    for name in sorted(indexes.keys() - there.keys()):
        connection.exec_driver_sql(indexes[name])


def _sqlite_indexes(connection: Connection) -> dict[str, str]:
    """Indexes that somebody made by hand; names of those of the migrations begin with ix_."""
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return {name: sql for name, sql in found if not name.startswith("ix_")}


def _in_place(connection: Connection, selects: dict[str, str], migrate: Callable[[], None]) -> bool:
    """Whether it could be done with every view where it is."""
    try:
        with connection.begin_nested():
            migrate()
            replace_views(connection, selects)
    except DBAPIError as error:
        if _sqlstate(error) in _DEPENDED_ON:
            return False
        raise
    return True


def _around_dependents(
    connection: Connection, tables: Collection[str], selects: dict[str, str], migrate: Callable[[], None]
) -> dict[str, frozenset[Grant]]:
    """Set all views aside, and put those of others back. Returns the rights on those."""
    found = dependents(connection, tables, selects.keys())
    others = [each for each in found if not each.ours]
    rights = read_grants(connection, (), [each.name for each in others])
    try:
        with connection.begin_nested():
            set_aside(connection, found)
            migrate()
            replace_views(connection, selects)
            put_back(connection, found)
    except DBAPIError as error:
        if not others or not _with_old_types(connection, selects, migrate):
            raise _in_the_way(others, error) from error
        _LOG.warning(
            "views keep the column types of an earlier release",
            reason=_first_line(error),
            views_of_others=[each.name for each in others],
            remedy="drop these views, start tunewatch, and make them again",
        )
    else:
        if others:
            _LOG.info("views of others made again", views=[each.name for each in others])
    return rights


def _with_old_types(connection: Connection, selects: dict[str, str], migrate: Callable[[], None]) -> bool:
    """Whether it could be done in place with the types that the columns of the views have had so far."""
    try:
        with connection.begin_nested():
            migrate()
            replace_views(connection, {name: _cast(connection, name, select) for name, select in selects.items()})
    except DBAPIError as error:
        if _sqlstate(error) in _DEPENDED_ON:
            return False
        raise
    return True


def _cast(connection: Connection, name: str, select: str) -> str:
    """The SELECT with its columns in the order and of the types that the view has; new ones come last."""
    types = connection.execute(_TYPES, {"name": name}).all()
    if not types:
        return select
    quote = connection.dialect.identifier_preparer.quote
    nothing = text("SELECT * FROM (" + select.replace(":", r"\:") + ") q LIMIT 0")  # noqa: S608 - our own view
    names = connection.execute(nothing).keys()
    old = [f"CAST({quote(column)} AS {type_}) AS {quote(column)}" for column, type_ in types]
    known = {column for column, _ in types}
    new = [quote(column) for column in names if column not in known]
    return f"SELECT {', '.join(old + new)} FROM ({select}) q"  # noqa: S608 - our own view, names quoted


_TYPES: Final = text("""
    SELECT attname, format_type(atttypid, atttypmod)
    FROM pg_attribute
    WHERE attrelid = to_regclass(quote_ident(:name)) AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum
""")


def _in_the_way(others: list[Dependent], error: DBAPIError) -> HistoryError:
    named = ", ".join(f"{each.name}{f' of {each.owner}' if each.owner else ''}" for each in others) or "something"
    return HistoryError(
        f"the history cannot be upgraded, since {named} builds on a table or view that has to be made anew: "
        f"{_first_line(error)}; nothing was changed. Keep its definition, drop it, start tunewatch again, and make it "
        "again"
    )


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]
