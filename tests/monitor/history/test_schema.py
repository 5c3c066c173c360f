"""The tables are what the migrations make, and what docs/history.md says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from checks.metrics.names import METRICS
from monitor.history import History
from monitor.history.migrate import HEAD, VERSION_TABLE
from monitor.history.schema import METADATA
from monitor.history.views import VIEWS

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


def test_the_migrations_make_the_tables_that_the_code_expects(connection: sa.Connection) -> None:
    options = {"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
    assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


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
