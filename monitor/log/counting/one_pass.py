"""Many parts of a count as one GROUP BY, for an engine that takes long to plan a statement of many."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from monitor.log.counting.parts import COLUMNS
from monitor.log.engines.engine import LogEngine

_SUMS: Final = frozenset({"n", "weight", "squared", "millionths", "designed"})
"""Columns of a part that are aggregates; the others are what it is grouped by, or constant."""


def in_one_pass(parts: Iterable[sa.Select[Any]], engine: LogEngine) -> list[sa.Select[Any]]:
    """The parts, those over the same rows merged into one where the engine plans slowly.

    Each row is taken once for each part, and grouped by the number of the part before all else.
    """
    if not engine.plans_slowly:
        return list(parts)
    by_source: dict[sa.FromClause, list[sa.Select[Any]]] = {}
    for part in parts:
        (source,) = part.columns_clause_froms
        by_source.setdefault(source, []).append(part)
    return [_merged(source, several) if len(several) > 1 else several[0] for source, several in by_source.items()]


def _merged(row: sa.FromClause, parts: Sequence[sa.Select[Any]]) -> sa.Select[Any]:
    numbers = sa.values(sa.column("nth", sa.Integer), name="branch").data([(nth,) for nth in range(len(parts))])
    nth = numbers.c.nth
    given = [{column.name: column.element for column in part.selected_columns} for part in parts]
    columns = {name: _chosen(nth, [each[name] for each in given]) for name in COLUMNS}
    counts = sa.or_(
        *(nth == i if part.whereclause is None else sa.and_(nth == i, part.whereclause) for i, part in enumerate(parts))
    )
    keys = [column for name, column in columns.items() if name not in _SUMS and _varies(column)]
    return (
        sa.select(*(column.label(name) for name, column in columns.items()))
        .select_from(row.join(numbers, sa.true()))
        .where(counts)
        .group_by(nth, *keys)
    )


def _varies(column: sa.ColumnElement[Any]) -> bool:
    return any(isinstance(each, sa.ColumnClause) for each in visitors.iterate(column))


def _chosen(nth: sa.ColumnElement[int], of_parts: Sequence[sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
    """What the part of that number has; the commonest of them last, which most often is nothing."""
    alike: dict[sa.ColumnElement[Any], list[int]] = {}
    for i, each in enumerate(of_parts):
        same = next((known for known in alike if known is each or known.compare(each)), each)
        alike.setdefault(same, []).append(i)
    *few, most = sorted(alike, key=lambda each: len(alike[each]))
    return sa.case(*((nth.in_(alike[each]), each) for each in few), else_=most) if few else most
