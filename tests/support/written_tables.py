"""The same small log in Parquet of many kinds, in files that differ from each other, and in databases."""

import gzip
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from config.source import LabelRelation, PredictionRelation, SourceSettings
from tests.support.written_logs import (
    LABEL_COLUMNS,
    LABELS,
    PREDICTION_COLUMNS,
    PREDICTIONS,
    WRITERS,
    Place,
    Row,
    Rows,
    Writer,
    csv_text,
    json_lines,
    make_rows,
    plain,
)

Column = Callable[[Any], Any]
Write = Callable[[Place, list[Row]], None]
_KINDS: dict[str, pa.DataType] = {
    "id": pa.int64(),
    "at": pa.timestamp("us", tz="UTC"),
    "labelled_at": pa.timestamp("us", tz="UTC"),
    "predicted": pa.string(),
    "label": pa.string(),
    "text": pa.string(),
    "confidence": pa.float64(),
    "latency_ms": pa.float64(),
}


def _table(rows: Sequence[Row], names: Sequence[str], kinds: dict[str, Any], values: dict[str, Column]) -> pa.Table:
    arrays = [
        pa.array([values.get(name, _same)(row[name]) for row in rows], type=(_KINDS | kinds)[name]) for name in names
    ]
    return pa.table(arrays, names=list(names))


def _same(value: object) -> object:
    return value


def _parquet(
    name: str,
    kinds: dict[str, Any] | None = None,
    values: dict[str, Column] | None = None,
    **how: Any,  # noqa: ANN401
) -> None:
    def writer(place: Place) -> tuple[SourceSettings, Rows]:
        log = make_rows()
        for stem, rows, names in (("predictions", log.predictions, PREDICTIONS), ("labels", log.labels, LABELS)):
            pq.write_table(_table(rows, names, kinds or {}, values or {}), place.folder / f"{stem}.parquet", **how)
        return place.files("predictions.parquet", "labels.parquet"), log

    WRITERS[f"parquet: {name}"] = writer


def _changing(name: str, write: Write, pattern: str = "predictions-*.parquet") -> None:
    """Predictions whose newer half is written in another way than the older."""

    def writer(place: Place) -> tuple[SourceSettings, Rows]:
        log = make_rows()
        half = len(log.predictions) // 2
        if pattern.endswith("parquet"):
            older = _table(log.predictions[:half], PREDICTIONS, {}, {})
            pq.write_table(older, place.folder / "predictions-1.parquet")
        elif pattern.endswith("jsonl"):
            place.file("predictions-1.jsonl", "\n".join(json_lines(log.predictions[:half], PREDICTIONS)))
        else:
            place.file("predictions-1.csv", csv_text(log.predictions[:half], PREDICTIONS))
        write(place, log.predictions[half:])
        place.file("labels.csv", csv_text(log.labels, LABELS))
        return place.files(pattern), log

    WRITERS[f"changing: {name}"] = writer


def _second(kinds: dict[str, Any], values: dict[str, Column], names: Sequence[str] = PREDICTIONS) -> Write:
    def write(place: Place, rows: list[Row]) -> None:
        table = _table(rows, PREDICTIONS, kinds, values).rename_columns(list(names))
        pq.write_table(table, place.folder / "predictions-2.parquet")

    return write


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


TIMES = ("at", "labelled_at")
_parquet("plain")
_parquet("nanoseconds, as pandas writes", dict.fromkeys(TIMES, pa.timestamp("ns", tz="UTC")))
_parquet("milliseconds", dict.fromkeys(TIMES, pa.timestamp("ms", tz="UTC")))
_parquet("times of another zone", dict.fromkeys(TIMES, pa.timestamp("us", tz="America/New_York")))
_parquet("times without a zone", dict.fromkeys(TIMES, pa.timestamp("us")), dict.fromkeys(TIMES, _naive))
_parquet("times as text", dict.fromkeys(TIMES, pa.string()), dict.fromkeys(TIMES, plain))
_parquet("times as milliseconds", dict.fromkeys(TIMES, pa.int64()), dict.fromkeys(TIMES, _milliseconds))
_parquet("times as seconds", dict.fromkeys(TIMES, pa.float64()), dict.fromkeys(TIMES, datetime.timestamp))
_parquet("times as INT96, as Spark writes", use_deprecated_int96_timestamps=True)
_parquet(
    "categories", {"predicted": pa.dictionary(pa.int8(), pa.string()), "label": pa.dictionary(pa.int8(), pa.string())}
)
_parquet(
    "binary text", dict.fromkeys(("predicted", "label"), pa.binary()), dict.fromkeys(("predicted", "label"), str.encode)
)
_parquet("large text", dict.fromkeys(("predicted", "label", "text"), pa.large_string()))
_parquet("ids as text", {"id": pa.string()}, {"id": str})
_parquet("ids as floats, as pandas writes", {"id": pa.float64()}, {"id": float})
_parquet("ids of 32 bits", {"id": pa.int32()})
_parquet("ids without a sign", {"id": pa.uint64()})
_parquet("confidence as text", {"confidence": pa.string()}, {"confidence": str})
_parquet("gzip", compression="gzip")
_parquet("zstd", compression="zstd")
_parquet("small row groups of the old version", row_group_size=7, version="1.0", data_page_version="1.0")
_parquet("new pages", version="2.6", data_page_version="2.0", use_dictionary=False)

