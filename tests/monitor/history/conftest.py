"""A history of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.history import History
from monitor.history.schema import LATENCY_BINS, METADATA

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a history may be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture(scope="session")
def postgres_history(postgres_admin: sa.Engine) -> Iterator[str]:
    """A history on PostgreSQL for all tests that leave its tables as they are: to make a database takes seconds."""
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE histories")
    url = postgres_admin.url.set(database="histories").render_as_string(hide_password=False)
    History.open(url).close()
    yield url
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE histories WITH (FORCE)")


@pytest.fixture
def emptied_postgres(postgres_history: str) -> Iterator[str]:
    """That history, empty again after the test."""
    yield postgres_history
    engine = sa.create_engine(postgres_history)
    with engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            if table is not LATENCY_BINS:
                connection.execute(table.delete())
    engine.dispose()


@pytest.fixture(params=["copied_sqlite", "emptied_postgres"], ids=KINDS)
def url(request: pytest.FixtureRequest) -> str:
    """Where an empty history is."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def history(url: str) -> Iterator[History]:
    """An empty history."""
    opened = History.open(url)
    yield opened
    opened.close()
