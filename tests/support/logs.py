"""Prediction logs in every form that tunewatch reads, written by the tests and rewritten as the story goes on."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import Field, astuple, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol, get_args

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from config.source import LabelColumns, LabelRelation, PredictionColumns, PredictionRelation, SourceSettings
from tests.support.clickhouse import run_clickhouse

PREDICTION_COLUMNS = PredictionColumns(
    id="prediction_id",
    at="ts",
    predicted="predicted",
    latency_ms="latency_ms",
    model_version="model_version",
    prompt_version="prompt_version",
    confidence="confidence",
    text="text",
    relevance="relevance",
    relevance_source="judge",
)
LABEL_COLUMNS = LabelColumns(
    id="prediction_id", label="label", at="labelled_at", inclusion_probability="probability", labeller="who"
)


@dataclass(frozen=True)
class Prediction:
    """A row of the prediction log as the chatbot wrote it; None is NULL."""

    prediction_id: int | None
    ts: datetime | None
    predicted: str | None
    latency_ms: float | None = 100.0
    model_version: str | None = "m1"
    prompt_version: str | None = "v1"
    confidence: float | None = 0.9
    text: str | None = "hello"
    channel: str | None = "web"
    relevance: float | None = None
    judge: str | None = None


@dataclass(frozen=True)
class Label:
    """A row of the label log; its ids are text where those of the predictions are numbers."""

    prediction_id: str | None
    label: str | None
    labelled_at: datetime | None
    probability: float | None = None
    who: str | None = None


@dataclass
class Log:
    """What a log holds at one moment."""

    predictions: list[Prediction] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


class LogPlace(Protocol):
    """Where a log is written."""

    def write(self, log: Log) -> None:
        """Make the place hold exactly this log."""

    def source(self, *, labels: bool = True, segments: tuple[str, ...] = ("channel",)) -> SourceSettings:
        """Return settings to read it with."""


class FileLog:
    """Two files for each log, since logs rotate."""

    def __init__(self, folder: Path, extension: str) -> None:
        self.folder = folder
        self.extension = extension

    def write(self, log: Log) -> None:
        for stem, kind, rows in (("predictions", Prediction, log.predictions), ("labels", Label, log.labels)):
            half = len(rows) // 2
            for name, part in ((f"{stem}-1", rows[:half]), (f"{stem}-2", rows[half:])):
                _WRITERS[self.extension](self.folder / f"{name}.{self.extension}", kind, part)

    def source(self, *, labels: bool = True, segments: tuple[str, ...] = ("channel",)) -> SourceSettings:
        where = f"{self.folder}/{{}}-*.{self.extension}"
        return SourceSettings(
            predictions=PredictionRelation(files=(where.format("predictions"),), columns=PREDICTION_COLUMNS),
            labels=LabelRelation(files=(where.format("labels"),), columns=LABEL_COLUMNS) if labels else None,
            segments=segments,
        )


class Untouched(sa.types.UserDefinedType[Any]):
    """A REAL column of SQLite that is given values as they are: SQLAlchemy's own would make a number of each."""

    def get_col_spec(self, **_: object) -> str:
        return "REAL"


class TableLog:
    """Two tables of a database."""

    def __init__(self, url: str) -> None:
        self.url = url
        sqlite = url.startswith("sqlite")
        time = sa.Text() if sqlite else sa.TIMESTAMP(timezone=True)
        kinds: dict[str, sa.types.TypeEngine[Any]] = {"ts": time, "labelled_at": time}
        kinds |= {"latency_ms": Untouched(), "confidence": Untouched(), "relevance": Untouched()} if sqlite else {}
        metadata = sa.MetaData()
        self._tables = {
            kind: sa.Table(name, metadata, *(sa.Column(f.name, kinds.get(f.name, _sql_type(f))) for f in fields(kind)))
            for kind, name in ((Prediction, "predictions"), (Label, "labels"))
        }
        self._metadata = metadata

    def write(self, log: Log) -> None:
        with self._engine() as engine, engine.begin() as connection:
            self._metadata.create_all(connection)
            for kind, rows in ((Prediction, log.predictions), (Label, log.labels)):
                connection.execute(sa.delete(self._tables[kind]))
                if rows:
                    connection.execute(sa.insert(self._tables[kind]), [self._values(row) for row in rows])

    def source(self, *, labels: bool = True, segments: tuple[str, ...] = ("channel",)) -> SourceSettings:
        return SourceSettings(
            url=self.url,
            predictions=PredictionRelation(table="predictions", columns=PREDICTION_COLUMNS),
            labels=LabelRelation(query="SELECT * FROM labels;", columns=LABEL_COLUMNS) if labels else None,
            segments=segments,
        )

    @contextmanager
    def _engine(self) -> Iterator[sa.Engine]:
        engine = sa.create_engine(self.url)
        try:
            yield engine
        finally:
            engine.dispose()

    def _values(self, row: Prediction | Label) -> dict[str, Any]:
        values = {f.name: getattr(row, f.name) for f in fields(row)}
        if self.url.startswith("sqlite"):  # it would store a NaN as NULL
            return {name: "nan" if str(value) == "nan" else _iso(value) for name, value in values.items()}
        return values


