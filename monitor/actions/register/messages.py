"""Messages of a training or evaluation file."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import duckdb

MOST: Final = 200_000
"""Messages of one set; each takes 56 bytes of the history, and is read for each study."""


def read_messages(file: Path, column: str) -> list[str]:
    """The messages of a file, in its order; empty ones are left out.

    `.csv` and `.parquet` have them in a column; `.jsonl` in a key of that name, or in `messages`, as chat formats
    have it: the last one whose role is "user". Raises click.UsageError that names what is wrong, and where.
    """
    readers = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise click.UsageError(f"{file}: is none of {', '.join(readers)}")
    try:
        found = [text for text in reader(file, column) if text.strip()]
    except (OSError, UnicodeDecodeError, csv.Error, duckdb.Error) as error:
        raise click.UsageError(f"{file}: cannot be read: {str(error).splitlines()[0]}") from None
    if not found:
        raise click.UsageError(f"{file}: has no message in column {column!r}")
    if len(found) > MOST:
        raise click.UsageError(f"{file}: has {len(found):,} messages, at most {MOST:,} can be registered")
    return found


def _csv(file: Path, column: str) -> Iterator[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        if column not in (rows.fieldnames or ()):
            raise _no_column(file, column, rows.fieldnames or ())
        yield from (row[column] or "" for row in rows)


def _parquet(file: Path, column: str) -> Iterator[str]:
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(file))
        if column not in relation.columns:
            raise _no_column(file, column, relation.columns)
        rows = relation.select(duckdb.ColumnExpression(column)).fetchall()
    yield from ("" if row[0] is None else str(row[0]) for row in rows)


def _jsonl(file: Path, column: str) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _message(file, number, line, column)


def _message(file: Path, number: int, line: str, column: str) -> str:
    try:
        row = json.loads(line)
    except ValueError:
        raise click.UsageError(f"{file}: line {number} is no JSON") from None
    told = _of_chat(row) if isinstance(row, dict) and "messages" in row else _of_key(row, column)
    if told is None:
        raise click.UsageError(
            f"{file}: line {number} has neither a key {column!r} with a text nor `messages` with one of the user"
        )
    return told


def _of_key(row: Any, column: str) -> str | None:  # noqa: ANN401 - whatever JSON holds
    value = row.get(column) if isinstance(row, dict) else None
    return value if isinstance(value, str) else None


def _of_chat(row: dict[str, Any]) -> str | None:
    turns = row["messages"] if isinstance(row["messages"], list) else []
    said = [turn.get("content") for turn in turns if isinstance(turn, dict) and turn.get("role") == "user"]
    return said[-1] if said and isinstance(said[-1], str) else None


def _no_column(file: Path, column: str, there: Any) -> click.UsageError:  # noqa: ANN401 - names of columns
    return click.UsageError(f"{file}: has no column {column!r}; it has {', '.join(there)}; name one with --text")
