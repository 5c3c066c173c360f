"""What DuckDB makes of one file: asked in a database of its own, so that a file that fails fails alone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from monitor.log.engines.duckdb_databases import lent
from monitor.log.files.content import Compression
from monitor.log.files.pieces import CsvScan, JsonScan, ParquetScan, path_list, quote, quote_name

if TYPE_CHECKING:
    import duckdb

_REJECTS: Final = "rejected"
_UNREADABLE: Final = "\x01unreadable"
_NO_OBJECT: Final = "\x01no object"
_LINE: Final = "\x01line"
_ROW_GROUP: Final = "8MB"  # of messages: a group is held in memory while it is written
_SHORT: Final = "MISSING COLUMNS"
_LONGEST_END: Final = 1 << 20  # bytes of a last line that is looked at


class ExaminationError(Exception):
    """DuckDB cannot read this file as it is."""


@dataclass(frozen=True, slots=True)
class CsvCheck:
    """Rows that are right, lines that are not, and whether all that is wrong is that a line is cut short."""

    rows: int
    bad_lines: tuple[int, ...]
    only_short: bool
    headers: int  # lines that name the columns again


@dataclass(frozen=True, slots=True)
class JsonKeys:
    """The keys of all objects, and how many of the lines are no JSON, or JSON but no object."""

    keys: frozenset[str]
    lines: int
    unreadable: int
    others: int


class Examiner:
    """Puts questions to single files."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        """Ask through a connection to a database of its own."""
        self._connection = connection

    def parquet_types(self, path: str) -> dict[str, str]:
        """Return the columns with their types."""
        rows = self._ask(f"DESCRIBE SELECT * FROM {ParquetScan(()).sql([path])}")  # noqa: S608  # names are quoted
        return {row[0]: row[1] for row in rows}

    def check_csv(self, scan: CsvScan, path: str, time: str | None) -> CsvCheck:
        """Read all columns of all lines, as strictly as DuckDB can: then what it leaves out is known."""
        counts = [f"count({quote_name(name)})" for name in scan.columns]
        names = ", ".join(quote(name) for name in scan.columns)
        again = f"count(*) FILTER ({quote_name(time)} IN ({names}))" if time else "0"
        source = scan.sql([path], rejects=_REJECTS)
        for table in (_REJECTS, f"{_REJECTS}_scan"):
            self._ask(f"DROP TABLE IF EXISTS {table}")
        rows, headers, *_ = self._ask(f"SELECT count(*), {again}, {', '.join(counts)} FROM {source}")[0]  # noqa: S608
        found = self._ask(
            f"SELECT line, error_type, line_byte_position FROM {_REJECTS} ORDER BY line"  # noqa: S608
        )
        only_short = all(str(kind) == _SHORT or _is_cut(path, scan, at) for _, kind, at in found)
        return CsvCheck(int(rows), tuple(dict.fromkeys(int(line) for line, *_ in found)), only_short, int(headers))

    def count_json(self, scan: JsonScan, path: str) -> tuple[int, int, dict[str, int]]:
        """Return the number of lines, of those that have any of the columns, and of each column."""
        columns = [quote_name(name) for name in scan.columns]
        given = ", ".join(f"count({column})" for column in columns)
        some = f"count(coalesce({', '.join(columns)}))"
        lines, filled, *each = self._ask(f"SELECT count(*), {some}, {given} FROM {scan.sql([path])}")[0]  # noqa: S608
        return int(lines), int(filled), dict(zip(scan.columns, map(int, each), strict=True))

    def json_keys(self, compression: Compression, path: str) -> JsonKeys:
        """Return the keys of all lines."""
        kind = f"CASE WHEN json IS NULL THEN ['{_UNREADABLE}'] WHEN json_type(json) <> 'OBJECT' THEN ['{_NO_OBJECT}']"
        objects = f"read_ndjson_objects({path_list([path])}, ignore_errors = true, compression = '{compression}')"
        keys = f"SELECT unnest({kind} ELSE list_append(json_keys(json), '{_LINE}') END) AS key FROM {objects}"  # noqa: S608
        found = dict(self._ask_on_one_thread(f"SELECT key, count(*) FROM ({keys}) GROUP BY key"))  # noqa: S608
        bad, others, objects_found = (int(found.pop(each, 0)) for each in (_UNREADABLE, _NO_OBJECT, _LINE))
        return JsonKeys(frozenset(found), bad + others + objects_found, bad, others)

    def compact_json(self, scan: JsonScan, path: str, columns: Sequence[tuple[str, str]], target: Path) -> None:
        """Write some columns, (name in the file, wanted name) each, of the lines that are rows as Parquet."""
        chosen = ", ".join(f"{quote_name(name)} AS {quote_name(wanted)}" for name, wanted in columns)
        a_row = f"coalesce({', '.join(quote_name(name) for name in scan.columns)}) IS NOT NULL"
        rows = f"SELECT {chosen} FROM {scan.sql([path])} WHERE {a_row}"  # noqa: S608  # names are quoted
        self._ask_on_one_thread(
            f"COPY ({rows}) TO {quote(str(target))} (FORMAT parquet, ROW_GROUP_SIZE_BYTES '{_ROW_GROUP}')"
        )

    def read_through(self, source: str, columns: Sequence[str]) -> None:
        """Read every value of some columns of what stands after FROM."""
        values = ", ".join(quote_name(name) for name in columns) or "1"
        self._ask(f"SELECT bit_xor(hash({values})) FROM {source}")  # noqa: S608  # names are quoted

    def _ask_on_one_thread(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask what holds some thousand lines of JSON as they are, for each thread."""
        threads = self._ask("SELECT current_setting('threads')")[0][0]
        self._ask("SET threads = 1")
        try:
            return self._ask(sql)
        finally:
            self._ask(f"SET threads = {threads}")

    def _ask(self, sql: str) -> list[tuple[Any, ...]]:
        import duckdb  # noqa: PLC0415  # 63 MB, which a log in PostgreSQL can do without

        try:
            return self._connection.execute(sql).fetchall()
        except (duckdb.Error, RuntimeError, OSError) as error:  # some errors of DuckDB are not of its own family
            raise ExaminationError(str(error)) from error


@contextmanager
def examining(settings: dict[str, Any]) -> Iterator[Examiner]:
    """Give an examiner for a few files."""
    with lent(settings) as connection:
        yield Examiner(connection)


def _is_cut(path: str, scan: CsvScan, start: int | None) -> bool:
    """Whether this line is the last one and has no end yet: then it is still being written."""
    if start is None or not scan.compression.is_none:
        return False
    with Path(path).open("rb") as file:
        file.seek(start)
        rest = file.read(_LONGEST_END + 1)
    return len(rest) <= _LONGEST_END and b"\n" not in rest and b"\r" not in rest
