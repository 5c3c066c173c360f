"""Every statement of docs/sql.md runs on both engines and gives the same rows; the role that it makes only reads."""

from collections.abc import Iterator

import pandas as pd
import pytest
import sqlalchemy as sa

from tests.support.analysts import fill
from tests.support.history import rows
from tests.support.sql_blocks import sql_blocks

STATEMENTS = sql_blocks("sql.md")


def cell(value: object) -> str:
    """A value as both engines say it: numbers to nine digits, times without their zone, flags as 0 and 1."""
    if value is None or isinstance(value, str):
        text = str(value)
        return text.removesuffix(" 00:00:00")
    if hasattr(value, "year"):
        return str(pd.Timestamp(str(value)).tz_localize(None)).removesuffix(" 00:00:00")
    return f"{float(value):.9g}"  # type: ignore[arg-type]


def test_every_statement_gives_the_same_rows_in_the_same_order(copied_sqlite: str, emptied_postgres: str) -> None:
    both = (copied_sqlite, emptied_postgres)
    for url in both:
        fill(url)
    assert len(STATEMENTS) >= 18
    for statement in STATEMENTS:
        first, second = ([[cell(value) for value in row] for row in rows(url, statement)] for url in both)
        assert first, statement
        assert first == second, statement


@pytest.fixture
def reader(emptied_postgres: str, postgres_admin: sa.Engine) -> Iterator[sa.Engine]:
    """Whoever logs in as the role that the page makes."""
    (block,) = sql_blocks("sql.md", "sql-postgresql")
    owner = sa.create_engine(emptied_postgres)
    with owner.begin() as connection:
        for statement in block.split(";"):
            connection.exec_driver_sql(statement)
    url = sa.make_url(emptied_postgres).set(username="tunewatch_reader", password="change me")
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY tunewatch_reader")
    owner.dispose()
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql("DROP ROLE tunewatch_reader")


def test_the_role_reads_every_view_and_writes_nothing(emptied_postgres: str, reader: sa.Engine) -> None:
    fill(emptied_postgres)
    with reader.connect() as connection:
        for statement in STATEMENTS:
            assert connection.execute(sa.text(statement)).all(), statement
    for statement in ("DELETE FROM findings", "CREATE TABLE mine (a INT)", "UPDATE monitors SET name = 'x'"):
        with reader.connect() as connection:
            connection.exec_driver_sql("SET default_transaction_read_only = off")
            connection.commit()
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
                connection.exec_driver_sql(statement)


def test_views_of_a_later_release_are_read_too(emptied_postgres: str, reader: sa.Engine) -> None:
    owner = sa.create_engine(emptied_postgres)
    with owner.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW of_a_later_release AS SELECT 1 AS n")
    try:
        with reader.connect() as connection:
            assert connection.exec_driver_sql("SELECT n FROM of_a_later_release").scalar() == 1
    finally:
        with owner.begin() as connection:
            connection.exec_driver_sql("DROP VIEW of_a_later_release")
        owner.dispose()
