"""PostgreSQL."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, assert_never, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.pool import NullPool

from config.source import DuckdbSettings
from monitor.common.database_causes import cause
from monitor.log.engines.engine import Column, Rows
from monitor.log.engines.regex_engine import RegexEngine, first_of
from monitor.log.engines.statements import as_text
from monitor.log.kinds import ITSELF, ColumnKind
from monitor.log.times.times import TimeReading, scaled
from monitor.log.times.times_sql import TimeSql, text_epoch_sql

STATEMENT_TIMEOUT: Final = 300_000  # milliseconds; counting ten million rows takes about ten seconds
LOCK_TIMEOUT: Final = 10_000  # milliseconds; waits only where someone alters the table
WORK_MEM: Final = "64MB"  # for each sort and hash; with the usual 4 MB a month of labels is sorted on disk
CONNECT_TIMEOUT: Final = 10  # seconds

_KINDS: Final = {  # by object id, as in pg_type.dat
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
_NUMBER: Final = r"\s*[+-]?([0-9]{1,40}([.][0-9]{0,40})?|[.][0-9]{1,40})([eE][+-]?[0-9]{1,2})?\s*"
"""A text that can be converted for sure: there is no cast that only tries before version 16."""


def _once(value: str, use: Callable[[str], str]) -> str:
    name = f"v{zlib.crc32(value.encode())}"
    return f"(SELECT {use(f'{name}.v')} FROM (SELECT {value} AS v OFFSET 0) AS {name})"  # noqa: S608 - our own SQL


def _text_epoch(x: str) -> str:
    # PostgreSQL rounds to microseconds, where the others cut; and says nothing of what is no time but an error, so
    # this is asked only of texts that are known to be one.
    shorter = f"regexp_replace({x}, '([.,][0-9]{{6}})[0-9]+', '\\1')"
    cut = f"CASE WHEN length({x}) > {len('2026-10-31 14:05:00.123456')} THEN {shorter} ELSE {x} END"
    return f"CAST(EXTRACT(EPOCH FROM CAST(replace({cut}, ',', '.') AS timestamptz)) AS double precision)"


_ASKS_FIRST: Final = 160_000
"""The version, as a number, from which `pg_input_is_valid` is there."""


def _json_step(step: str | int) -> str:
    """A key or a place; a percent sign is doubled, since the driver has a meaning for a single one."""
    return str(step) if isinstance(step, int) else "'" + step.replace("'", "''").replace("%", "%%") + "'"


def _as_json(text: str, *, safely: bool) -> str:
    """A text is asked first whether it is JSON, or at least whether it begins so."""
    is_json = "pg_input_is_valid({0}, 'jsonb')" if safely else r"{0} ~ '^\s*[[{{\"]'"
    return _once(f"CAST({text} AS text)", lambda v: f"CASE WHEN {is_json.format(v)} THEN CAST({v} AS jsonb) END")


def _inside(value: str, *, safely: bool) -> str:
    """What a text of JSON holds, if that is JSON."""

    def read(value: str) -> str:
        held = _as_json(f"{value} #>> '{{}}'", safely=safely)
        return f"CASE jsonb_typeof({value}) WHEN 'string' THEN {held} ELSE {value} END"

    return _once(value, read)


class PostgresqlEngine(RegexEngine):
    """PostgreSQL, and what speaks as it does."""

    name = "postgresql"
    times: ClassVar[TimeSql] = TimeSql(
        matches=lambda x, pattern: f"{x} ~ '^(?:{pattern})$'",
        replaced=lambda x, pattern, by: f"regexp_replace({x}, '^(?:{pattern})$', '{by}')",
        epoch=_text_epoch,
        trimmed=lambda x: f"btrim({x}, E' \\t\\r\\n')",
        number=lambda x: f"CAST({x} AS double precision)",
        once=_once,
    )

    def open(self, url: sa.URL, duckdb: DuckdbSettings) -> sa.Engine:  # noqa: ARG002 - of DuckDB alone
        """No connection is kept: one that idles for minutes goes stale."""
        return sa.create_engine(
            url,
            poolclass=NullPool,
            connect_args={"connect_timeout": CONNECT_TIMEOUT},
            # One snapshot for all statements of a question. Read-only is said at BEGIN, not as a session setting, since
            # that would stay behind on a connection that a pooler such as PgBouncer hands to somebody else.
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        )

    def begin(self, connection: sa.Connection) -> None:
        """Limits that end with the transaction."""
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT}")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT}")
        connection.exec_driver_sql(f"SET LOCAL work_mem = '{WORK_MEM}'")
        connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")

    def hint(self, said: str) -> str:
        """By what it says of connections and rights."""
        return cause(said)

    def describe(self, connection: sa.Connection, relation: str) -> dict[str, ColumnKind]:
        """By the object ids of its types."""
        cursor = connection.execute(as_text(f"SELECT * FROM {relation} WHERE 1 = 0")).cursor  # noqa: S608
        return {column[0]: _KINDS.get(cast("int", column[1]), ColumnKind.OTHER) for column in cursor.description}

    def has_unicode(self, connection: sa.Connection) -> bool:
        """A server may keep its texts in another encoding."""
        return bool(connection.exec_driver_sql("SHOW server_encoding").scalar() == "UTF8")

    def fenced(self, rows: Rows) -> Rows:
        """PostgreSQL would compute an expression again wherever its column is used."""
        return rows.offset(sa.literal_column("0"))

    def first_of_each(self, key: Column, columns: Sequence[Column], order: Sequence[Column]) -> sa.Select[Any]:
        """PostgreSQL expects next to no rows where row_number() = 1, and then joins by nested loops."""
        return sa.select(*columns).ext(distinct_on(key)).order_by(key, *order)

    def epoch(self, x: str, kind: ColumnKind, reading: TimeReading) -> str:
        """Infinite times are none."""
        match kind:
            case ColumnKind.ZONED | ColumnKind.NAIVE | ColumnKind.ZONED_NS | ColumnKind.NAIVE_NS | ColumnKind.DATE:
                return f"CASE WHEN isfinite({x}) THEN CAST(EXTRACT(EPOCH FROM {x}) AS double precision) END"
            case ColumnKind.INTEGER | ColumnKind.FLOAT | ColumnKind.DECIMAL:
                return scaled(f"CAST({x} AS double precision)")
            case ColumnKind.TEXT | ColumnKind.ANY:
                return text_epoch_sql(x, self.times, reading)
            case ColumnKind.UUID | ColumnKind.BOOLEAN | ColumnKind.JSON | ColumnKind.LIST:
                return "CAST(NULL AS double precision)"
            case ColumnKind.OTHER:
                return text_epoch_sql(f"CAST({x} AS text)", self.times, reading)
            case _:
                assert_never(kind)

    def number(self, x: str, kind: ColumnKind) -> str:
        """Texts are converted only where they are numbers for sure."""
        if kind in {ColumnKind.INTEGER, ColumnKind.FLOAT, ColumnKind.DECIMAL}:
            return f"CAST({x} AS double precision)"
        text = f"CAST({x} AS text)"
        return f"CASE WHEN {text} ~ '^{_NUMBER}$' THEN CAST({text} AS double precision) END"

    def inner_text(self, x: str, kind: ColumnKind) -> str:
        """The path of JSON to itself gives it without quotes."""
        return f"(CAST({x} AS jsonb) #>> '{{}}')" if kind is ColumnKind.JSON else first_of(x, "cardinality")

    def reads_json_safely(self, connection: sa.Connection) -> bool:
        """From version 16 on it can be asked whether a text is JSON."""
        return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) >= _ASKS_FIRST

    def at_path(self, x: str, kind: ColumnKind, steps: Sequence[str | int], *, safely: bool) -> str:
        """By steps, of which one that leads to a text is read as JSON before the next; see `_as_json`."""
        if kind is ColumnKind.TEXT:
            value = _as_json(x, safely=safely)
        else:
            value = f"CAST({x} AS jsonb)" if kind is ColumnKind.JSON else f"to_jsonb({x})"
        for place, step in enumerate(steps):
            inside = _inside(value, safely=safely) if place else value
            value = inside if step == ITSELF else f"({inside} -> {_json_step(step)})"
        return f"({value} #>> '{{}}')"

    def to_utc(self, epoch: str, zone: str) -> str:
        """By its own zones; a clock without a zone is what a time in UTC shows."""
        moment = f"(to_timestamp({epoch}) AT TIME ZONE 'UTC') AT TIME ZONE '{zone}'"
        return f"CAST(EXTRACT(EPOCH FROM {moment}) AS double precision)"

    def row_digest(self, values: str) -> str:
        """Hashed twice.

        The hash of a record is linear in those of its columns: rows that swap values would sum up alike.
        """
        return f"(hashint4(hash_record(ROW({values}))) & 2147483647)"

    def bytewise(self, x: str) -> str:
        """The collation of the database may be another."""
        return f'{x} COLLATE "C"'

    def has_zero(self, x: str) -> str:  # noqa: ARG002 - its texts cannot hold one
        """Never."""
        return "false"

    def bytes_of(self, x: str) -> str:
        """In the encoding of the server."""
        return f"octet_length({x})"

    def trimmed(self, x: str, characters: str) -> str:
        """PostgreSQL spells `trim` otherwise."""
        return f"btrim({x}, {characters})"

    def composed(self, x: str) -> str:
        """Of UTF8 alone; see `has_unicode`."""
        return f"normalize({x}, NFC)"
