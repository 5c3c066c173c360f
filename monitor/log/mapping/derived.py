"""Columns that are made of others: paths, the first of several, units, and which rows there are at all.

A log that is mapped by plain names alone is left as it is. Else its relation becomes a SELECT over what is there, with
a column more for each meaning that is derived, and the rest of the mapping need not know.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from config.columns import LatencyColumn, Mapped, ShareColumn, Values
from config.source import RelationSettings
from monitor.common.errors import MappingError
from monitor.log.engines.constructs import AtPath, EpochSeconds, Number
from monitor.log.engines.registry import engine_of
from monitor.log.kinds import ColumnKind
from monitor.log.mapping.filters import ENOUGH_ROWS, Filter, check_filters, has_value, listed
from monitor.log.mapping.paths import OPTIONAL, Path, columns_of, readings
from monitor.log.mapping.relation import Relation, nearest
from monitor.log.mapping.values import null_of, text_of
from monitor.log.times.times import USUAL

_FACTORS: Final = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3, "min": 6e4}
"""Milliseconds of each unit."""
_UNREADABLE: Final = -1.0
"""Stands for a value that is there and is no number, so that it is counted as one that cannot be."""
_SPARSE: Final = frozenset({"label", "labeller", "inclusion_probability", "relevance", "relevance_source", "response"})
"""Meanings of which a log may well have no value yet."""
_NEEDED: Final = frozenset({"id", "at", "predicted", "label"})
_LARGEST_KEYS: Final = 300  # characters of what is shown of a value


def names_in(mapped: Mapped) -> tuple[str, ...]:
    """Return the columns and paths that a mapping names."""
    match mapped:
        case str():
            return (mapped,)
        case tuple():
            return mapped
        case LatencyColumn():
            return tuple(name for part in (mapped.column, mapped.start, mapped.end) if part for name in names_in(part))
        case ShareColumn():
            return names_in(mapped.column)


def columns_wanted(mapped: Iterable[Mapped]) -> tuple[str, ...]:
    """Return the columns that files must have for these; a path that is the name of a column may be one too."""
    return tuple(dict.fromkeys(column for each in mapped for name in names_in(each) for column in columns_of(name)))


def columns_of_rows(settings: RelationSettings) -> tuple[str, ...]:
    """Return the columns that decide which rows there are."""
    newest = (settings.newest.of, settings.newest.by) if settings.newest else ()
    return columns_wanted((*settings.where, *settings.where_not, *newest))


@dataclass(frozen=True, slots=True)
class Derived:
    """A relation with its derived columns, the column of each meaning, and what is to be checked: paths and filters."""

    relation: Relation
    columns: Mapping[str, str]
    paths: Mapping[str, str] = field(default_factory=dict)  # key in the configuration to the path
    unfiltered: sa.FromClause | None = None
    filters: tuple[Filter, ...] = ()


class Derivation:
    """Makes the columns of one relation."""

    def __init__(self, connection: sa.Connection, relation: Relation, settings: RelationSettings, key: str) -> None:
        """`key` is the place of the relation in the configuration."""
        self._relation = relation
        self._settings = settings
        self._key = key
        self._engine = engine_of(connection)
        self._safely = self._engine.reads_json_safely(connection)
        self._parses = False  # whether texts are read as JSON, which is dear: never twice for a row
        self._has_types = ColumnKind.ANY not in relation.kinds.values()
        self._made: dict[str, tuple[sa.ColumnElement[Any] | None, ColumnKind]] = {}
        self._paths: dict[str, str] = {}

    def derive(self, mapped: Mapping[str, Mapped], segments: Iterable[str]) -> Derived:
        """Return the relation with a column for each meaning.

        Raises MappingError naming the key of a column that is not there.
        """
        columns = {}
        for meaning, how in mapped.items():
            name = self._column(how, f"{self._key}.columns.{meaning}")
            if name is not None:
                columns[meaning] = name
            elif meaning in _NEEDED:
                said = _said(how)
                raise MappingError(
                    f"there is no column {said}; {nearest(said, self._relation.kinds)}",
                    f"{self._key}.columns.{meaning}",
                )
        place = f"{self._key.rpartition('.')[0]}.segments"
        for segment in segments:
            if self._column(segment, place) != segment:
                raise MappingError(f"there is no column {segment}; {nearest(segment, self._relation.kinds)}", place)
        filters = (*self._filters("where"), *self._filters("where_not"))
        conditions = [each.condition for each in filters]
        source = self._relation.source
        if self._settings.newest:
            source, is_newest = self._newest()
            conditions.append(is_newest)
        if not self._made and not conditions:
            return Derived(self._relation, columns)
        there = (each for each in self._relation.kinds if each in self._relation.source.c)
        kept = (self._relation.column(each).label(quoted_name(each, quote=True)) for each in there)
        made = (
            column.label(quoted_name(name, quote=True))
            for name, (column, _) in self._made.items()
            if column is not None
        )
        rows = sa.select(*kept, *made).select_from(source).where(*conditions)
        if self._parses:
            rows = self._engine.fenced(rows)
        kinds = self._relation.kinds | {name: kind for name, (_, kind) in self._made.items()}
        relation = replace(self._relation, source=rows.subquery("derived_log"), kinds=kinds)
        return Derived(relation, columns, self._paths, self._relation.source, filters)

    def _column(self, how: Mapped, key: str) -> str | None:
        """Return the name of the column that a mapping is; None where it may be missing, and is."""
        match how:
            case LatencyColumn():
                return self._latency(how, key)
            case ShareColumn():
                return self._share(how, key)
        if isinstance(how, tuple):
            return self._first(how, key)
        found = self._find(how, key)
        if found is None:
            return None
        if not found.steps:
            return found.column
        name = how.removesuffix(OPTIONAL)
        self._make(name, self._at(found), self._text_kind)
        if name == how:
            self._paths[key] = how
        return name

    def _first(self, names: tuple[str, ...], key: str) -> str | None:
        """The first of several that is not empty."""
        there = [name for name in names if self._find(f"{name.removesuffix(OPTIONAL)}{OPTIONAL}", key) is not None]
        if len(there) <= 1:
            return self._column(there[0] if there else names[0], key)
        name = " or ".join(there)
        found = [self._find(each, key) for each in there]
        kinds = {self._relation.kinds[each.column] for each in found if each and not each.steps}
        if len(kinds) == 1 and all(each and not each.steps for each in found) and not kinds & _TEXTS:
            columns = [self._plain(each) for each in found if each]
            kind = kinds.pop()
        else:
            texts = (self._text(each) for each in found if each)
            columns = [None if text is None else sa.func.nullif(text, "", type_=sa.Text()) for text in texts]
            kind = self._text_kind
        known = [column for column in columns if column is not None]
        self._make(name, sa.func.coalesce(*known) if len(known) == len(columns) else None, kind)
        return name

    def _latency(self, how: LatencyColumn, key: str) -> str | None:
        if how.start is not None and how.end is not None:
            name = f"{_said(how.start)} to {_said(how.end)}"
            ends = [self._column(part, f"{key}.{end}") for part, end in ((how.start, "start"), (how.end, "end"))]
            if None in ends:
                return None
            start, end = (self._epoch(str(each)) for each in ends)
            known = None if start is None or end is None else (end - start) * 1e3
            self._make(name, known, ColumnKind.FLOAT)
            return name
        name = f"{_said(how.column)} in {how.unit}"
        factor = sa.literal(_FACTORS[how.unit or "ms"], sa.Double)
        return self._number(how.column, f"{key}.column", name, factor)

    def _share(self, how: ShareColumn, key: str) -> str | None:
        percent = how.unit == "percent"
        factor = sa.literal(0.01 if percent else 1.0, sa.Double)
        return self._number(how.column, f"{key}.column", f"{_said(how.column)} in {how.unit}", factor, signed=percent)

    def _number(
        self, how: Mapped | None, key: str, name: str, factor: sa.ColumnElement[Any], *, signed: bool = False
    ) -> str | None:
        column = None if how is None else self._column(how, key)
        if column is None:
            return None
        raw, kind = self._known(column)
        if raw is not None:
            number: sa.ColumnElement[Any] = Number(raw, kind)
            if signed and kind in _TEXTS:
                bare = sa.func.rtrim(sa.func.replace(sa.cast(raw, sa.Text), "%", ""), type_=sa.Text())
                number = Number(bare, ColumnKind.TEXT)
            value = sa.func.coalesce(number * factor, sa.literal(_UNREADABLE, sa.Double), type_=sa.Double())
            self._make(name, sa.case((raw.is_not(None), value), else_=null_of(sa.Double())), ColumnKind.FLOAT)
        else:
            self._make(name, None, ColumnKind.FLOAT)
        return name

    def _epoch(self, name: str) -> sa.ColumnElement[Any] | None:
        column, kind = self._known(name)
        return None if column is None else EpochSeconds(column, kind, USUAL)

    def _known(self, name: str) -> tuple[sa.ColumnElement[Any] | None, ColumnKind]:
        if name in self._made:
            return self._made[name]
        there = name in self._relation.source.c
        return self._relation.column(name) if there else None, self._relation.kinds[name]

    def _make(self, name: str, column: sa.ColumnElement[Any] | None, kind: ColumnKind) -> None:
        self._made[name] = (column, kind)

    @property
    def _text_kind(self) -> ColumnKind:
        return ColumnKind.TEXT if self._has_types else ColumnKind.ANY

    def _find(self, text: str, key: str) -> Path | None:
        """Return what a name or path means; None where it may be missing, and is."""
        kinds = self._relation.kinds
        bare = text.removesuffix(OPTIONAL)
        found = next((path for path in readings(bare) if path.column in kinds), None)
        if text in kinds:
            found = Path(text)
        if found is None and not text.endswith(OPTIONAL):
            raise MappingError(f"there is no column {text}; {nearest(text, kinds)}", key)
        return found

    def _at(self, path: Path) -> sa.ColumnElement[Any] | None:
        if path.column not in self._relation.source.c:
            return None  # long texts that were not asked for
        column = self._relation.column(path.column)
        self._parses |= self._relation.kinds[path.column] in {ColumnKind.TEXT, ColumnKind.ANY}
        return AtPath(column, self._relation.kinds[path.column], path.steps, safely=self._safely)

    def _plain(self, path: Path) -> sa.ColumnElement[Any] | None:
        return self._relation.column(path.column) if path.column in self._relation.source.c else None

    def _text(self, path: Path) -> sa.ColumnElement[Any] | None:
        if path.steps or path.column not in self._relation.source.c:
            return self._at(path)
        return text_of(self._relation, path.column)

    def _filters(self, which: str) -> Iterator[Filter]:
        asked: Mapping[str, Values] = getattr(self._settings, which)
        for name, values in asked.items():
            key = f"{self._key}.{which}.{name}"
            path = self._find(name, f"{self._key}.{which}")
            text = None if path is None else self._text(path)
            if path is None:  # it may be missing, and is: empty everywhere
                holds: sa.ColumnElement[bool] = sa.true() if None in listed(values) else sa.false()
            elif text is None:
                continue
            else:
                kind = self._text_kind if path.steps else self._relation.kinds[path.column]
                column = text if path.steps else self._relation.column(path.column)
                holds = sa.or_(*(has_value(column, text, kind, value) for value in listed(values)))
            yield Filter(key, name, values, sa.not_(holds) if which == "where_not" else holds, text)

    def _newest(self) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
        """Return where rows come from, and whether one has the greatest value of all with its id; one without has."""
        newest = self._settings.newest
        assert newest is not None  # noqa: S101 - asked before
        parts = []
        for name in ("of", "by"):
            column = self._column(getattr(newest, name), f"{self._key}.newest.{name}")
            made, _ = self._known(str(column))
            if made is None:
                raise MappingError("is a column of long texts", f"{self._key}.newest.{name}")
            parts.append(made)
        of, by = parts
        source = self._relation.source
        same = of.label("tunewatch_of")
        greatest = sa.func.max(by).label("tunewatch_by")
        latest = sa.select(same, greatest).select_from(source).group_by(same).subquery("newest")
        counts = sa.or_(of.is_(None), by.is_not_distinct_from(latest.c.tunewatch_by))
        return source.outerjoin(latest, of == latest.c.tunewatch_of), counts


_TEXTS: Final = frozenset({ColumnKind.TEXT, ColumnKind.ANY, ColumnKind.JSON, ColumnKind.LIST, ColumnKind.OTHER})


def _said(how: Mapped | None) -> str:
    return " or ".join(names_in(how)) if how is not None else ""


def check(connection: sa.Connection, derived: Derived, key: str) -> None:
    """Raise MappingError where a path leads nowhere in all of a log that is not small, or its filters leave no row."""
    check_filters(connection, derived.unfiltered, derived.filters, key)
    relation = derived.relation
    for place, path in derived.paths.items():
        if place.rpartition(".")[2] in _SPARSE or path not in relation.source.c:
            continue
        column = relation.column(path)
        if connection.execute(_first(relation, column.is_not(None))).first() is not None:
            continue
        base = next(each.column for each in readings(path) if each.column in relation.kinds and each.column != path)
        given = relation.column(base).is_not(None)
        seen = sa.func.substr(text_of(relation, base), 1, _LARGEST_KEYS)
        rows = connection.execute(sa.select(seen).select_from(relation.source).where(given).limit(ENOUGH_ROWS)).all()
        if len(rows) >= ENOUGH_ROWS:
            raise MappingError(f"no row has anything at {path}; a row has in {base}: {rows[0][0]}", place)


def _first(relation: Relation, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(sa.literal(1)).select_from(relation.source).where(condition).limit(1)
