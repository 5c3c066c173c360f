"""Every migration leaves what others built on the history, and who may read it."""

# ruff: noqa: S608 - SQL of names that are written here

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.common.errors import HistoryError
from monitor.history import History
from monitor.history.migrate import HEAD
from monitor.history.schema import METADATA
from monitor.history.views import VIEWS
from tests.support.history import rows
from tests.support.releases import FOLDER, bring_to, revisions, views_file, views_of

REVISIONS = revisions()
MADE_ANEW = {
    "0002": "outcome_cells has another key; the counts of `bucket_outcomes` are sums of it",
    "0003": "advice_outcomes was empty, and has other columns",
    "0005": "counts are of a type that a division does not cut",
}
"""Migrations that take a view away and make it again. Not a way to go on: on a new line here comes the reason why no
column could be appended instead, and that the views of somebody else then stop the upgrade."""

COUNTS = (  # a count of each table that was there in the first release
    "INSERT INTO monitors (id, name, shape) VALUES (1, 'bot', 'hourly')",
    "INSERT INTO classes VALUES (1, 'card')",
    "INSERT INTO versions VALUES (1, 'm1', 'p1')",
    "INSERT INTO slices VALUES (1, 1, '', '')",
    "INSERT INTO outcome_cells VALUES (1, 3600, 1, 1, 1, 7, 7, 7)",
    "INSERT INTO latency_cells VALUES (1, 3600, 1, 300, 7)",
    "INSERT INTO metric_series VALUES (1, 1, 'accuracy', '', 'all')",
    "INSERT INTO metric_points VALUES (1, 7200500000, 0, 7200, 0.9, 0.8, 1, 0.9, 7, 7, 1, false)",
)


def run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%") if "postgresql" in url else statement)
    engine.dispose()


def relations(url: str) -> list[str]:
    """Tables and views of tunewatch's own, the number of the revision left out."""
    engine = sa.create_engine(url)
    inspector = sa.inspect(engine)
    found = [*inspector.get_table_names(), *inspector.get_view_names()]
    engine.dispose()
    return sorted(name for name in found if not name.startswith(("tunewatch_revision", "their_")))


@pytest.fixture
def analyst(postgres_admin: sa.Engine) -> Iterator[str]:
    """A role that may log in, and no more."""
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE \"the analyst\" LOGIN PASSWORD 'secret'")
    yield '"the analyst"'
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql('DROP ROLE "the analyst"')


@pytest.fixture
def built_on(postgres_url: str, analyst: str) -> Iterator[Callable[[], list[str]]]:
    """Has somebody build on every table and view that there is, and read them all."""
    run(postgres_url, f"CREATE SCHEMA theirs; GRANT USAGE ON SCHEMA theirs, public TO {analyst}")
    made: list[str] = []

    def build() -> list[str]:
        statements: list[str] = []
        for name in relations(postgres_url):
            statements.append(f"GRANT SELECT ON {name} TO {analyst}")
            if name in made or name in METADATA.tables:
                continue
            made.append(name)
            statements += (
                f"CREATE VIEW theirs.{name} WITH (security_barrier=true) AS SELECT *, '50% : done' AS note FROM {name}",
                f"CREATE VIEW theirs.on_{name} AS SELECT count(*) AS n FROM theirs.{name}",
                f"COMMENT ON VIEW theirs.{name} IS 'what we show of {name}'",
                f"GRANT SELECT, UPDATE ON theirs.{name} TO {analyst} WITH GRANT OPTION",
                f"GRANT SELECT ON theirs.on_{name} TO {analyst}",
            )
        run(postgres_url, *statements)
        return relations(postgres_url)

    yield build
    run(postgres_url, f"DROP OWNED BY {analyst}")


def all_is_there(url: str, granted: list[str], analyst: str) -> None:
    engine = sa.create_engine(url)
    made = [name for name in granted if name not in METADATA.tables]
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {analyst}")
        for name in made:
            n = connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar()
            assert connection.exec_driver_sql(f"SELECT n FROM theirs.on_{name}").scalar() == n, name
        comment = sa.text("SELECT obj_description(to_regclass(:name))")
        said = [connection.execute(comment, {"name": f"theirs.{name}"}).scalar() for name in made]
        assert said == [f"what we show of {name}" for name in made]
        options = sa.text("SELECT DISTINCT reloptions FROM pg_class WHERE oid = ANY(CAST(:names AS regclass[]))")
        assert connection.scalars(options, {"names": [f"theirs.{name}" for name in made]}).all() == [
            ["security_barrier=true"]
        ]
        lost = sa.text("SELECT n FROM unnest(CAST(:names AS text[])) n WHERE NOT has_table_privilege(n, 'SELECT')")
        assert connection.scalars(lost, {"names": granted}).all() == []
    engine.dispose()


