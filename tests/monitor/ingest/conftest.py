"""A receiver on a port of its own, and what its folder holds."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from monitor.common.clock import MACHINE, Clocks
from tests.support.ingesting import TOKEN, Client, receiver

Serve = Callable[..., AbstractContextManager[Client]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ingest"


@pytest.fixture
def serve(folder: Path) -> Serve:
    """Serve with some settings; at the end all that was received is in the log."""

    @contextmanager
    def serving(clocks: Clocks = MACHINE, **settings: Any) -> Iterator[Client]:  # noqa: ANN401
        with receiver(folder, clocks=clocks, **settings) as service:
            yield Client("http://{}:{}".format(*service.address), TOKEN)

    return serving


@pytest.fixture
def log(folder: Path) -> Callable[[str], list[dict[str, Any]]]:
    """What a reader of the folder finds, in the order of arrival."""

    def rows(stream: str) -> list[dict[str, Any]]:
        table = pa.concat_tables([pq.read_table(file) for file in sorted((folder / stream).glob("*.parquet"))])
        return list(table.sort_by([("received_at", "ascending"), ("id", "ascending")]).to_pylist())

    return rows