_changing("times to text", _second({"at": pa.string()}, {"at": plain}))
_changing("times to none of a zone", _second({"at": pa.timestamp("ns")}, {"at": _naive}))
_changing("times to milliseconds", _second({"at": pa.int64()}, {"at": _milliseconds}))
_changing("times to seconds with a fraction", _second({"at": pa.float64()}, {"at": datetime.timestamp}))
_changing("ids to text", _second({"id": pa.string()}, {"id": str}))
_changing("ids to floats", _second({"id": pa.float64()}, {"id": float}))
_changing(
    "confidence to a struct",
    _second({"confidence": pa.struct([("top", pa.float64())])}, {"confidence": lambda v: {"top": v}}),
)
_changing("columns in capitals", _second({}, {}, [name.upper() for name in PREDICTIONS]))
_changing(
    "another order and a further column",
    lambda place, rows: pq.write_table(
        _table(rows, PREDICTIONS[::-1], {}, {}).append_column("tokens", pa.array([1] * len(rows))),
        place.folder / "predictions-2.parquet",
    ),
)
_changing(
    "Parquet to CSV", lambda place, rows: place.file("predictions-2.csv", csv_text(rows, PREDICTIONS)), "predictions-*"
)
_changing(
    "CSV to JSON",
    lambda place, rows: place.file("predictions-2.jsonl", "\n".join(json_lines(rows, PREDICTIONS))),
    "predictions-*",
)
_changing(
    "CSV, another delimiter and order",
    lambda place, rows: place.file("predictions-2.csv", csv_text(rows, PREDICTIONS[::-1], delimiter=";")),
    "predictions-*.csv",
)
_changing(
    "CSV, columns in capitals",
    lambda place, rows: place.file("predictions-2.csv", csv_text(rows, PREDICTIONS, [n.title() for n in PREDICTIONS])),
    "predictions-*.csv",
)
_changing(
    "CSV, UTF-8 to latin-1",
    lambda place, rows: place.file("predictions-2.csv", csv_text(rows, PREDICTIONS).encode("latin-1")),
    "predictions-*.csv",
)
_changing(
    "JSON, a key in capitals",
    lambda place, rows: place.file(
        "predictions-2.jsonl", "\n".join(json_lines(rows, PREDICTIONS)).replace('"predicted"', '"Predicted"')
    ),
    "predictions-*.jsonl",
)
_changing(
    "JSON, to an array",
    lambda place, rows: place.file("predictions-2.jsonl", "[" + ",".join(json_lines(rows, PREDICTIONS)) + "]"),
    "predictions-*.jsonl",
)


def _beside(name: str, file: str, content: bytes) -> None:
    """A whole log with another file beside it that cannot be read now."""

    def writer(place: Place) -> tuple[SourceSettings, Rows]:
        log = make_rows()
        place.file("predictions-1.csv", csv_text(log.predictions, PREDICTIONS))
        place.file("labels.csv", csv_text(log.labels, LABELS))
        place.file(file, content)
        return place.files("predictions*"), log

    WRITERS[f"beside: {name}"] = writer


def _parquet_bytes() -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(_table(make_rows().predictions, PREDICTIONS, {}, {}), out)
    return bytes(out.getvalue())


