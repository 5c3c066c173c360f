"""Rows that are written together are all there, however many a statement takes."""

import numpy as np
import pytest
import sqlalchemy as sa

from monitor.history.schema import LATENCY_CELLS, OUTCOME_CELLS
from monitor.history.writing.bulk import VALUES_AT_ONCE, insert_columns, insert_rows

TOGETHER = VALUES_AT_ONCE // len(LATENCY_CELLS.columns)
BOUND = VALUES_AT_ONCE // (len(LATENCY_CELLS.columns) - 1)  # of columns; the first has one value in all rows


@pytest.mark.parametrize("count", [0, 1, TOGETHER - 1, TOGETHER, BOUND - 1, BOUND, BOUND + 1, 3 * BOUND, 3 * BOUND + 7])
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


@pytest.mark.parametrize("alike", [True, False])
def test_a_value_of_all_rows_and_columns_that_are_equal_are_written_where_they_belong(url: str, *, alike: bool) -> None:
    """Whole numbers and floats that are equal are not one column; neither are columns that begin alike."""
    count = 1 if alike else 200
    n, one = np.arange(1, count + 1), np.ones(count)
    weight = np.where(n % 3 > 0, n, 0.0)
    columns = [n * 0 + 7, n, n * 0, n, n % 2, n * 0 - 1, n, weight, weight, n * 0, one.astype(np.int64)]
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        insert_columns(connection, OUTCOME_CELLS, columns)
        found = connection.execute(sa.select(OUTCOME_CELLS).order_by(OUTCOME_CELLS.c.bucket)).all()
        assert [tuple(row) for row in found] == rows
        assert all(type(row.weight) is float for row in found)
    engine.dispose()
