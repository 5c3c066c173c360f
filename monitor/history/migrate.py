"""Bring the tables to what this release expects, when the history is opened."""

from contextlib import nullcontext
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, Engine, MetaData, PrimaryKeyConstraint, String, Table, inspect, text
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement, SetColumnComment, SetTableComment

from monitor.common.errors import HistoryError
from monitor.history.engine import reading, shown_url, writing
from monitor.history.schema import LATENCY_BINS, METADATA
from monitor.history.schema.keys import latency_bins
from monitor.history.views import VIEWS, definitions
from monitor.history.views.making import replace_views
from monitor.history.views.upgrade import upgrade_tables

HEAD: Final = "0015"
"""Revision of the newest file in migrations/versions."""

VERSION_TABLE: Final = "tunewatch_revision"

_REVISIONS: Final = Table(  # as Alembic makes it
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)

_LOCK: Final = 7_386_921_004  # any number, the same in every release: the PostgreSQL advisory lock of those who migrate


def migrate(engine: Engine) -> None:
    """Create or upgrade the tables; nothing happens when they are up to date.

    Several processes may do this at once: one works, the others wait for it. Raises HistoryError when the history is
    of a newer release, or when the database holds something else.
    """
    with reading(engine) as connection:
        if _revision(connection) == HEAD:
            return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = _revision(connection)
        if revision == HEAD:
            return
        if revision is None:
            _create(connection)
        else:
            upgrade(connection, HEAD, definitions(engine.dialect))
        if engine.dialect.supports_comments:
            _write_comments(connection)


def _create(connection: Connection) -> None:
    """Make what the migrations make one after the other, in a quarter of the time."""
    _check_free(connection)
    for table in METADATA.sorted_tables:
        connection.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            connection.execute(CreateIndex(index))
    connection.execute(LATENCY_BINS.insert(), latency_bins())
    _REVISIONS.create(connection)
    connection.execute(_REVISIONS.insert().values(version_num=HEAD))
    replace_views(connection, definitions(connection.dialect))


def check_current(engine: Engine) -> None:
    """Raise HistoryError unless the tables are what this release expects. Nothing is written."""
    shown = shown_url(engine)
    is_missing = engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file()
    with nullcontext() if is_missing else reading(engine) as connection:
        revision = None if connection is None else _revision(connection)
    if revision is None:
        raise HistoryError(f"there is no history in {shown} yet; `tunewatch run` or `tunewatch once` makes it")
    if revision > HEAD:
        raise _newer(shown, revision)
    if revision < HEAD:
        raise HistoryError(
            f"the history {shown} is of an earlier release and is only read here, not upgraded: its revision is "
            f"{revision}, this release reads {HEAD}; start the daemon of this release (or `tunewatch once`), which "
            "upgrades it, or read it with the release that wrote it"
        )


def upgrade(connection: Connection, revision: str, selects: dict[str, str]) -> None:
    """Bring the tables to a revision, and make its views: SELECTs by name.

    What others built on the history, and who may read it, stays.
    """
    # Alembic takes a tenth of a second to import, and most starts have nothing to migrate.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(files("monitor.history") / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    _check_ours(connection, known)
    upgrade_tables(connection, METADATA.tables.keys(), selects, lambda: command.upgrade(config, revision))


def _check_ours(connection: Connection, known: set[str]) -> None:
    revision = _revision(connection)
    if revision is None:
        _check_free(connection)
    elif revision not in known:
        raise _newer(shown_url(connection.engine), revision)


def _check_free(connection: Connection) -> None:
    shown, foreign = shown_url(connection.engine), set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":  # a database may hold other things beside the history
        foreign &= {*METADATA.tables, *(view.name for view in VIEWS)}
    if foreign:
        raise HistoryError(
            f"{shown} already holds tables that are not tunewatch's ({', '.join(sorted(foreign)[:5])}); "
            "set history.url to a place of its own: another file, database or schema"
        )


def _newer(shown: str, revision: str) -> HistoryError:
    return HistoryError(
        f"the history {shown} was written by a newer tunewatch: its revision is {revision}, this release knows "
        f"up to {HEAD}; run that release, or set history.url to another place"
    )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def _write_comments(connection: Connection) -> None:
    """Put the descriptions of tables and columns into the catalogue; they belong to the release, not to a migration."""
    tables = METADATA.sorted_tables
    described: list[DDLElement] = [
        *(SetTableComment(table) for table in tables),
        *(SetColumnComment(column) for table in tables for column in table.columns),
    ]
    statements = [str(each.compile(dialect=connection.dialect)) for each in described]
    quote = connection.dialect.identifier_preparer.quote
    for view in VIEWS:
        statements.append(f"COMMENT ON VIEW {view.name} IS {_literal(view.comment)}")
        for name, comment in view.columns.items():
            statements.append(f"COMMENT ON COLUMN {view.name}.{quote(name)} IS {_literal(comment)}")
    connection.exec_driver_sql(";\n".join(statements))  # at once: they are five hundred, and the server may be far away


def _literal(value: str) -> str:
    """Quote a constant of ours; % is doubled for the driver."""
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"
