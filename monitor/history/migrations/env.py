"""Alembic's entry: migrates on the connection that `monitor.history.migrate` hands over, inside its transaction."""

from alembic import context

from monitor.history.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,  # also on SQLite, where Alembic assumes otherwise: all of it or nothing
)
context.run_migrations()
