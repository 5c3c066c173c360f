"""Versions and segment values that two writers spell in two ways are one name, on every engine."""

import csv
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from config.source import PredictionColumns, PredictionRelation, SourceSettings
from monitor.log.counts import ALL
from monitor.log.prediction_log import open_log
from tests.support.messy_logs import START

BUCKET = int(START.timestamp())
COLUMNS = PredictionColumns(id="id", at="at", predicted="class", prompt_version="prompt")
COMPOSED, DECOMPOSED = "r\u00e9gion", "re\u0301gion"

Names = Callable[[Sequence[object], str], tuple[dict[str, int], dict[str, int]]]
"""Values to write as versions and as segments, and the SQL type of their columns; how many of each name are counted."""


@pytest.fixture(params=["csv", "jsonl", "parquet", "sqlite", "postgresql"])
def names(request: pytest.FixtureRequest, tmp_path: Path) -> Names:
    def in_a_file(values: Sequence[object]) -> SourceSettings:
        file = tmp_path / f"log.{request.param}"
        rows = [
            {"id": f"i{i}", "at": START.isoformat(), "class": "a", "prompt": value, "channel": value}
            for i, value in enumerate(values)
        ]
        table = pa.Table.from_pylist(rows)
        match request.param:
            case "csv":
                with file.open("w", newline="", encoding="utf-8") as out:
                    csv.writer(out).writerows([rows[0].keys(), *(row.values() for row in rows)])
            case "jsonl":
                file.write_text(table.to_pandas().to_json(orient="records", lines=True), "utf-8")
            case _:
                pq.write_table(table, file)
        return SourceSettings(
            predictions=PredictionRelation(files=(str(file),), columns=COLUMNS), segments=("channel",)
        )

    def in_a_table(values: Sequence[object], kind: str) -> SourceSettings:
        url = f"sqlite:///{tmp_path}/log.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(
                f"CREATE TABLE log (id TEXT, at TEXT, class TEXT, prompt {kind}, channel {kind})"
            )
            given = [{"id": f"i{i}", "at": START.isoformat(), "v": value} for i, value in enumerate(values)]
            connection.execute(sa.text("INSERT INTO log VALUES (:id, :at, 'a', :v, :v)"), given)
        engine.dispose()
        return SourceSettings(
            url=url, predictions=PredictionRelation(table="log", columns=COLUMNS), segments=("channel",)
        )

    def counted(values: Sequence[object], kind: str = "TEXT") -> tuple[dict[str, int], dict[str, int]]:
        in_table = request.param in {"sqlite", "postgresql"}
        source = in_a_table(values, kind) if in_table else in_a_file(values)
        log = open_log(source, bucket=timedelta(hours=1), segments=source.segments, key="monitors.bot.source")
        counts = log.count([BUCKET], START)
        log.close()
        versions = {row.prompt_version: row.n for row in counts.outcomes if row.segment == ALL}
        return versions, {row.value: row.n for row in counts.outcomes if row.segment == "channel"}

    return counted


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["p4", " p4", "p4\t", "p4 "], {"p4": 4}),
        ([COMPOSED, DECOMPOSED, f"\u00a0{DECOMPOSED}\u2003", f"{COMPOSED}\ufeff"], {COMPOSED: 4}),
        (["\u200b\u00a0", "a b", "a  b"], {"": 1, "a b": 1, "a  b": 1}),
        (["3", "3.0", "4.0", "10.00", "-2"], {"3": 2, "4": 1, "10": 1, "-2": 1}),
        (["1.0", "2.0"], {"1.0": 1, "2.0": 1}),  # names of versions, all written in one way
        (["3", "3.0", "1.10", "1.1"], {"3": 1, "3.0": 1, "1.10": 1, "1.1": 1}),  # no column of whole numbers
        (["3", "3.0", "p4"], {"3": 1, "3.0": 1, "p4": 1}),
        (["P4", "p4", "007", "7"], {"P4": 1, "p4": 1, "007": 1, "7": 1}),
    ],
)
def test_two_spellings_of_one_text_are_one_name(names: Names, values: list[str], expected: dict[str, int]) -> None:
    assert names(values, "TEXT") == (expected, expected)


@pytest.mark.parametrize("names", ["parquet", "sqlite", "postgresql"], indirect=True)  # whose columns have types
@pytest.mark.parametrize("kind", ["REAL", "NUMERIC(8, 3)"])
def test_a_column_of_numbers_names_them_without_zeros_that_say_nothing(names: Names, kind: str) -> None:
    expected = {"3": 2, "2.5": 1, "100": 1, "": 1}
    assert names([3.0, 3.0, 2.5, 100.0, None], kind) == (expected, expected)


def test_whole_numbers_are_what_they_were(names: Names) -> None:
    expected = {"3": 2, "100": 1}
    assert names([3, 3, 100], "INTEGER") == (expected, expected)