class ClickhouseLog:
    """Two tables of ClickHouse, of types that its users have: what the others leave to NULL is Nullable."""

    def __init__(self, url: str) -> None:
        self.url = url

    def write(self, log: Log) -> None:
        for name, kind, rows in (("predictions", Prediction, log.predictions), ("labels", Label, log.labels)):
            columns = ", ".join(
                f"{f.name} {_CLICKHOUSE.get(f.name, _CLICKHOUSE_TYPES[_plain(f)])}" for f in fields(kind)
            )
            run_clickhouse(self.url, f"CREATE OR REPLACE TABLE {name} ({columns}) ENGINE = MergeTree ORDER BY tuple()")
            names = [f.name for f in fields(kind)]
            lines = (json.dumps(dict(zip(names, map(_iso, astuple(row)), strict=True))) for row in rows)
            if rows:
                settings = "SETTINGS date_time_input_format = 'best_effort'"
                run_clickhouse(self.url, f"INSERT INTO {name} {settings} FORMAT JSONEachRow", "\n".join(lines).encode())

    def source(self, *, labels: bool = True, segments: tuple[str, ...] = ("channel",)) -> SourceSettings:
        return TableLog.source(self, labels=labels, segments=segments)  # type: ignore[arg-type]


_CLICKHOUSE_TYPES: Final[Mapping[type, str]] = {
    int: "Nullable(Int64)",
    float: "Nullable(Float64)",
    str: "Nullable(String)",
    datetime: "Nullable(DateTime64(6, 'Europe/Berlin'))",
}
_CLICKHOUSE: Final = {
    "model_version": "LowCardinality(Nullable(String))",
    "channel": "LowCardinality(Nullable(String))",
    "labelled_at": "Nullable(DateTime64(6))",
}


def _sql_type(field: Field[object]) -> sa.types.TypeEngine[Any]:
    kinds: dict[type, sa.types.TypeEngine[Any]] = {int: sa.BigInteger(), float: sa.Double(), str: sa.Text()}
    return kinds.get(_plain(field), sa.Text())


def _plain(field: Field[object]) -> type:
    """Return the type of a field that may be None."""
    kinds: tuple[type, ...] = get_args(field.type)
    return next(kind for kind in kinds if kind is not type(None))


def write_parquet(path: Path, kind: type, rows: Sequence[Any]) -> None:
    types = {int: pa.int64(), float: pa.float64(), str: pa.string(), datetime: pa.timestamp("ns", tz="UTC")}
    schema = pa.schema([(f.name, types[_plain(f)]) for f in fields(kind)])
    columns = list(zip(*(astuple(row) for row in rows), strict=True)) or [()] * len(schema)
    pq.write_table(pa.table([pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)], schema), path)


def _write_csv(path: Path, kind: type, rows: Sequence[Any]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(f.name for f in fields(kind))
        writer.writerows([_iso(value) for value in astuple(row)] for row in rows)


def _write_jsonl(path: Path, kind: type, rows: Sequence[Any]) -> None:
    names = [f.name for f in fields(kind)]
    lines = (json.dumps(dict(zip(names, map(_iso, astuple(row)), strict=True))) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines))


def _iso(value: object) -> object:
    return value.astimezone(UTC).isoformat(sep=" ") if isinstance(value, datetime) else value


_WRITERS = {"parquet": write_parquet, "csv": _write_csv, "jsonl": _write_jsonl}


def write_duckdb(path: Path, statements: Iterable[str]) -> None:
    """Make a DuckDB database file, or files, by SQL."""
    with closing(duckdb.connect(str(path))) as connection:
        for statement in statements:
            connection.execute(statement)
