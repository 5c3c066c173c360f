"""The files of the log that is received: Parquet, replaced whole, and on the disk for good before anybody sees them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from monitor.ingest.spool import Part, Stream

_TIME: Final = pa.timestamp("us", tz="UTC")
_FIELDS: Final = {
    Stream.PREDICTIONS: {
        "id": pa.string(),
        "at": _TIME,
        "bot": pa.string(),
        "predicted": pa.string(),
        "text": pa.string(),
        "response": pa.string(),
        "confidence": pa.float64(),
        "latency_ms": pa.float64(),
        "model_version": pa.string(),
        "prompt_version": pa.string(),
        "prompt_tokens": pa.int64(),
        "completion_tokens": pa.int64(),
        "relevance": pa.float64(),
        "relevance_source": pa.string(),
    },
    Stream.LABELS: {
        "id": pa.string(),
        "at": _TIME,
        "bot": pa.string(),
        "label": pa.string(),
        "labeller": pa.string(),
        "inclusion_probability": pa.float64(),
    },
}


class Files:
    """The folder of the log; `columns` are the further ones of predictions."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        self._folder = folder
        self._schemas = {
            stream: pa.schema({**fields, **extra, "received_at": _TIME})
            for stream, fields in _FIELDS.items()
            for extra in ([dict.fromkeys(columns, pa.string())] if stream is Stream.PREDICTIONS else [{}])
        }

    def make(self) -> None:
        """Make the folders, for this user alone as people's words will be in them. Raises OSError.

        An empty file is in each, so that a monitor finds its columns before anything came.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for stream, schema in self._schemas.items():
            folder = self._folder / stream.value
            folder.mkdir(parents=True, exist_ok=True)
            self._write(folder / "0000-empty.parquet", schema.empty_table())

    def write(self, part: Part) -> Path:
        """Write a part in the place of what its file had before. Raises OSError."""
        schema = self._schemas[part.stream]
        columns = {field.name: [row.get(field.name) for row in part.rows] for field in schema}
        times = {name: _times(values) for name, values in columns.items() if name in ("at", "received_at")}
        table = pa.table({**columns, **times}, schema=schema)
        path = self._folder / part.stream.value / part.file
        self._write(path, table)
        return path

    def _write(self, path: Path, table: pa.Table) -> None:
        unfinished = path.with_name(f".{path.name}.unfinished")
        with unfinished.open("wb") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _times(values: Sequence[str | None]) -> pa.Array:
    return pa.array(values, pa.string()).cast(_TIME)
