"""Ids and classes that two programs wrote in two ways: joined and compared alike on every engine."""

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.source import LabelColumns, LabelRelation, PredictionColumns, PredictionRelation, SourceSettings
from monitor.common.errors import SourceError
from monitor.log.counts import ALL, BucketCounts
from monitor.log.prediction_log import open_log
from tests.support.messy_logs import START

UUID = "0af76519-16cd-43dd-8448-eb211c80319c"
BUCKET = int(START.timestamp())

Rows = list[tuple[str, str]]
"""Id and class."""
Count = Callable[[Rows, Rows], BucketCounts]


@pytest.fixture(params=["csv", "sqlite", "postgresql"])
def count(request: pytest.FixtureRequest, tmp_path: Path) -> Count:
    """Write predictions and labels as text, and count them."""
    columns = PredictionColumns(id="id", at="at", predicted="class")
    label_columns = LabelColumns(id="id", at="at", label="class")

    def of_files(predictions: Rows, labels: Rows) -> SourceSettings:
        for name, rows in (("predictions", predictions), ("labels", labels)):
            with (tmp_path / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([("id", "at", "class"), *((i, START.isoformat(), c) for i, c in rows)])
        return SourceSettings(
            predictions=PredictionRelation(files=(f"{tmp_path}/predictions.csv",), columns=columns),
            labels=LabelRelation(files=(f"{tmp_path}/labels.csv",), columns=label_columns),
        )

    def of_tables(predictions: Rows, labels: Rows) -> SourceSettings:
        url = f"sqlite:///{tmp_path}/log.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            for name, rows in (("predictions", predictions), ("labels", labels)):
                connection.exec_driver_sql(f"CREATE TABLE {name} (id TEXT, at TEXT, class TEXT)")
                values = [{"id": i, "at": START.isoformat(), "c": c} for i, c in rows]
                connection.execute(sa.text(f"INSERT INTO {name} VALUES (:id, :at, :c)"), values)  # noqa: S608
        engine.dispose()
        return SourceSettings(
            url=url,
            predictions=PredictionRelation(table="predictions", columns=columns),
            labels=LabelRelation(table="labels", columns=label_columns),
        )

    def counted(predictions: Rows, labels: Rows) -> BucketCounts:
        source = (of_files if request.param == "csv" else of_tables)(predictions, labels)
        log = open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")
        return log.count([BUCKET], START)

    return counted


def answers(counts: BucketCounts) -> dict[tuple[str, str | None], int]:
    return {(row.predicted, row.label): row.n for row in counts.outcomes if row.segment == ALL}


def problems(counts: BucketCounts) -> dict[str, int]:
    return {row.kind: row.n for row in counts.problems}


def test_ids_that_two_programs_write_in_two_ways_join(count: Count) -> None:
    pairs = [("123", "123.0"), (UUID, UUID.upper()), ("x", "x "), ("2" * 17, "2" * 17 + ".0"), ("y", "y"), ("A1", "A1")]
    pairs += [(UUID[:-1] + "0", "{" + UUID[:-1] + "0}")]
    counts = count([(one, "a") for one, _ in pairs], [(other, "b") for _, other in pairs])
    assert answers(counts) == {("a", "b"): len(pairs)}
    assert problems(counts) == {}


def test_ids_that_are_two_stay_two(count: Count) -> None:
    counts = count([("1", "a"), ("12.5", "a"), ("ab", "a")], [("01", "b"), ("12.50", "b"), ("AB", "b"), ("z ", "b")])
    assert answers(counts) == {("a", None): 3}
    assert problems(counts) == {"orphan_label": 4}


def test_ids_of_two_kinds_are_shown_side_by_side(count: Count) -> None:
    counts = count([(f"run-{n}", "a") for n in range(30)], [(f"chat-{n}", "a") for n in range(30)])
    (notice,) = counts.notices
    assert (notice.kind, notice.n, notice.of) == ("orphan_label", 30, 30)
    assert [example.split("-")[0] for example in notice.examples] == ["label chat", "prediction run"]


def test_classes_that_mean_the_same_are_one(count: Count) -> None:
    predictions = [("1", " urgent"), ("2", "r\u00e9clamation"), ("3", "3"), ("4", "Billing"), ("5", "3.0")]
    labels = [("1", "urgent"), ("2", "re\u0301clamation"), ("3", "3.0"), ("4", "billing"), ("5", "3")]
    counts = count(predictions, labels)
    expected = {"urgent": 1, "r\u00e9clamation": 1, "3": 2, "Billing": 1}
    assert answers(counts) == {(name, name): n for name, n in expected.items()}


def test_labels_that_say_none_are_no_labels_and_are_told(count: Count) -> None:
    predictions = [(str(n), "a") for n in range(5)]
    counts = count(predictions, [("0", "a"), ("1", "None"), ("2", "N/A"), ("3", " "), ("0", "skip")])
    assert answers(counts) == {("a", "a"): 1, ("a", None): 4}
    assert problems(counts) == {"no_label": 3, "null_label": 1}


def test_a_log_without_any_id_or_class_is_an_error(count: Count) -> None:
    with pytest.raises(SourceError, match=r"none of the 60 rows has a class in the column class.*columns\.predicted"):
        count([(str(n), " ") for n in range(60)], [("0", "a")])
