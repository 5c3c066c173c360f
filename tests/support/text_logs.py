"""A log of text alone (id, time, class), written as CSV, SQLite or PostgreSQL."""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.source import LabelColumns, LabelRelation, PredictionColumns, PredictionRelation, SourceSettings
from monitor.log.prediction_log import PredictionLog, open_log

PREDICTION = PredictionColumns(id="id", at="at", predicted="class")
LABEL = LabelColumns(id="id", at="at", label="class")

TextRows = Sequence[tuple[str, str, str]]
"""Id, time and class, each as it is written."""
OpenTextLog = Callable[[TextRows, TextRows], PredictionLog]
"""Write predictions and labels, and open them in hourly buckets."""


def text_log(request: pytest.FixtureRequest, folder: Path) -> OpenTextLog:
    """Of the engine that `request.param` names."""
    sources: Mapping[str, Callable[[TextRows, TextRows], SourceSettings]] = {
        "csv": lambda *rows: _files(folder, *rows),
        "sqlite": lambda *rows: _tables(f"sqlite:///{folder}/log.db", *rows),
        "postgresql": lambda *rows: _tables(request.getfixturevalue("postgres_url"), *rows),
    }

    def opened(predictions: TextRows, labels: TextRows) -> PredictionLog:
        source = sources[request.param](predictions, labels)
        return open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")

    return opened


def _files(folder: Path, predictions: TextRows, labels: TextRows) -> SourceSettings:
    for name, rows in (("predictions", predictions), ("labels", labels)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("id", "at", "class"), *rows])
    return SourceSettings(
        predictions=PredictionRelation(files=(f"{folder}/predictions.csv",), columns=PREDICTION),
        labels=LabelRelation(files=(f"{folder}/labels.csv",), columns=LABEL),
    )


def _tables(url: str, predictions: TextRows, labels: TextRows) -> SourceSettings:
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
