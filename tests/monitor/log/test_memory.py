"""Counting within the memory that DuckDB may take: joined once, grouped one after the other, in halves if need be."""

import tracemalloc
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from config.source import (
    DuckdbSettings,
    LabelColumns,
    LabelRelation,
    PredictionColumns,
    PredictionRelation,
    SourceSettings,
)
from monitor.common.errors import SourceError
from monitor.log.counting.columns import Columns, whole_buckets
from monitor.log.counting.staging import in_halves
from monitor.log.counts import ALL, BucketCounts, LatencyRow, OutcomeRow
from monitor.log.engines.connections import open_engine
from monitor.log.engines.duckdb_databases import close_idle
from monitor.log.prediction_log import open_log

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = 3600
BUCKETS = range(int(START.timestamp()), int(START.timestamp()) + 48 * HOUR, HOUR)
ROWS = 60_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of predictions, nearly each with a cell of its own in each of two segments."""
    folder = tmp_path_factory.mktemp("crowded")
    with duckdb.connect() as connection:
        connection.execute(f"""
            CREATE TABLE log AS SELECT printf('prediction-%012d', i) AS id,
                TIMESTAMPTZ '{START.isoformat()}' + to_seconds(i * {48 * HOUR / ROWS}) AS moment,
                'class ' || hash(i) % 150 AS predicted, 'class ' || hash(i + 1) % 150 AS label,
                'a customer of a long name ' || hash(i + 2) % 5000 AS customer, 'city ' || hash(i + 3) % 900 AS city,
                (hash(i) % 1000) / 1000.0 AS confidence
            FROM range({ROWS}) AS numbers(i)""")  # noqa: S608 - numbers of ours
        connection.execute(f"COPY log TO '{folder / 'predictions.parquet'}' (FORMAT parquet)")
        labels = "SELECT id, label, moment + INTERVAL 1 HOUR AS moment FROM log"
        connection.execute(f"COPY ({labels}) TO '{folder / 'labels.parquet'}' (FORMAT parquet)")
    return folder


def _counts(folder: Path, memory_mb: int) -> BucketCounts:
    columns = PredictionColumns(id="id", at="moment", predicted="predicted", confidence="confidence")
    source = SourceSettings(
        predictions=PredictionRelation(files=(str(folder / "predictions.parquet"),), columns=columns),
        labels=LabelRelation(
            files=(str(folder / "labels.parquet"),), columns=LabelColumns(id="id", label="label", at="moment")
        ),
        segments=("customer", "city"),
        duckdb=DuckdbSettings(memory_mb=memory_mb),
    )
    log = open_log(source, bucket=timedelta(hours=1), segments=source.segments, key="monitors.bot.source")
    return log.count(BUCKETS, as_of=START + timedelta(days=3))


@pytest.mark.parametrize("memory_mb", [64, 1000])
def test_a_crowded_log_is_counted_whole_however_little_memory_there_is(crowded: Path, memory_mb: int) -> None:
    counts = _counts(crowded, memory_mb)

    n: Counter[str] = Counter()
    for row in counts.outcomes:
        n[row.segment] += row.n
    assert n == {ALL: ROWS, "customer": ROWS, "city": ROWS}
    assert sum(row.n for row in counts.delays) == ROWS
    assert len({(row.bucket, row.segment, row.value, row.predicted, row.label) for row in counts.outcomes}) > 2 * ROWS


def test_what_does_not_fit_is_counted_in_halves_in_order() -> None:
    limit = 3
    with open_engine("duckdb:///:memory:", DuckdbSettings(memory_mb=64)).connect() as connection:

        def count(buckets: Sequence[int]) -> tuple[int, ...]:
            if len(buckets) > limit:
                _run_out_of_memory(connection)
            return tuple(buckets)

        assert list(in_halves(connection, range(10), count)) == [(0, 1), (2, 3, 4), (5, 6), (7, 8, 9)]


def test_one_bucket_that_does_not_fit_is_told_with_the_setting() -> None:
    with (
        open_engine("duckdb:///:memory:", DuckdbSettings(memory_mb=64)).connect() as connection,
        pytest.raises(SourceError, match=r"source\.duckdb\.memory_mb"),
    ):
        list(in_halves(connection, range(2), lambda _: _run_out_of_memory(connection)))


def _run_out_of_memory(connection: sa.Connection) -> None:
    """As DuckDB does: a list cannot be spilled."""
    connection.exec_driver_sql("SELECT len(list(i)) FROM range(50000000) AS numbers(i)").fetchall()


def test_many_rows_go_to_a_file_and_come_back_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("monitor.log.counting.columns.ROWS_IN_MEMORY", 10)
    rows = [LatencyRow(i, "model", "prompt é", -i, 2**40 + i) for i in range(47)]
    kept = Columns(LatencyRow, folder=str(tmp_path))
    for start in range(0, 47, 8):
        kept.extend_rows(rows[start : start + 8])

    assert (len(kept), list(kept), list(kept)) == (47, rows, rows)
    assert kept == tuple(rows)
    assert kept != rows[:-1]
    assert (kept[20], kept[-1], tuple(kept[11:14])) == (rows[20], rows[-1], tuple(rows[11:14]))
    assert isinstance(kept[0], LatencyRow)
    assert not list(tmp_path.iterdir())
    assert list(kept.of_buckets({3, 40, 99})) == [rows[3], rows[40]]
    assert list(kept.replaced({3}, [rows[5]])) == [*rows[:3], *rows[4:], rows[5]]


def test_columns_of_one_value_come_back_though_the_file_has_them_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("monitor.log.counting.columns.ROWS_IN_MEMORY", 10)
    rows = [
        OutcomeRow(i, segment, "é", "", "p", f"c{i}", label, i + 1, weight, weight * weight)
        for segment, weight in (("channel", 1.0), ("language", 0.5))
        for label in ("a", None)
        for i in range(12)
    ]
    kept = Columns(OutcomeRow, folder=str(tmp_path))
    for start in range(0, len(rows), 12):
        kept.extend_rows(rows[start : start + 12])

    assert list(kept) == rows
    assert [len(block["n"]) for block in kept.blocks(segment=kept.names.code("language"))] == [12, 12]
    assert list(kept.of_buckets({3})) == rows[3::12]
    some = next(kept.blocks())
    assert some["weight_squared"] is some["weight"]
    assert some["segment"].strides == (0,)


def test_a_row_without_a_label_has_none_again() -> None:
    rows = [OutcomeRow(1, ALL, "", "", "p", "a", label, 2, 0.5, 0.25) for label in ("a", None)]
    assert list(Columns.of(OutcomeRow, rows)) == rows
    assert list(whole_buckets(Columns.of(LatencyRow, ()))) == []


def test_a_bucket_that_came_in_parts_is_whole_again() -> None:
    kept = Columns(LatencyRow)
    for bucket in (1, 2, 1):
        kept.extend_rows([LatencyRow(bucket, "m", "p", 3, 4)])
    assert [block["bucket"].tolist() for block in whole_buckets(kept)] == [[1, 2, 1]]


def test_a_database_that_held_many_rows_is_not_kept_with_its_memory(crowded: Path) -> None:
    close_idle()
    engine = open_engine("duckdb:///:memory:", DuckdbSettings(memory_mb=1000))

    def database() -> object:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            return driver.database

    first = database()
    assert database() is first
    _counts(crowded, 1000)
    assert database() is not first


def test_cells_of_one_grouping_are_let_go_of_before_those_of_the_next_come(crowded: Path) -> None:
    """All that they hold at once is 92 bytes a cell, and less where only the first ones are held as they are."""
    tracemalloc.start()
    counts = _counts(crowded, 1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 70 * (len(counts.outcomes) + len(counts.latency) + len(counts.delays))
