"""Histories as earlier releases left them. The views of each are in a file, since a release knows only its own.

`python -m tests.support.releases` writes the files of the newest revision, once its migration is there.
"""

import re
import textwrap
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite

from monitor.history.engine import open_engine, writing
from monitor.history.migrate import HEAD, upgrade
from monitor.history.views import definitions

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "tests" / "monitor" / "history" / "views_of_releases"


def revisions() -> list[str]:
    """All of them, oldest first."""
    scripts = ScriptDirectory(ROOT / "monitor" / "history" / "migrations").walk_revisions()
    return sorted(script.revision for script in scripts)


def views_of(revision: str, dialect: str) -> dict[str, str]:
    """The SELECT of each view by name; a revision without a file changed none."""
    newest = max(file for file in FOLDER.glob(f"*.{dialect}.sql") if file.name[:4] <= revision)
    found = re.findall(r"CREATE VIEW (\w+) AS\n(.*?);\n", newest.read_text(encoding="utf-8"), flags=re.DOTALL)
    return dict(found)


def views_file(dialect: sa.Dialect) -> str:
    """The file of the views as they are now."""
    views = definitions(dialect)
    return "".join(f"CREATE VIEW {name} AS\n{textwrap.dedent(select).strip()};\n\n" for name, select in views.items())


def bring_to(url: str, revision: str) -> None:
    """Make a history, or upgrade it, to what it was at that revision."""
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            upgrade(connection, revision, views_of(revision, engine.dialect.name))
    finally:
        engine.dispose()


if __name__ == "__main__":
    dialects: list[sa.Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]  # SQLAlchemy's
    for dialect in dialects:
        (FOLDER / f"{HEAD}.{dialect.name}.sql").write_text(views_file(dialect), encoding="utf-8")
