"""DuckDB: files of logs, and DuckDB's own database files."""

import atexit
import shutil
import tempfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar, Final, assert_never

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config.source import DuckdbSettings
from config.url import IN_MEMORY
from monitor.log.engines import duckdb_databases
from monitor.log.engines.regex_engine import RegexEngine, first_of
from monitor.log.engines.statements import as_text, must_exist
from monitor.log.kinds import ITSELF, ColumnKind
from monitor.log.times.times import TimeReading, scaled
from monitor.log.times.times_sql import TimeSql, text_epoch_sql

# Else SQLAlchemy reads the entry points of every installed package to find it, a tenth of a second long.
sa.dialects.registry.register("duckdb", "duckdb_engine", "Dialect")

# Without a limit DuckDB takes most of the machine's memory; past it, it spills to disk. Two threads, since a daemon
# should leave its machine to others.
DEFAULT_DUCKDB: Final = DuckdbSettings()

_KINDS: Final = {
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
_INTEGERS: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


def _once(value: str, use: Callable[[str], str]) -> str:
    name = f"v{zlib.crc32(value.encode())}"  # one that no value within names too
    return f"list_transform([{value}], lambda {name}: {use(name)})[1]"


class DuckdbEngine(RegexEngine):
    """DuckDB."""

    name = "duckdb"
    suffixes = (".duckdb",)
    joins_first = True
    times: ClassVar[TimeSql] = TimeSql(
        matches=lambda x, pattern: f"regexp_full_match({x}, '{pattern}')",
        replaced=lambda x, pattern, by: f"regexp_replace({x}, '^(?:{pattern})$', '{by}')",
        epoch=lambda x: f"epoch(TRY_CAST(replace({x}, ',', '.') AS TIMESTAMPTZ))",
        trimmed=lambda x: f"trim({x}, ' ' || chr(9) || chr(10) || chr(13))",
        number=lambda x: f"TRY_CAST({x} AS DOUBLE)",
        once=_once,
    )

    def open(self, url: sa.URL, duckdb: DuckdbSettings) -> sa.Engine:
        """A file is opened read-only for each question: one that is held open would keep its writer out."""
        settings = duckdb_settings(duckdb)
        if url.database in IN_MEMORY and not url.query:
            return _in_memory(url, tuple(settings.items()))
        in_memory = url.database in IN_MEMORY
        if not in_memory:
            must_exist(url.database)
        arguments: dict[str, Any] = {"config": settings, "read_only": not in_memory}
        engine = sa.create_engine(url, poolclass=NullPool, connect_args=arguments)
        sa.event.listen(engine, "connect", _in_utc)
        return engine

    def describe(self, connection: sa.Connection, relation: str) -> dict[str, ColumnKind]:
        """By the names of its types."""
        rows = connection.execute(as_text(f"DESCRIBE SELECT * FROM {relation}")).fetchall()  # noqa: S608
        return {row[0]: duckdb_kind(row[1]) for row in rows}

    def epoch(self, x: str, kind: ColumnKind, reading: TimeReading) -> str:
        """DuckDB knows times itself, and reads texts by `TRY_CAST`."""
        match kind:
            case ColumnKind.ZONED | ColumnKind.NAIVE | ColumnKind.NAIVE_NS | ColumnKind.DATE:
                return f"epoch({x})"
            case ColumnKind.ZONED_NS:
                return f"epoch(CAST({x} AS TIMESTAMPTZ))"
            case ColumnKind.INTEGER | ColumnKind.FLOAT | ColumnKind.DECIMAL:
                return scaled(f"CAST({x} AS DOUBLE)")
            case ColumnKind.TEXT | ColumnKind.ANY:
                return text_epoch_sql(x, self.times, reading)
            case ColumnKind.UUID | ColumnKind.BOOLEAN | ColumnKind.JSON | ColumnKind.LIST:
                return "CAST(NULL AS DOUBLE)"
            case ColumnKind.OTHER:
                return text_epoch_sql(f"CAST({x} AS VARCHAR)", self.times, reading)
            case _:
                assert_never(kind)

    def number(self, x: str, kind: ColumnKind) -> str:  # noqa: ARG002 - one way for all kinds
        """A cast that only tries."""
        return f"TRY_CAST({x} AS DOUBLE)"

    def inner_text(self, x: str, kind: ColumnKind) -> str:
        """JSON has an operator; lists count from 1."""
        return f"({x} ->> '$')" if kind is ColumnKind.JSON else first_of(x, "len")

    def at_path(self, x: str, kind: ColumnKind, steps: Sequence[str | int], *, safely: bool) -> str:  # noqa: ARG002
        """Structs and maps by way of JSON. `TRY` makes nothing of what is no JSON."""
        text = x if kind in {ColumnKind.TEXT, ColumnKind.JSON} else f"CAST(to_json({x}) AS VARCHAR)"
        whole = _at_json_path(text, steps)
        if len(steps) == 1:
            return whole
        for step in steps:
            text = _at_json_path(text, [step])
        return f"coalesce({whole}, {text})"

    def to_utc(self, epoch: str, zone: str) -> str:
        """By its own zones; a clock without a zone is what a time in UTC shows."""
        return f"epoch((to_timestamp({epoch}) AT TIME ZONE 'UTC') AT TIME ZONE '{zone}')"

    def row_digest(self, values: str) -> str:
        """DuckDB's hash has 64 bits."""
        return f"CAST(hash({values}) >> 33 AS BIGINT)"

    def has_zero(self, x: str) -> str:
        """Texts of DuckDB may hold a zero byte."""
        return f"contains({x}, chr(0))"

    def bytes_of(self, x: str) -> str:
        """`octet_length` is of blobs alone."""
        return f"strlen({x})"

    def trimmed(self, x: str, characters: str) -> str:
        """Of any characters."""
        return f"trim({x}, {characters})"

    def composed(self, x: str) -> str:
        """Without an extension."""
        return f"nfc_normalize({x})"


@cache
def _in_memory(url: sa.URL, settings: tuple[tuple[str, Any], ...]) -> sa.Engine:
    """One engine for all logs in files: to make one takes as long as a question."""

    def connect() -> Any:  # noqa: ANN401 - the dialect publishes no types
        from duckdb_engine import ConnectionWrapper  # noqa: PLC0415 - and with it DuckDB

        database = duckdb_databases.take(dict(settings))
        connection: Any = ConnectionWrapper(database.cursor())
        connection.database = database
        return connection

    def keep(connection: Any, record: Any) -> None:  # noqa: ANN401
        if record is not None and record.info.get(duckdb_databases.HELD_MUCH):
            duckdb_databases.let_go(connection.database)
        else:
            duckdb_databases.keep(dict(settings), connection.database)

    engine = sa.create_engine(url, poolclass=NullPool, creator=connect)
    sa.event.listen(engine, "connect", _in_utc)
    sa.event.listen(engine, "close", keep)
    return engine


def _in_utc(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.execute("SET TimeZone = 'UTC'")


def _at_json_path(text: str, steps: Sequence[str | int]) -> str:
    taken = (step for step in steps if step != ITSELF)
    parts = (f'."{step}"' if isinstance(step, str) else f"[{'#' if step < 0 else ''}{step}]" for step in taken)
    path = "".join(parts).replace("'", "''")
    return f"TRY(json_extract_string({text}, '${path}'))"


def duckdb_settings(chosen: DuckdbSettings) -> dict[str, Any]:
    """Return the settings of a DuckDB that reads a log."""
    return {
        "memory_limit": f"{chosen.memory_mb}MB",
        "threads": chosen.threads,
        "preserve_insertion_order": False,  # needs memory, and no answer of ours depends on it
        "temp_directory": _spill_folder(chosen.spill_folder),
    }


def duckdb_kind(type_name: str) -> ColumnKind:
    """Return the kind of a type as DuckDB's DESCRIBE spells it."""
    if type_name.endswith("[]"):
        return ColumnKind.LIST
    if type_name.startswith("DECIMAL"):
        return ColumnKind.DECIMAL
    if type_name.removeprefix("U") in _INTEGERS:
        return ColumnKind.INTEGER
    return _KINDS.get(type_name, ColumnKind.OTHER)


@cache
def _spill_folder(parent: str | None) -> str:
    """A folder in `parent` that nobody else can read, gone with the process; "" where none can be made."""
    try:
        folder = tempfile.mkdtemp(prefix="tunewatch-", dir=parent)
    except OSError:
        return ""  # a read-only machine: what does not fit into memory is counted in smaller parts
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
