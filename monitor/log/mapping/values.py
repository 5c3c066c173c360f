"""Values of a log, cleaned: what each column gives once it is read as what it means."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import sqlalchemy as sa

from monitor.log.engines.constructs import InnerText, Number, PlainText, TidyId
from monitor.log.engines.sqlite_functions import LARGEST_WHOLE
from monitor.log.kinds import ColumnKind
from monitor.log.mapping.relation import Relation

INSIDE: Final = {ColumnKind.JSON, ColumnKind.LIST}
"""Kinds of columns whose value lies inside of something."""
ZERO: Final = sa.literal(0.0, sa.Double)
NOT_DESIGNED: Final = sa.literal(0, sa.Integer)
_LONGEST_LATENCY: Final = 366 * 86_400_000.0  # milliseconds; a year, beyond which a number is no latency


def identity_of(relation: Relation, name: str, *, as_text: bool, tidied: bool) -> sa.ColumnElement[Any]:
    """Return the id, as text if it must compare with text; `tidied` where one of the two logs writes it oddly."""
    column, kind = relation.column(name), relation.kinds[name]
    if kind is ColumnKind.FLOAT:  # pandas makes floats of whole numbers, and NaN of missing ones
        whole = sa.case((column.between(-LARGEST_WHOLE, LARGEST_WHOLE), sa.cast(column, sa.BigInteger)))
        return sa.cast(whole, sa.Text) if as_text else whole
    if kind is ColumnKind.DECIMAL:
        return TidyId(sa.func.nullif(text_of(relation, name), "NaN"))
    if not as_text:
        return column
    if not tidied:
        return text_of(relation, name)
    return TidyId(column if kind is ColumnKind.ANY else text_of(relation, name))


def latency_of(relation: Relation, name: str | None) -> tuple[sa.ColumnElement[float], sa.ColumnElement[bool]]:
    """Return the latency in milliseconds, NULL where not usable, and whether it is there but not usable."""
    if name is None:
        return null_of(sa.Double()), sa.false()
    number, usable, bad = _number_up_to(relation, name, _LONGEST_LATENCY)
    return sa.case((usable, number), else_=null_of(sa.Double())), bad


def confidence_of(relation: Relation, name: str | None) -> tuple[sa.ColumnElement[float], sa.ColumnElement[bool]]:
    """Return the confidence, NULL where it is not in [0, 1], and whether it is there but not usable."""
    return _share_of(relation, name, lambda column: number_of(relation, column))


def relevance_of(relation: Relation, name: str | None) -> tuple[sa.ColumnElement[float], sa.ColumnElement[bool]]:
    """Return the score, NULL where it is not in [0, 1], and whether it is there but not usable.

    A thumb is often logged as true or false, which are 1 and 0.
    """
    return _share_of(relation, name, lambda column: _number_or_truth(relation, column))


def _number_or_truth(relation: Relation, name: str) -> sa.ColumnElement[float]:
    truth = sa.func.lower(text_of(relation, name))
    spelt = sa.case((truth == "true", sa.literal(1.0, sa.Double)), (truth == "false", ZERO))
    return sa.func.coalesce(number_of(relation, name), spelt, type_=sa.Double())


def _share_of(
    relation: Relation, name: str | None, read: Callable[[str], sa.ColumnElement[float]]
) -> tuple[sa.ColumnElement[float], sa.ColumnElement[bool]]:
    """Return a number in [0, 1], NULL where it is none, and whether something is there that is none."""
    if name is None:
        return null_of(sa.Double()), sa.false()
    number = read(name)
    usable = sa.and_(number >= ZERO, number <= sa.literal(1.0, sa.Double))
    bad = sa.and_(relation.column(name).is_not(None), sa.not_(sa.func.coalesce(usable, sa.false())))
    return sa.case((usable, number), else_=null_of(sa.Double())), bad


def weight_of(
    relation: Relation, name: str | None
) -> tuple[sa.ColumnElement[float], sa.ColumnElement[int], sa.ColumnElement[bool]]:
    """Return 1 / inclusion probability (1 where that is not usable), 1 where it is usable, and whether it is bad."""
    one = sa.literal(1.0, sa.Double)
    if name is None:
        return one, NOT_DESIGNED, sa.false()
    number, usable, bad = _number_up_to(relation, name, 1.0)
    return sa.case((usable, one / number), else_=one), sa.case((usable, 1), else_=NOT_DESIGNED), bad


def _number_up_to(
    relation: Relation, name: str, limit: float
) -> tuple[sa.ColumnElement[float], sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return the number, whether it is above 0 and up to the limit, and whether it is there and is not."""
    raw = relation.column(name)
    number = number_of(relation, name)
    # NaN is above every number on DuckDB and PostgreSQL, so that the limit keeps it out too
    usable = sa.and_(number > sa.literal(0.0, sa.Double), number <= sa.literal(limit, sa.Double))
    return number, usable, sa.and_(raw.is_not(None), sa.not_(sa.func.coalesce(usable, sa.false())))


def class_of(relation: Relation, name: str, spelt: Mapping[str, str | None] | None) -> sa.ColumnElement[str]:
    """Return the name of a class, NULL where there is none; None for spellings that could not be looked at."""
    text: sa.ColumnElement[str] = text_of(relation, name)
    if spelt is None:
        text = sa.func.trim(text, type_=sa.Text())
    elif spelt:
        names = {raw: null_of(sa.Text()) if name is None else sa.literal(name, sa.Text) for raw, name in spelt.items()}
        text = sa.case(names, value=text, else_=text)
    return sa.func.nullif(text, "", type_=sa.Text())


def number_of(relation: Relation, name: str) -> sa.ColumnElement[float]:
    """Return a column as a double, NULL where it is no number."""
    return Number(relation.column(name), relation.kinds[name])


def text_of(relation: Relation, name: str) -> sa.ColumnElement[str]:
    """Return a column as text."""
    column = relation.column(name)
    if relation.kinds[name] in INSIDE:
        return InnerText(column, relation.kinds[name])
    return PlainText(column) if relation.kinds[name] is ColumnKind.TEXT else sa.cast(column, sa.Text)


def null_of(kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    """Return a NULL of a type, which PostgreSQL must know."""
    return sa.cast(sa.null(), kind)
