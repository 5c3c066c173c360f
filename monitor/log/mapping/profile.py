"""What must be known of all rows before any is read: how times and ids are written, and which classes there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from monitor.log.engines.constructs import Matches
from monitor.log.engines.regex_engine import HEX
from monitor.log.kinds import ColumnKind
from monitor.log.mapping.relation import Relation
from monitor.log.mapping.time_probe import is_unusual
from monitor.log.mapping.values import text_of
from monitor.log.mapping.whole_numbers import columns_of_whole_numbers, pointed

MOST_VALUES: Final = 5_000
"""Values of a column of classes that are looked at one by one; what has more is no class."""
_TEXT: Final = {ColumnKind.TEXT, ColumnKind.ANY}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a relation's rows are like; `values` are the classes and their rows, None where they are too many.

    `id_types` are what SQLite says of the ids that there are; empty on engines whose columns have one type.
    `whole` are the columns of names that are texts and hold whole numbers only.
    """

    rows: int
    unusual_times: bool
    untidy_ids: bool
    id_types: frozenset[str]
    values: Mapping[str | None, int] | None
    whole: frozenset[str] = frozenset()


def look_at(
    connection: sa.Connection, relation: Relation, *, id_: str, at: str, category: str, names: Sequence[str] = ()
) -> Profile:
    """Read three columns of all rows, and those of names, once."""
    flags = {
        "unusual": is_unusual(relation, at),
        "untidy": _is_untidy(relation, id_),
        **_types(relation, id_),
        **{f"pointed {name}": pointed(relation, name) for name in names},
    }
    counts = [sa.func.count(sa.case((condition, 1))).label(name) for name, condition in flags.items()]
    name = text_of(relation, category).label("name")
    by_name = sa.select(name, sa.func.count().label("n"), *counts).select_from(relation.source).group_by(name)
    rows = connection.execute(by_name.limit(MOST_VALUES + 1)).mappings().all()
    values = {row["name"]: row["n"] for row in rows} if len(rows) <= MOST_VALUES else None
    if values is None:
        whole = sa.select(sa.func.count().label("n"), *counts).select_from(relation.source)
        rows = connection.execute(whole).mappings().all()
    total = {key: sum(row[key] for row in rows) for key in (rows[0] if rows else ()) if key != "name"}
    return Profile(
        rows=total.get("n", 0),
        unusual_times=bool(total.get("unusual")),
        untidy_ids=bool(total.get("untidy")),
        id_types=frozenset(kind for kind in ("text", "integer", "real", "blob") if total.get(kind)),
        values=values,
        whole=columns_of_whole_numbers(connection, relation, [n for n in names if total.get(f"pointed {n}")]),
    )


def _is_untidy(relation: Relation, name: str) -> sa.ColumnElement[bool]:
    """Whether an id is written in a way that another program would not: 123.0, space around it, hex in capitals.

    Or is the empty text, which is no id: where columns have no NULL, as in ClickHouse, it stands for a missing one.
    """
    if relation.kinds[name] not in _TEXT:
        return sa.false()
    text = text_of(relation, name)
    blank = (" %", "% ", "%\t", "%\r", "%\n", "%\u00a0", "%.0", "{%")
    capitals = sa.case((text != sa.func.lower(text), Matches(text, HEX)), else_=sa.false())
    likes = sa.or_(text == "", *(text.like(pattern) for pattern in blank), capitals)
    return (
        sa.and_(sa.func.typeof(relation.column(name)) == "text", likes)
        if relation.kinds[name] is ColumnKind.ANY
        else likes
    )


def _types(relation: Relation, name: str) -> dict[str, sa.ColumnElement[bool]]:
    if relation.kinds[name] is not ColumnKind.ANY:
        return {}
    kind = sa.func.typeof(relation.column(name))
    return {each: kind == each for each in ("text", "integer", "real", "blob")}
