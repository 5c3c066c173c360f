"""What a column holds, as far as reading it needs to know."""

from enum import Enum, auto
from typing import Final


class ColumnKind(Enum):
    """The family of a column's type, which decides how its values are read."""

    ZONED = auto()
    """A time stamp with a zone."""
    NAIVE = auto()
    """A time stamp without a zone; read as UTC."""
    ZONED_NS = auto()
    """DuckDB's nanosecond time stamp with a zone, as pandas writes it: compares with nothing else without a cast."""
    NAIVE_NS = auto()
    """DuckDB's nanosecond time stamp without a zone."""
    DATE = auto()
    TEXT = auto()
    INTEGER = auto()
    FLOAT = auto()
    DECIMAL = auto()
    """Exact, so that it may hold whole numbers that no double can."""
    BOOLEAN = auto()
    UUID = auto()
    ANY = auto()
    """SQLite: each value has a type of its own."""
    JSON = auto()
    """A text or a number inside JSON is read without its quotes."""
    LIST = auto()
    """A list of one value is read as that value."""
    OTHER = auto()

    @property
    def is_timestamp(self) -> bool:
        """Whether the engine itself knows that the column holds points in time."""
        return self in _TIMESTAMPS


_TIMESTAMPS: Final = {ColumnKind.ZONED, ColumnKind.NAIVE, ColumnKind.ZONED_NS, ColumnKind.NAIVE_NS}

_DUCKDB: Final = {
    "TIMESTAMP WITH TIME ZONE": ColumnKind.ZONED,
    "TIMESTAMPTZ_NS": ColumnKind.ZONED_NS,
    "TIMESTAMP": ColumnKind.NAIVE,
    "TIMESTAMP_S": ColumnKind.NAIVE,
    "TIMESTAMP_MS": ColumnKind.NAIVE,
    "TIMESTAMP_NS": ColumnKind.NAIVE_NS,
    "DATE": ColumnKind.DATE,
    "VARCHAR": ColumnKind.TEXT,
    "UUID": ColumnKind.UUID,
    "BOOLEAN": ColumnKind.BOOLEAN,
    "JSON": ColumnKind.JSON,
    "FLOAT": ColumnKind.FLOAT,
    "DOUBLE": ColumnKind.FLOAT,
}
_DUCKDB_INTEGERS: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")

_POSTGRESQL: Final = {  # by object id, as in pg_type.dat
    1184: ColumnKind.ZONED,
    1114: ColumnKind.NAIVE,
    1082: ColumnKind.DATE,
    18: ColumnKind.TEXT,
    19: ColumnKind.TEXT,
    25: ColumnKind.TEXT,
    1043: ColumnKind.TEXT,
    20: ColumnKind.INTEGER,
    21: ColumnKind.INTEGER,
    23: ColumnKind.INTEGER,
    700: ColumnKind.FLOAT,
    701: ColumnKind.FLOAT,
    1700: ColumnKind.DECIMAL,
    16: ColumnKind.BOOLEAN,
    2950: ColumnKind.UUID,
    114: ColumnKind.JSON,
    3802: ColumnKind.JSON,
    **dict.fromkeys((1005, 1007, 1009, 1014, 1015, 1016, 1115, 1185, 2951), ColumnKind.LIST),
}


def duckdb_kind(type_name: str) -> ColumnKind:
    """Return the kind of a type as DuckDB's DESCRIBE spells it."""
    if type_name.endswith("[]"):
        return ColumnKind.LIST
    if type_name.startswith("DECIMAL"):
        return ColumnKind.DECIMAL
    if type_name.removeprefix("U") in _DUCKDB_INTEGERS:
        return ColumnKind.INTEGER
    return _DUCKDB.get(type_name, ColumnKind.OTHER)


def postgresql_kind(type_code: int) -> ColumnKind:
    """Return the kind of a type by its PostgreSQL object id."""
    return _POSTGRESQL.get(type_code, ColumnKind.OTHER)