_WHOLE = _parquet_bytes()
_GZ = gzip.compress(csv_text(make_rows().predictions, PREDICTIONS).encode())
_beside("a Parquet file half written", "predictions-2.parquet", _WHOLE[: len(_WHOLE) // 2])
_beside("a Parquet file just begun", "predictions-2.parquet", b"PAR1")
_beside("an empty Parquet file", "predictions-2.parquet", b"")
_beside("a gzip file half written", "predictions-2.csv.gz", _GZ[: len(_GZ) // 2])
_beside("a gzip file just begun", "predictions-2.jsonl.gz", _GZ[:5])
_beside("an empty gzip file", "predictions-2.jsonl.gz", b"")
_beside("a Parquet file with a wrong page", "predictions-2.parquet", _WHOLE[:60] + bytes(300) + _WHOLE[360:])
_beside("a workbook", "predictions-2.xlsx", b"PK\x03\x04" + bytes(range(256)) * 9)


def _joined(names: Sequence[str]) -> Writer:
    """One CSV file whose newer half has a header of its own."""

    def writer(place: Place) -> tuple[SourceSettings, Rows]:
        log = make_rows()
        half = len(log.predictions) // 2
        newer = [row | {"tokens": 7} for row in log.predictions[half:]]
        place.file("predictions.csv", csv_text(log.predictions[:half], PREDICTIONS) + csv_text(newer, names))
        place.file("labels.csv", csv_text(log.labels, LABELS))
        return place.files("predictions.csv"), log

    return writer


WRITERS["csv: a column added, with a header"] = _joined((*PREDICTIONS, "tokens"))
WRITERS["csv: another order, with a header"] = _joined(PREDICTIONS[::-1])


def _database(name: str, kinds: dict[str, str], values: dict[str, Column], url: Callable[[Place], str]) -> None:
    """Two tables, made by plain SQL."""

    def writer(place: Place) -> tuple[SourceSettings, Rows]:
        log = make_rows()
        where = url(place)
        engine = sa.create_engine(where)
        with engine.begin() as connection:
            for table, rows, names in (("predictions", log.predictions, PREDICTIONS), ("labels", log.labels, LABELS)):
                columns = ", ".join(f"{each} {kinds[each]}" for each in names)
                connection.exec_driver_sql(f"CREATE TABLE {table} ({columns})")
                marks = ", ".join(f":{each}" for each in names)
                given = [{each: values.get(each, _same)(row[each]) for each in names} for row in rows]
                connection.execute(sa.text(f"INSERT INTO {table} VALUES ({marks})"), given)  # noqa: S608
        engine.dispose()
        return _tables(where), log

    WRITERS[f"database: {name}"] = writer


def _tables(url: str) -> SourceSettings:
    return SourceSettings(
        url=url,
        predictions=PredictionRelation(table="predictions", columns=PREDICTION_COLUMNS),
        labels=LabelRelation(query="SELECT * FROM labels", columns=LABEL_COLUMNS),
    )


_SQL = {"id": "BIGINT", "predicted": "TEXT", "label": "TEXT", "text": "TEXT"}
_SQL |= {"confidence": "DOUBLE PRECISION", "latency_ms": "DOUBLE PRECISION"}


def _sqlite_url(place: Place) -> str:
    return f"sqlite:///{place.folder}/log.db"


def _postgres_url(place: Place) -> str:
    return place.postgres()


def _of_times(value: Column) -> dict[str, Column]:
    return dict.fromkeys(TIMES, value)


_database("SQLite, ISO text", _SQL | dict.fromkeys(TIMES, "TEXT"), _of_times(plain), _sqlite_url)
_database(
    "SQLite, text with a blank", _SQL | dict.fromkeys(TIMES, "TEXT"), _of_times(lambda v: str(_naive(v))), _sqlite_url
)
_database("SQLite, milliseconds", _SQL | dict.fromkeys(TIMES, "INTEGER"), _of_times(_milliseconds), _sqlite_url)
_database(
    "SQLite, ids as text",
    _SQL | {"id": "TEXT"} | dict.fromkeys(TIMES, "TEXT"),
    _of_times(plain) | {"id": str},
    _sqlite_url,
)
_database("PostgreSQL, time stamps", _SQL | dict.fromkeys(TIMES, "timestamptz"), {}, _postgres_url)
_database("PostgreSQL, text", _SQL | dict.fromkeys(TIMES, "text"), _of_times(plain), _postgres_url)
_database("PostgreSQL, seconds", _SQL | dict.fromkeys(TIMES, "numeric"), _of_times(datetime.timestamp), _postgres_url)


def _duckdb_file(place: Place) -> tuple[SourceSettings, Rows]:
    log = make_rows()
    with closing(duckdb.connect(place.folder / "log.duckdb")) as connection:
        for name, rows, names in (("predictions", log.predictions, PREDICTIONS), ("labels", log.labels, LABELS)):
            pq.write_table(_table(rows, names, {}, {}), place.folder / f"{name}.parquet")
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM '{place.folder}/{name}.parquet'")  # noqa: S608
    return _tables(f"duckdb:///{place.folder}/log.duckdb"), log


WRITERS["database: DuckDB"] = _duckdb_file
