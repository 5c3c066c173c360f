"""Rows with nested values, written to every place that a log may be on, as each keeps what is nested."""

import csv
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from config.source import SourceSettings
from monitor.log.counts import ALL, BucketCounts
from monitor.log.prediction_log import PredictionLog, open_log

Row = dict[str, Any]
START: Final = datetime(2026, 3, 2, tzinfo=UTC)
HOURS: Final = [int((START + timedelta(hours=hour)).timestamp()) for hour in range(-24, 48)]
NOW: Final = START + timedelta(days=3)


def _json_lines(rows: Sequence[Row], folder: Path, _url: Callable[[], str]) -> dict[str, Any]:
    path = folder / "log.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return {"predictions": {"files": str(path)}}


def _parquet(rows: Sequence[Row], folder: Path, _url: Callable[[], str]) -> dict[str, Any]:
    """Structs and lists."""
    path = folder / "log.parquet"
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    return {"predictions": {"files": str(path)}}


def _csv(rows: Sequence[Row], folder: Path, _url: Callable[[], str]) -> dict[str, Any]:
    """JSON in fields."""
    path = folder / "log.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows([{key: _flat(value) for key, value in row.items()} for row in rows])
    return {"predictions": {"files": str(path)}}


def _sqlite(rows: Sequence[Row], folder: Path, _url: Callable[[], str]) -> dict[str, Any]:
    path = folder / "log.db"
    names = list(rows[0])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE log ({', '.join(names)})")
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO log VALUES ({marks})", [tuple(map(_flat, row.values())) for row in rows])  # noqa: S608 - our own names
    return {"url": f"sqlite:///{path}", "predictions": {"table": "log"}}


def _postgresql(nested: str) -> Callable[[Sequence[Row], Path, Callable[[], str]], dict[str, Any]]:
    """`nested` is the type of columns with nested values."""

    def write(rows: Sequence[Row], _folder: Path, url: Callable[[], str]) -> dict[str, Any]:
        kinds = {
            name: nested if any(isinstance(row[name], dict | list) for row in rows) else "text" for name in rows[0]
        }
        address = url()
        plain = sa.make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            connection.execute(f"CREATE TABLE log ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
            marks = ", ".join(["%s"] * len(kinds))
            with connection.cursor() as cursor:
                texts = [tuple(_flat(row[name]) for name in kinds) for row in rows]
                cursor.executemany(f"INSERT INTO log VALUES ({marks})", texts)  # noqa: S608 - marks alone
        return {"url": address, "predictions": {"table": "log"}}

    return write


def _flat(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value


PLACES: Final[Mapping[str, Callable[[Sequence[Row], Path, Callable[[], str]], dict[str, Any]]]] = {
    "json lines": _json_lines,
    "parquet": _parquet,
    "csv": _csv,
    "sqlite": _sqlite,
    "postgresql jsonb": _postgresql("jsonb"),
    "postgresql json": _postgresql("json"),
    "postgresql text": _postgresql("text"),
}
FEW: Final = ("json lines", "sqlite", "postgresql jsonb")
"""One of each engine."""


def log_of(source: Mapping[str, Any]) -> PredictionLog:
    """Open the log of a source as the configuration would have it."""
    return open_log(
        SourceSettings.model_validate(source),
        bucket=timedelta(hours=1),
        segments=tuple(source.get("segments", ())),
        key="monitors.bot.source",
    )


def counted(source: Mapping[str, Any]) -> BucketCounts:
    """Count some days around `START`."""
    return log_of(source).count(HOURS, NOW)


def pairs(counts: BucketCounts) -> Counter[tuple[str, str | None]]:
    """Return how many rows have each predicted class and label."""
    found = Counter[tuple[str, str | None]]()
    for row in counts.outcomes:
        if row.segment == ALL:
            found[row.predicted, row.label] += row.n
    return found
