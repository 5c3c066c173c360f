"""Writes a simulated log as the Parquet files that a chatbot's platform would leave behind."""

from pathlib import Path
from typing import Final

import duckdb

from monitor.demo.simulate import BotLog, Columns

# Numpy's times have no zone; those of the files are UTC and say so.
PREDICTIONS: Final = "SELECT * REPLACE (ts AT TIME ZONE 'UTC' AS ts) FROM columns"
LABELS: Final = "SELECT * REPLACE (labelled_at AT TIME ZONE 'UTC' AS labelled_at) FROM columns"


def write_log(log: BotLog, folder: Path) -> None:
    """Write `folder`/predictions.parquet and `folder`/labels.parquet, in place of any that are there.

    The same log gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": 1}) as connection:  # one thread: rows keep their order
        _write(connection, log.predictions, PREDICTIONS, folder / "predictions.parquet")
        _write(connection, log.labels, LABELS, folder / "labels.parquet")


def _write(connection: duckdb.DuckDBPyConnection, columns: Columns, query: str, path: Path) -> None:
    connection.register("columns", dict(columns))
    connection.sql(query).write_parquet(str(path))
    connection.unregister("columns")
