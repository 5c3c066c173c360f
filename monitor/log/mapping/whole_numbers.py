"""Columns of texts that hold numbers: known only once all of their rows are looked at."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from monitor.log.engines.constructs import Matches
from monitor.log.kinds import ColumnKind
from monitor.log.mapping.relation import Relation
from monitor.log.mapping.values import INSIDE, text_of

_WHOLE: Final = "[+-]?[0-9]+([.]0+)?"
_DIGITS: Final = "[+-]?[0-9]+"
_NAMED: Final = {ColumnKind.TEXT, ColumnKind.ANY, *INSIDE}


def pointed(relation: Relation, name: str) -> sa.ColumnElement[bool]:
    """Whether a value may be a whole number that is written as a float, in a column of texts."""
    if relation.kinds[name] not in _NAMED:
        return sa.false()
    return sa.func.coalesce(text_of(relation, name).like("%.0%"), sa.false(), type_=sa.Boolean())


def columns_of_whole_numbers(connection: sa.Connection, relation: Relation, names: Iterable[str]) -> frozenset[str]:
    """Which of these columns of texts hold nothing but whole numbers, some of them without .0."""
    found = set()
    for name in names:
        text = text_of(relation, name)
        there = sa.and_(text.is_not(None), text != "")
        other = sa.func.count(sa.case((sa.and_(there, sa.not_(Matches(text, _WHOLE, bare=True))), 1)))
        bare = sa.func.count(sa.case((Matches(text, _DIGITS, bare=True), 1)))
        others, without = connection.execute(sa.select(other, bare).select_from(relation.source)).one()
        if not others and without:
            found.add(name)
    return frozenset(found)