def test_dependent_views_and_grants_survive_every_migration_one_by_one(
    postgres_url: str, analyst: str, built_on: Callable[[], list[str]]
) -> None:
    bring_to(postgres_url, REVISIONS[0])
    run(postgres_url, *COUNTS)
    oids = "SELECT relname, oid FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
    for revision in REVISIONS[1:]:
        granted, before = built_on(), dict(rows(postgres_url, oids.replace("::", "\\:\\:")))
        bring_to(postgres_url, revision)
        all_is_there(postgres_url, granted, analyst)
        after = dict(rows(postgres_url, oids.replace("::", "\\:\\:")))
        replaced = {name for name, oid in before.items() if after.get(name) != oid}
        assert not replaced or revision in MADE_ANEW, f"migration {revision} takes {replaced} away"
    built_on()
    History.open(postgres_url).close()
    assert rows(postgres_url, "SELECT n FROM theirs.on_bucket_outcomes") == [(1,)]
    assert rows(postgres_url, "SELECT n FROM theirs.on_metric_history") == [(1,)]


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_dependent_views_and_grants_survive_an_upgrade_from_any_release(
    postgres_url: str, analyst: str, built_on: Callable[[], list[str]], revision: str
) -> None:
    bring_to(postgres_url, revision)
    granted = built_on()
    History.open(postgres_url).close()
    all_is_there(postgres_url, granted, analyst)
    assert rows(postgres_url, "SELECT version_num FROM tunewatch_revision") == [(HEAD,)]


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_on_sqlite_views_and_indexes_of_others_survive_an_upgrade(tmp_path: Path, revision: str) -> None:
    url = f"sqlite:///{tmp_path / 'history.db'}"
    bring_to(url, revision)
    if revision == "0001":
        run(url, *COUNTS)
    views = list(views_of(revision, "sqlite"))
    run(url, *(f"CREATE VIEW their_{name} AS SELECT * FROM {name}" for name in views))
    run(url, "CREATE INDEX their_index ON outcome_cells (bucket)")
    History.open(url).close()
    for name in views:
        assert rows(url, f"SELECT count(*) FROM their_{name}") == rows(url, f"SELECT count(*) FROM {name}")
    assert rows(url, "SELECT tbl_name FROM sqlite_master WHERE name = 'their_index'") == [("outcome_cells",)]


def test_no_view_of_a_release_loses_a_column_or_moves_it(tmp_path: Path) -> None:
    now = {view.name: list(view.columns) for view in VIEWS}
    for revision in REVISIONS[:-1]:
        url = f"sqlite:///{tmp_path / revision}.db"
        bring_to(url, revision)
        for name in views_of(revision, "sqlite"):
            columns = [row[1] for row in rows(url, f"PRAGMA table_info({name})")]
            assert now[name][: len(columns)] == columns, f"{name} of {revision}"


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_views_change_only_with_a_migration(dialect: str) -> None:
    """An existing history makes its views anew with a migration and at no other time."""
    module = getattr(sa.dialects, dialect)
    newest = max(FOLDER.glob(f"*.{dialect}.sql"))
    told = f"a view has changed: add a migration, name it as HEAD, and run `python -m {bring_to.__module__}`"
    assert newest.read_text(encoding="utf-8") == views_file(module.dialect()), told


def test_a_materialized_view_with_its_index_and_a_grant_on_one_column_survive(
    postgres_url: str, analyst: str, built_on: Callable[[], list[str]]
) -> None:
    bring_to(postgres_url, "0001")
    run(postgres_url, *COUNTS)
    built_on()
    run(
        postgres_url,
        "CREATE MATERIALIZED VIEW theirs.days AS SELECT day, n FROM daily_accuracy",
        "CREATE UNIQUE INDEX days_once ON theirs.days (day)",
        "CREATE MATERIALIZED VIEW theirs.unread AS SELECT day FROM daily_accuracy WITH NO DATA",
        "CREATE INDEX by_label ON outcome_cells (label_id)",
        f"REVOKE SELECT ON daily_latency FROM {analyst}; GRANT SELECT (day) ON daily_latency TO {analyst}",
        "GRANT SELECT ON daily_recall TO PUBLIC",
    )
    History.open(postgres_url).close()
    assert rows(postgres_url, "SELECT n FROM theirs.days") == [(7,)]
    indexes = "SELECT indexname FROM pg_indexes WHERE indexname IN ('days_once', 'by_label') ORDER BY 1"
    assert rows(postgres_url, indexes) == [("by_label",), ("days_once",)]
    may = (
        "SELECT has_column_privilege('the analyst', 'daily_latency', 'day', 'SELECT'),"
        " has_table_privilege('the analyst', 'daily_latency', 'SELECT'),"
        " has_table_privilege('public', 'daily_recall', 'SELECT'),"
        " (SELECT relispopulated FROM pg_class WHERE relname = 'unread')"
    )
    assert rows(postgres_url, may) == [(True, False, True, False)]


