"""How DuckDB reads a file: the scan, and which column of it is which of those that are wanted."""

import glob
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from monitor.log.files.content import Compression

TEXT: Final = "VARCHAR"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns that are mapped: all, the long `texts` among them, and that of the time."""

    names: tuple[str, ...]
    texts: frozenset[str]
    time: str

    def short(self) -> tuple[str, ...]:
        """Return the columns that are no long texts."""
        return tuple(name for name in self.names if name not in self.texts)


@dataclass(frozen=True, slots=True)
class ParquetScan:
    """Parquet files of one schema."""

    schema: tuple[tuple[str, str], ...]  # column and type

    def sql(self, paths: Sequence[str]) -> str:
        """Return what stands after FROM."""
        return f"read_parquet({path_list(paths)}, binary_as_string = true)"


@dataclass(frozen=True, slots=True)
class CsvScan:
    """CSV files with one header; a line that has not as many fields is left out, whichever columns are asked for."""

    delimiter: str
    columns: tuple[str, ...]
    compression: Compression

    def sql(self, paths: Sequence[str], *, rejects: str = "") -> str:
        """Return what stands after FROM; with `rejects`, lines left out are noted in the table of that name."""
        handling = (
            f"store_rejects = true, rejects_limit = 0, rejects_table = '{rejects}', rejects_scan = '{rejects}_scan'"
            if rejects
            else "ignore_errors = true"
        )
        return (
            f"read_csv({path_list(paths)}, auto_detect = false, header = true, delim = {quote(self.delimiter)}, "
            f"quote = '\"', escape = '\"', columns = {_struct(self.columns)}, nullstr = ['', '\\N'], "
            f"compression = '{self.compression}', {handling})"
        )


@dataclass(frozen=True, slots=True)
class JsonScan:
    """JSON lines; a line that is no object is a row of NULLs."""

    columns: tuple[str, ...]
    compression: Compression

    def sql(self, paths: Sequence[str]) -> str:
        """Return what stands after FROM."""
        return (
            f"read_json({path_list(paths)}, format = 'newline_delimited', ignore_errors = true, "
            f"columns = {_struct(self.columns)}, compression = '{self.compression}')"
        )


Scan = ParquetScan | CsvScan | JsonScan


@dataclass(frozen=True, slots=True)
class Source:
    """Where DuckDB finds the rows of a file: in itself or a copy. `columns`: wanted name to (its name here, type)."""

    scan: Scan
    path: str
    columns: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the log as it can be read.

    `source` is None as long as it has no row; `with_texts` is another one where the long texts are not in `source`.
    `columns` are all that it has. `malformed` of its `lines` are no rows (0 of 0 where it is not known), the first of
    them are `bad_lines`. `encoding` is set where it is not UTF-8. `headless`: its header is not complete yet.
    """

    name: str
    columns: tuple[str, ...]
    source: Source | None = None
    with_texts: Source | None = None
    lines: int = 0
    malformed: int = 0
    bad_lines: tuple[int, ...] = ()
    encoding: str | None = None
    repaired: bool = False
    headless: bool = False
    copies: tuple[str, ...] = field(default=())

    def read(self, *, texts: bool) -> Source | None:
        """Return where to read, with or without the long texts."""
        return self.with_texts if texts and self.with_texts is not None else self.source


def quote(text: str) -> str:
    """Return a DuckDB string literal; a quote in it is doubled, and nothing else is special."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """Return a DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def path_list(paths: Iterable[str]) -> str:
    """Return a DuckDB list of paths, in which nothing is a pattern."""
    return "[" + ", ".join(quote(glob.escape(path)) for path in paths) + "]"


def _struct(columns: Iterable[str]) -> str:
    return "{" + ", ".join(f"{quote(name)}: '{TEXT}'" for name in columns) + "}"
