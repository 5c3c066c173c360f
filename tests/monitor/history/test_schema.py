"""The tables are what the migrations make, and what docs/history.md says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from checks.metrics.names import METRICS
from monitor.history import History
from monitor.history.migrate import HEAD, VERSION_TABLE
from monitor.history.schema import METADATA
from monitor.history.views import VIEWS
from tests.support.history import rows
from tests.support.releases import bring_to

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "history.md"

DESCRIBED: dict[str, tuple[str | None, dict[str, str | None]]] = {
    **{t.name: (t.comment, {c.name: c.comment for c in t.columns}) for t in METADATA.sorted_tables},
    **{view.name: (view.comment, dict(view.columns)) for view in VIEWS},
}
"""Comment, and columns with theirs, of every table and view."""


@pytest.fixture
def connection(url: str, history: History) -> Iterator[sa.Connection]:
    history.ping()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def migrated_url(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> str:
    """A history of the kind that `url` has, made by all migrations, one after the other."""
    is_sqlite = url.startswith("sqlite")
    made: str = f"sqlite:///{tmp_path / 'migrated.db'}" if is_sqlite else request.getfixturevalue("postgres_url")
    bring_to(made, HEAD)
    return made


def test_a_new_history_is_what_all_migrations_make(url: str, migrated_url: str) -> None:
    made = schema(migrated_url)
    assert made.keys() == {*METADATA.tables, VERSION_TABLE}
    assert schema(url) == made
    for table in ("latency_bins", VERSION_TABLE):
        assert rows(url, f"SELECT * FROM {table} ORDER BY 1") == rows(migrated_url, f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608


def schema(url: str) -> dict[str, list[object]]:
    """Of each table its columns in order, its keys, constraints and indexes with their names, and its options."""
    engine = sa.create_engine(url)
    inspector = sa.inspect(engine)
    found: dict[str, list[object]] = {
        table: [
            [{**column, "type": repr(column["type"]), "comment": None} for column in inspector.get_columns(table)],
            inspector.get_pk_constraint(table) | {"comment": None},
            *(
                sorted(map(str, of(table)))
                for of in (inspector.get_foreign_keys, inspector.get_unique_constraints, inspector.get_indexes)
            ),
        ]
        for table in inspector.get_table_names()
    }
    engine.dispose()
    if url.startswith("sqlite"):
        for table, sql in rows(
            url, "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ):
            found[table].append("WITHOUT ROWID" in sql)
    return found


def test_the_newest_migration_is_the_one_that_the_code_names() -> None:
    assert ScriptDirectory(ROOT / "monitor" / "history" / "migrations").get_heads() == [HEAD]


def test_the_views_have_the_columns_that_are_described(connection: sa.Connection) -> None:
    for view in VIEWS:
        assert list(connection.execute(sa.text(f"SELECT * FROM {view.name}")).keys()) == list(view.columns)  # noqa: S608


def test_every_table_and_column_is_described() -> None:
    for name, (comment, columns) in DESCRIBED.items():
        assert comment, name
        assert all(columns.values()), name


def test_postgresql_says_what_its_columns_are(emptied_postgres: str) -> None:
    engine = sa.create_engine(emptied_postgres)
    inspector = sa.inspect(engine)
    for name, (comment, columns) in DESCRIBED.items():
        assert {column["name"]: column["comment"] for column in inspector.get_columns(name)} == columns
        assert inspector.get_table_comment(name)["text"] == comment
    engine.dispose()


def test_the_documentation_describes_every_table_and_column_in_the_same_words() -> None:
    sections = re.split(r"^### ", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    documented = {}
    for section in sections:
        heading, _, body = section.partition("\n")
        comment = body.strip().splitlines()[0]
        table = body.partition("#### ")[0]
        columns = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, flags=re.MULTILINE))
        documented[heading.strip("` ")] = (comment, columns)
    assert documented == DESCRIBED


def test_the_documentation_lists_every_metric_with_its_unit_and_slices() -> None:
    text = DOCS.read_text(encoding="utf-8").partition("#### The metrics")[2].partition("### ")[0]
    listed = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \| (.*) \|$", text, flags=re.MULTILINE)
    assert listed == [(m.name, m.unit, m.slices.value, m.of_class, m.meaning) for m in METRICS]
