"""Rows that are written together are all there, however many a statement takes."""

import numpy as np
import pytest
import sqlalchemy as sa

from monitor.history.schema import LATENCY_CELLS
from monitor.history.writing.bulk import VALUES_AT_ONCE, insert_columns, insert_rows

TOGETHER = VALUES_AT_ONCE // len(LATENCY_CELLS.columns)


@pytest.mark.parametrize("count", [0, 1, TOGETHER - 1, TOGETHER, TOGETHER + 1, 3 * TOGETHER, 3 * TOGETHER + 7])
def test_rows_and_columns_are_written_alike(url: str, count: int) -> None:
    """Whole statements, and what is left over."""
    rows = [(1, 3600 * i, i % 7, -i, i + 1) for i in range(count)]
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        ordered = sa.select(LATENCY_CELLS).order_by(LATENCY_CELLS.c.bucket)
        for as_columns in (False, True):
            if as_columns:
                insert_columns(connection, LATENCY_CELLS, list(np.array(rows, dtype=np.int64).reshape(-1, 5).T))
            else:
                insert_rows(connection, LATENCY_CELLS, iter(rows))
            assert [tuple(row) for row in connection.execute(ordered)] == rows
            connection.rollback()
    engine.dispose()
