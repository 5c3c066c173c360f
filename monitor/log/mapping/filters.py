"""Which rows of a relation are the log: `where` and `where_not`, and that they leave some."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from config.columns import Values
from monitor.common.errors import MappingError
from monitor.log.engines.constructs import Number
from monitor.log.kinds import ColumnKind

ENOUGH_ROWS: Final = 50
"""In fewer, what is looked for may well not be there yet."""
_SHOWN: Final = 4  # values in an error
_LONGEST: Final = 60  # characters of one


@dataclass(frozen=True, slots=True)
class Filter:
    """What a key of `where` or `where_not` asks of a column: `text` is the column as text, None where it is missing."""

    key: str
    name: str
    values: Values
    condition: sa.ColumnElement[bool]
    text: sa.ColumnElement[Any] | None


def listed(values: Values) -> tuple[Any, ...]:
    """The values of a filter, be it one or several."""
    return values if isinstance(values, tuple) else (values,)


def has_value(
    column: sa.ColumnElement[Any], text: sa.ColumnElement[Any], kind: ColumnKind, value: object
) -> sa.ColumnElement[bool]:
    """Whether a column has a value; never NULL."""
    if value is None:
        return sa.or_(column.is_(None), sa.func.coalesce(text, "") == "")
    if isinstance(value, bool):
        words = ("true", "t", "1") if value else ("false", "f", "0")
        found: sa.ColumnElement[bool] = sa.func.lower(text).in_(words)
    elif isinstance(value, int | float):
        found = Number(column, kind) == sa.literal(float(value), sa.Double)
    else:
        found = text == sa.literal(str(value), sa.Text)
    return sa.func.coalesce(found, sa.false(), type_=sa.Boolean())


def check_filters(connection: sa.Connection, source: sa.FromClause | None, filters: Iterable[Filter], key: str) -> None:
    """Raise MappingError where filters leave no row of a source that has ENOUGH_ROWS.

    A log that is empty because a filter names what is not there would look like a bot that nobody writes to, or like
    one without labels.
    """
    filters = tuple(filters)
    if source is None or not filters or _any(connection, source, [each.condition for each in filters]):
        return
    some = sa.select(sa.literal(1)).select_from(source).limit(ENOUGH_ROWS).subquery()
    if connection.scalar(sa.select(sa.func.count()).select_from(some)) != ENOUGH_ROWS:
        return
    for each in filters:
        if not _any(connection, source, [each.condition]):
            raise MappingError(f"leaves no row{_seen(connection, source, each)}", each.key)
    raise MappingError("leave no row together, though each by itself leaves some", f"{key}.where")


def _any(connection: sa.Connection, source: sa.FromClause, conditions: Iterable[sa.ColumnElement[bool]]) -> bool:
    one = sa.select(sa.literal(1)).select_from(source).where(*conditions).limit(1)
    return connection.execute(one).first() is not None


def _seen(connection: sa.Connection, source: sa.FromClause, asked: Filter) -> str:
    """What there is instead."""
    if asked.text is None:
        return f": there is no column {asked.name}"
    shown = sa.func.substr(asked.text, 1, _LONGEST).label("shown")
    values = connection.scalars(
        sa.select(shown).select_from(source).where(asked.text.is_not(None)).distinct().limit(_SHOWN)
    ).all()
    wanted = " or ".join(map(str, listed(asked.values)))
    there = ", ".join(sorted(map(str, values))) if values else "empty everywhere"
    return f"; asked for is {wanted}, and {asked.name} is {there}{' …' if len(values) == _SHOWN else ''}"
