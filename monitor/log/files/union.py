"""One SELECT of the rows of many files, whose columns may be of other types in each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.log.engines.duckdb import duckdb_kind
from monitor.log.files.pieces import TEXT, Scan, Source, quote_name
from monitor.log.kinds import ColumnKind

_ZONED = "TIMESTAMP WITH TIME ZONE"
_LARGEST_WHOLE = 9_007_199_254_740_992  # 2^53, up to which a double holds every whole number


@dataclass(frozen=True, slots=True)
class Mixture:
    """A column that is of a type with parts in some files, which is read as text there and so mostly as nothing."""

    column: str
    path: str
    type: str


def common_types(sources: Iterable[Source]) -> dict[str, str | None]:
    """Return for each wanted column the type that all files can be read as; None: the one that they all have."""
    types: defaultdict[str, set[str]] = defaultdict(set)
    for source in sources:
        for name, (_, kind) in source.columns.items():
            types[name].add(kind)
    return {name: _common(found) for name, found in types.items()}


def mixtures(sources: Sequence[Source]) -> list[Mixture]:
    """Return the columns that hold a struct, a list or the like in some files, and plain values in others."""
    common = common_types(sources)
    return [
        Mixture(name, source.path, kind)
        for source in sources
        for name, (_, kind) in source.columns.items()
        if common[name] is not None and ("(" in kind or kind.endswith("]")) and not kind.startswith("DECIMAL")
    ]


def select_sources(sources: Sequence[Source], names: Sequence[str]) -> str:
    """Return one SELECT of the wanted columns that any of the files has; one that a file lacks is NULL there."""
    common = common_types(sources)
    groups: defaultdict[tuple[Scan, tuple[tuple[str, tuple[str, str]], ...]], list[str]] = defaultdict(list)
    for source in sources:
        groups[source.scan, tuple(source.columns.items())].append(source.path)
    present = [name for name in names if name in common]
    selects = []
    for (scan, columns), paths in groups.items():
        found = dict(columns)
        values = [f"{_value(found.get(name), common[name])} AS {quote_name(name)}" for name in present]
        selects.append(f"SELECT {', '.join(values)} FROM {scan.sql(paths)}")  # noqa: S608  # names are quoted
    return " UNION ALL ".join(selects)


def _value(found: tuple[str, str] | None, common: str | None) -> str:
    if found is None:
        return "NULL"
    column, kind = quote_name(found[0]), found[1]
    if common is None or common == kind:
        return column
    if common == _ZONED:
        return _zoned(column, duckdb_kind(kind))
    return f"CAST({column} AS {common})" if common != TEXT else _text(column, kind)


def _common(types: set[str]) -> str | None:
    """Return None where DuckDB's own rule for a union is right."""
    kinds = {duckdb_kind(kind) for kind in types}
    if len(types) == 1 or kinds <= {ColumnKind.INTEGER}:
        return None
    return _ZONED if all(kind.is_timestamp for kind in kinds) else TEXT


def _zoned(column: str, kind: ColumnKind) -> str:
    """A time without a zone is in UTC."""
    if kind in {ColumnKind.NAIVE, ColumnKind.NAIVE_NS}:
        return f"(CAST({column} AS TIMESTAMP) AT TIME ZONE 'UTC')"
    return f"CAST({column} AS TIMESTAMPTZ)"


def _text(column: str, type_name: str) -> str:
    kind = duckdb_kind(type_name)
    match kind:
        case ColumnKind.ZONED | ColumnKind.ZONED_NS | ColumnKind.NAIVE | ColumnKind.NAIVE_NS:
            return f"CAST({_zoned(column, kind)} AS VARCHAR)"
        case ColumnKind.FLOAT:  # 123.0 is the id 123 where other files have whole numbers
            number = f"CAST({column} AS DOUBLE)"
            whole = f"abs({number}) <= {_LARGEST_WHOLE} AND {number} = trunc({number})"
            return (
                f"CASE WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
            )
        case _ if "STRUCT(" in type_name or type_name.startswith("MAP("):  # as other files have it, and paths read it
            return f"CAST(to_json({column}) AS VARCHAR)"
        case _:
            return f"CAST({column} AS VARCHAR)"
