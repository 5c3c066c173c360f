"""Learning how a column of texts writes its times, where they are not all ISO or numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from monitor.log.engines.constructs import EpochSeconds, Matches, Number, ToUtc
from monitor.log.engines.engine import LogEngine
from monitor.log.kinds import ColumnKind
from monitor.log.mapping.relation import Relation
from monitor.log.mapping.values import INSIDE, text_of
from monitor.log.times.times import COMPACT, HAS_ZONE, ISO, NUMBER, DateOrder, TimeReading, known_formats

EPOCH: Final = "tunewatch epoch"
"""Name of the column of the times that were read, in seconds since 1970."""
_PAST_MONTHS: Final = "(?:1[3-9]|2[0-9]|3[01])"
_FIRST_IS_DAY: Final = f"{_PAST_MONTHS}[-/.][0-9]{{1,2}}[-/.][0-9]{{4}}.*"
_SECOND_IS_DAY: Final = f"[0-9]{{1,2}}[-/.]{_PAST_MONTHS}[-/.][0-9]{{4}}.*"
_TEXTS: Final = {ColumnKind.TEXT, ColumnKind.ANY, ColumnKind.OTHER, *INSIDE}


@dataclass(frozen=True, slots=True)
class TimeSettings:
    """What the operator says of a column's times."""

    day_first: bool | None = None
    written: str | None = None


def is_unusual(relation: Relation, name: str) -> sa.ColumnElement[bool]:
    """Whether a time is written in another way than most logs do."""
    column, kind = relation.column(name), relation.kinds[name]
    if kind not in _TEXTS:
        return sa.false()
    if kind is ColumnKind.ANY:  # by means of SQLite itself, which takes a tenth of the time
        iso = sa.func.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*", column)
        return sa.and_(sa.func.typeof(column) == "text", sa.not_(iso))
    text = text_of(relation, name)
    usual = sa.or_(Matches(text, ISO), sa.and_(Matches(text, NUMBER), sa.not_(Matches(text, COMPACT))))
    return sa.and_(column.is_not(None), sa.not_(usual))


def learn_times(connection: sa.Connection, relation: Relation, name: str, said: TimeSettings) -> TimeReading:
    """Look at the unusual times: which formats there are, and which of two numbers is the day.

    It is only known where it is said, or where a number past 12 stands in one of the two places and never in the other.
    """
    text = text_of(relation, name)
    every = known_formats(DateOrder.DAY_FIRST, said.written)
    patterns = [*(each.pattern for each in every), _FIRST_IS_DAY, _SECOND_IS_DAY]
    unusual = sa.select(text.label("text")).select_from(relation.source).where(is_unusual(relation, name)).subquery()
    sums = [sa.func.count(sa.case((Matches(unusual.c.text, pattern, bare=True), 1))) for pattern in patterns]
    *counts, first, second = connection.execute(sa.select(*sums)).one()
    order = _order(said.day_first, first, second)
    formats = known_formats(order, said.written)
    there = [format_ for format_, n in zip(formats, counts, strict=False) if n]
    return TimeReading(order, said.written, tuple(there))


def with_epoch(engine: LogEngine, relation: Relation, name: str, reading: TimeReading) -> Relation:
    """Add a column of the times that are read: SQL that spelt the formats out at each use would take long to plan."""
    text = text_of(relation, name)
    epoch = EpochSeconds(text, ColumnKind.TEXT, reading).label(EPOCH)
    columns = (
        relation.column(each).label(quoted_name(each, quote=True))
        for each in relation.kinds
        if each in relation.source.c
    )
    rows = engine.fenced(sa.select(*columns, epoch).select_from(relation.source))
    return replace(relation, source=rows.subquery("read_log"), kinds=relation.kinds | {EPOCH: ColumnKind.FLOAT})


@dataclass(frozen=True, slots=True)
class Clock:
    """What the operator says of all times of a column: the unit of numbers, and the zone of times that name none."""

    unit: str | None
    zone: str | None


def with_clock(engine: LogEngine, relation: Relation, name: str, reading: TimeReading, clock: Clock) -> Relation:
    """Add a column of the times, in seconds since 1970, read as the clock says."""
    kind = relation.kinds[name]
    column = relation.column(name)
    text = text_of(relation, name)
    is_number: sa.ColumnElement[bool] = sa.true() if kind in _NUMBERS else sa.false()
    if kind in _TEXTS:
        is_number = sa.and_(Matches(text, NUMBER, bare=True), sa.not_(Matches(text, COMPACT, bare=True)))
    inside = kind in INSIDE
    epoch: sa.ColumnElement[Any] = EpochSeconds(
        text if inside or kind is ColumnKind.ANY else column, ColumnKind.TEXT if inside else kind, reading
    )
    if clock.zone is not None and kind not in _ZONED and kind not in _NUMBERS:
        has_zone = Matches(text, HAS_ZONE, bare=True) if kind in _TEXTS else sa.false()
        epoch = sa.case((sa.or_(is_number, has_zone), epoch), else_=ToUtc(epoch, clock.zone))
    if clock.unit is not None and (kind in _NUMBERS or kind in _TEXTS):
        number = Number(text if inside else column, ColumnKind.TEXT if inside else kind)
        epoch = sa.case((is_number, number / sa.literal(_UNITS[clock.unit], sa.Double)), else_=epoch)
    columns = (
        relation.column(each).label(quoted_name(each, quote=True))
        for each in relation.kinds
        if each in relation.source.c
    )
    rows = engine.fenced(sa.select(*columns, epoch.label(EPOCH)).select_from(relation.source))
    return replace(relation, source=rows.subquery("read_log"), kinds=relation.kinds | {EPOCH: ColumnKind.FLOAT})


_NUMBERS: Final = {ColumnKind.INTEGER, ColumnKind.FLOAT, ColumnKind.DECIMAL}
_ZONED: Final = {ColumnKind.ZONED, ColumnKind.ZONED_NS}
_UNITS: Final = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}


def _order(said: bool | None, first: int, second: int) -> DateOrder:  # noqa: FBT001 - as the operator says it
    if said is not None:
        return DateOrder.DAY_FIRST if said else DateOrder.MONTH_FIRST
    if bool(first) == bool(second):
        return DateOrder.UNKNOWN
    return DateOrder.DAY_FIRST if first else DateOrder.MONTH_FIRST


def examples(
    connection: sa.Connection, relation: Relation, name: str, where: sa.ColumnElement[bool]
) -> tuple[str, ...]:
    """Return at most three different values, short."""
    text: sa.ColumnElement[Any] = sa.func.substr(text_of(relation, name), 1, 60)
    found: Sequence[Any] = (
        connection.execute(
            sa.select(text)
            .select_from(relation.source)
            .where(where, relation.column(name).is_not(None))
            .distinct()
            .limit(3)
        )
        .scalars()
        .all()
    )
    return tuple(map(str, found))
