"""Small things that several engines need."""

from pathlib import Path

import sqlalchemy as sa

from monitor.common.errors import SourceError


def as_text(sql: str) -> sa.TextClause:
    """Return SQL as it is written: a colon in it is no bind parameter."""
    return sa.text(sql.replace(":", r"\:"))


def must_exist(database: str | None) -> None:
    """Raise SourceError where the file of a database is not there."""
    if not Path(str(database)).is_file():
        raise SourceError(f"there is no database file {database}; check the path in url")
