"""SQL that reads files where they lie: the text of a SELECT for DuckDB, built anew at each question.

Everything in CSV and JSONL is read as text and converted value by value, so that one bad row is a counted problem. The
header of a CSV file is read here rather than guessed by the engine, whose guess depends on the rows that follow it.
"""

import csv
import glob
import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from monitor.errors import MappingError, SourceError


class FileFormat(StrEnum):
    """How rows are written in a file; told by the extension."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


_EXTENSIONS: Final = {
    ".parquet": FileFormat.PARQUET,
    ".pq": FileFormat.PARQUET,
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".json": FileFormat.JSONL,
}
_COMPRESSED: Final = (".gz", ".zst")
_DELIMITERS: Final = (",", "\t", ";", "|")
_MAGIC: Final = frozenset("*?[")


def find_files(patterns: Sequence[str], key: str) -> dict[FileFormat, list[str]]:
    """Return the files that match the globs now, by format, each once and in order.

    Raises SourceError if a pattern matches nothing, MappingError if an extension is not known.
    """
    found: dict[FileFormat, list[str]] = defaultdict(list)
    for pattern in patterns:
        matches = _matches(pattern)
        if not matches:
            raise SourceError(f"{key}: no file matches {pattern}; check the path and that the log has been written")
        for name in matches:
            names = found[_format(name, key)]
            if name not in names:
                names.append(name)
    return dict(found)


def read_parquet(names: Sequence[str]) -> str:
    """Return a SELECT of Parquet files; a column that only some files have is NULL in the others."""
    filled = [name for name in names if _is_remote(name) or Path(name).stat().st_size > 0]
    if not filled:
        raise SourceError(f"the Parquet files are still empty: {', '.join(names)}")
    return f"SELECT * FROM read_parquet({_list(filled)}, union_by_name = true)"  # noqa: S608  # names are quoted


def read_csv(names: Sequence[str], *, rejects: bool = False) -> list[str]:
    """Return a SELECT for each header that the CSV files have; a line that does not fit its header is left out.

    With `rejects`, DuckDB also notes the lines left out in its table `reject_errors`.
    """
    by_header: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for name in names:
        if (header := _header(name)) is not None:
            by_header[header].append(name)
    handling = "store_rejects = true, rejects_limit = 0" if rejects else "ignore_errors = true"
    return [
        f"SELECT * FROM read_csv({_list(group)}, auto_detect = false, header = true, delim = {quote(delimiter)}, "  # noqa: S608
        f"quote = '\"', escape = '\"', columns = {_struct(columns)}, {handling})"
        for (delimiter, columns), group in by_header.items()
    ]


def read_jsonl(names: Sequence[str], columns: Iterable[str]) -> str:
    """Return a SELECT of these columns of JSONL files; a line that is not a JSON object is a row of NULLs."""
    return (
        f"SELECT * FROM read_json({_list(names)}, format = 'newline_delimited', ignore_errors = true, "  # noqa: S608
        f"columns = {_struct(columns)})"
    )


def jsonl_keys(names: Sequence[str], lines: int | None) -> str:
    """Return a SELECT of the keys of the objects in the first lines of JSONL files (all lines if None)."""
    limit = "" if lines is None else f" LIMIT {lines}"
    objects = f"read_ndjson_objects({_list(names)}, ignore_errors = true) WHERE json_type(json) = 'OBJECT'{limit}"
    return f"SELECT DISTINCT unnest(json_keys(json)) FROM (SELECT json FROM {objects})"  # noqa: S608


def quote(text: str) -> str:
    """Return a DuckDB string literal; a quote in it is doubled, and nothing else is special."""
    return "'" + text.replace("'", "''") + "'"


def _list(names: Iterable[str]) -> str:
    return "[" + ", ".join(quote(name if _is_remote(name) else glob.escape(name)) for name in names) + "]"


def _struct(columns: Iterable[str]) -> str:
    return "{" + ", ".join(f"{quote(name)}: 'VARCHAR'" for name in columns) + "}"


def _matches(pattern: str) -> list[str]:
    if _is_remote(pattern):
        return [pattern]
    path = str(Path(pattern).expanduser())
    if Path(path).is_file():
        return [path]
    names = glob.glob(path, recursive=True)  # noqa: PTH207  # a Path has no glob of an absolute pattern
    return sorted(name for name in names if Path(name).is_file())


def _is_remote(name: str) -> bool:
    return "://" in name


def _format(name: str, key: str) -> FileFormat:
    suffixes = [suffix.lower() for suffix in Path(name).suffixes if suffix.lower() not in _COMPRESSED]
    try:
        return _EXTENSIONS[suffixes[-1]]
    except (IndexError, KeyError):
        raise MappingError(
            f"{name} is none of .parquet, .csv and .jsonl; name files of one of these kinds", f"{key}.files"
        ) from None


def _header(name: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the delimiter and the columns, or None as long as the first line is not complete."""
    opener = gzip.open if name.endswith(".gz") else open
    with opener(name, "rt", encoding="utf-8-sig", errors="replace") as file:
        line = str(file.readline())
    if not line.endswith("\n"):
        return None
    delimiter = max(_DELIMITERS, key=line.count)
    return delimiter, tuple(_distinct(next(csv.reader([line], delimiter=delimiter))))


def _distinct(names: Sequence[str]) -> Iterable[str]:
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        plain = name.strip() or f"column{position}"
        seen[plain.lower()] = seen.get(plain.lower(), 0) + 1
        yield plain if seen[plain.lower()] == 1 else f"{plain}_{seen[plain.lower()]}"


def union_by_name(selects: Sequence[str]) -> str:
    """Return one SELECT of the rows of several, their columns matched by name."""
    return " UNION ALL BY NAME ".join(selects)


def select_files(found: Mapping[FileFormat, Sequence[str]], json_columns: Iterable[str]) -> str:
    """Return one SELECT of all files found.

    Raises SourceError if no file has a header or a byte yet.
    """
    selects: list[str] = []
    if names := found.get(FileFormat.PARQUET):
        selects.append(read_parquet(names))
    if names := found.get(FileFormat.CSV):
        selects += read_csv(names)
    if names := found.get(FileFormat.JSONL):
        selects.append(read_jsonl(names, json_columns))
    if not selects:
        raise SourceError(
            f"the files have no header yet: {', '.join(name for names in found.values() for name in names)}"
        )
    return union_by_name(selects)