def test_what_was_revoked_stays_revoked_whatever_the_default_privileges_are(postgres_url: str, analyst: str) -> None:
    bring_to(postgres_url, "0001")
    run(
        postgres_url,
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {analyst}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {analyst}",
        f"REVOKE SELECT ON daily_recall, daily_latency FROM {analyst}",
        f"GRANT SELECT (day) ON daily_latency TO {analyst}",
        "CREATE VIEW theirs AS SELECT day FROM daily_recall",
        f"REVOKE SELECT ON theirs FROM {analyst}",
    )
    History.open(postgres_url).close()
    asked = ("daily_accuracy", "daily_recall", "daily_latency", "theirs", "labeller_agreement")
    may = ", ".join(f"has_table_privilege('the analyst', '{name}', 'SELECT')" for name in asked)
    assert rows(postgres_url, f"SELECT {may}") == [(True, False, False, False, True)]
    one = "SELECT has_column_privilege('the analyst', 'daily_latency', 'day', 'SELECT')"
    assert rows(postgres_url, one) == [(True,)]
    run(postgres_url, f"DROP OWNED BY {analyst}")


@pytest.fixture
def plain_user(postgres_url: str, postgres_admin: sa.Engine) -> Iterator[str]:
    """The history's own user as it is in production: it owns its tables, and may do nothing with those of others."""
    run(postgres_url, "CREATE ROLE daemon LOGIN PASSWORD 'd'", "GRANT CREATE, USAGE ON SCHEMA public TO daemon")
    yield sa.make_url(postgres_url).set(username="daemon", password="d").render_as_string(hide_password=False)
    run(postgres_url, "DROP OWNED BY daemon CASCADE")
    with postgres_admin.connect() as connection:
        connection.exec_driver_sql("DROP ROLE daemon")


def test_a_view_of_somebody_else_keeps_the_types_that_it_was_built_on(
    postgres_url: str, plain_user: str, analyst: str
) -> None:
    bring_to(plain_user, "0004")
    run(postgres_url, f"CREATE SCHEMA theirs; GRANT USAGE, CREATE ON SCHEMA theirs TO {analyst}")
    run(plain_user, f"GRANT SELECT ON daily_accuracy TO {analyst}")
    run(postgres_url, f"SET ROLE {analyst}", "CREATE VIEW theirs.days AS SELECT day, n FROM daily_accuracy")
    History.open(plain_user).close()
    assert rows(postgres_url, "SELECT day, n FROM theirs.days") == []
    types = "SELECT data_type FROM information_schema.columns WHERE table_name = 'daily_accuracy' AND column_name = 'n'"
    assert rows(postgres_url, types) == [("bigint",)]
    run(postgres_url, f"DROP OWNED BY {analyst}")


def test_what_cannot_be_set_aside_is_named_and_nothing_is_changed(
    postgres_url: str, plain_user: str, analyst: str
) -> None:
    bring_to(plain_user, "0001")
    run(postgres_url, f"CREATE SCHEMA theirs; GRANT USAGE, CREATE ON SCHEMA theirs TO {analyst}")
    run(plain_user, f"GRANT SELECT ON daily_accuracy TO {analyst}")
    run(postgres_url, f"SET ROLE {analyst}", "CREATE VIEW theirs.days AS SELECT day, n FROM daily_accuracy")
    with pytest.raises(HistoryError, match=r'theirs\.days of "the analyst" builds on.*nothing was changed'):
        History.open(plain_user)
    assert rows(postgres_url, "SELECT version_num FROM tunewatch_revision") == [("0001",)]
    assert rows(postgres_url, "SELECT day, n FROM theirs.days") == []
    run(postgres_url, f"DROP OWNED BY {analyst}")
