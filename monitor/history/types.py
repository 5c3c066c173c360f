"""Column types that read the same on SQLite and on PostgreSQL."""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter
from sqlalchemy import JSON, DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class UtcTime(TypeDecorator[datetime]):
    """An aware time: TIMESTAMPTZ on PostgreSQL, on SQLite the text 2026-03-29 06:00:00 (UTC).

    It is of whole seconds, rounded down, on both: so equal times are equal texts of one form, the order of the texts is
    the order of the times, and 2026-03-29 06:00:00 finds the same rows everywhere. SQLite's own date functions read it.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        is_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(DateTime(timezone=True) if is_postgresql else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """Give the driver a UTC time. Raises ValueError on a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the history keeps aware times only, not {value!r}")
        utc = value.astimezone(UTC).replace(microsecond=0)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None).isoformat(sep=" ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Give an aware UTC time."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)


class Stored(TypeDecorator[Any]):
    """A frozen dataclass of ours as JSON (JSONB on PostgreSQL), by pydantic; infinities and NaN survive as strings."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 - a type, or a type form such as tuple[str, ...]
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 - SQLAlchemy's
        """Give plain lists and dicts."""
        return None if value is None else json.loads(_adapter(self.kind).dump_json((value,)))[0]

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 - SQLAlchemy's
        """Build the dataclass again."""
        return None if value is None else _adapter(self.kind).validate_python((value,), strict=False)[0]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - as above
    """Made for the first value: an incident's takes 30 ms, and most commands read none."""
    # The one-tuple is there because pydantic takes no configuration beside a bare dataclass.
    return TypeAdapter(tuple[kind], config=ConfigDict(ser_json_inf_nan="strings"))


def to_epoch(at: datetime) -> int:
    """Whole seconds since 1970 UTC, rounded down."""
    return (at - EPOCH) // _SECOND


def to_micros(at: datetime) -> int:
    """Microseconds since 1970 UTC, exact."""
    return (at - EPOCH) // _MICROSECOND


def rounded_up(at: datetime) -> datetime:
    """Whole seconds, for a time before which something may not be done: as it is kept, it would come too early."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + _SECOND


def from_epoch(seconds: int) -> datetime:
    """UTC time of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def from_micros(micros: int) -> datetime:
    """UTC time of microseconds since 1970, exact."""
    return EPOCH + micros * _MICROSECOND


_SECOND: Final = datetime.resolution * 1_000_000
_MICROSECOND: Final = datetime.resolution
