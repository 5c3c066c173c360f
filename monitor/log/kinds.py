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


ITSELF: Final = "$"
"""The step of a path that is the value itself."""
_TIMESTAMPS: Final = {ColumnKind.ZONED, ColumnKind.NAIVE, ColumnKind.ZONED_NS, ColumnKind.NAIVE_NS}
