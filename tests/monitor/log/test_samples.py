"""Examples of what cannot be read: a few values, short and without secrets, on every engine."""

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.source import LabelColumns, LabelRelation, PredictionColumns, PredictionRelation, SourceSettings
from monitor.log.counts import LogNotice
from monitor.log.prediction_log import open_log
from tests.support.messy_logs import START

BUCKET = int(START.timestamp())
GOOD = START.isoformat()
PREDICTION = PredictionColumns(id="id", at="at", predicted="class")
LABEL = LabelColumns(id="id", at="at", label="class")

Rows = list[tuple[str, str, str]]
"""Id, time and class."""
Notices = Callable[[Rows, Rows], dict[str, LogNotice]]


@pytest.fixture(params=["csv", "sqlite", "postgresql"])
def notices(request: pytest.FixtureRequest, tmp_path: Path) -> Notices:
    """Write predictions and labels as text, count them, and give what is told of them."""

    def of_files(predictions: Rows, labels: Rows) -> SourceSettings:
        for name, rows in (("predictions", predictions), ("labels", labels)):
            with (tmp_path / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([("id", "at", "class"), *rows])
        return SourceSettings(
            predictions=PredictionRelation(files=(f"{tmp_path}/predictions.csv",), columns=PREDICTION),
            labels=LabelRelation(files=(f"{tmp_path}/labels.csv",), columns=LABEL),
        )

    def of_tables(predictions: Rows, labels: Rows) -> SourceSettings:
        url = f"sqlite:///{tmp_path}/log.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            for name, rows in (("predictions", predictions), ("labels", labels)):
                connection.exec_driver_sql(f"CREATE TABLE {name} (id TEXT, at TEXT, class TEXT)")
                values = [{"id": i, "at": at, "c": c} for i, at, c in rows]
                connection.execute(sa.text(f"INSERT INTO {name} VALUES (:id, :at, :c)"), values)  # noqa: S608
        engine.dispose()
        return SourceSettings(
            url=url,
            predictions=PredictionRelation(table="predictions", columns=PREDICTION),
            labels=LabelRelation(table="labels", columns=LABEL),
        )

    def told(predictions: Rows, labels: Rows) -> dict[str, LogNotice]:
        source = (of_files if request.param == "csv" else of_tables)(predictions, labels)
        log = open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")
        counted = {buckets: log.count(buckets, START) for buckets in ((BUCKET,), ())}
        of_nothing = {notice.kind: notice for notice in counted[()].notices}
        found = {notice.kind: notice for notice in counted[(BUCKET,)].notices}
        assert of_nothing == {kind: notice for kind, notice in found.items() if kind != "duplicate_id"}
        return found

    return told


def test_label_times_that_cannot_be_read_are_shown(notices: Notices) -> None:
    labels = [("1", GOOD, "a"), ("2", "next week", "a"), ("3", "1899-12-30", "a")]
    found = notices([(str(i), GOOD, "a") for i in range(4)], labels)
    assert found["null_label_time"] == LogNotice("null_label_time", 1, 0, ("next week",))
    assert found["implausible_label_time"] == LogNotice("implausible_label_time", 1, 0, ("1899-12-30",))


def test_times_are_shown_three_at_most_and_without_secrets(notices: Notices) -> None:
    odd = ["token=hunter2hunter2", *(f"somewhen {i}" * 20 for i in range(4))]
    found = notices([("0", GOOD, "a")], [("0", GOOD, "a"), *((str(i), at, "a") for i, at in enumerate(odd))])
    notice = found["null_label_time"]
    assert (notice.n, len(notice.examples)) == (5, 3)
    assert max(map(len, notice.examples)) <= 60
    assert not any("hunter2" in example for example in notice.examples)


def test_ids_that_several_predictions_share_are_shown(notices: Notices) -> None:
    found = notices([*(("chat 7", GOOD, "a") for _ in range(3)), ("alone", GOOD, "a")], [("alone", GOOD, "a")])
    assert found["duplicate_id"] == LogNotice("duplicate_id", 2, 0, ("chat 7",))
