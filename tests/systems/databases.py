"""Tables of a database that a package wrote, kept as JSON: what made them on each engine, and their rows.

Standard library alone, since the writers run where tunewatch is not installed.
"""

import base64
import gzip
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"
Dump = dict[str, Any]


def dump(database: Path, tables: Iterable[str], postgresql: Mapping[str, str]) -> Dump:
    """Return the tables of a SQLite database; `postgresql` are the same tables as the package makes them there."""
    found: Dump = {"sqlite": {}, "postgresql": dict(postgresql), "rows": {}}
    with closing(sqlite3.connect(database)) as connection:
        for table in tables:
            sql = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
            found["sqlite"][table] = connection.execute(sql, (table,)).fetchone()[0]
            columns = connection.execute(f"PRAGMA table_xinfo({table})")
            names = [name for _, name, *_, hidden in columns if not hidden]  # generated columns cannot be written
            cursor = connection.execute(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608 - names of the package
            found["rows"][table] = [dict(zip(names, row, strict=True)) for row in cursor]
    return found


def without_keys(ddl: str) -> str:
    """Return a CREATE TABLE without what refers to other tables, which are not kept."""
    lines = [line for line in ddl.splitlines() if not re.match(r"\s*(CONSTRAINT .* )?FOREIGN KEY", line)]
    return re.sub(r",\s*\)\s*$", "\n)", "\n".join(lines).strip())


def keep(name: str, content: object) -> None:
    """Write a fixture, the same bytes each time, as lines of text that git can keep."""
    text = json.dumps(content, default=str, ensure_ascii=False, separators=(",", ":"))
    packed = gzip.compress(text.encode(), 9, mtime=0)
    (DATA / f"{name}.json.gz.b64").write_bytes(base64.encodebytes(packed))


def kept(name: str) -> Any:  # noqa: ANN401 - any JSON
    """Read a fixture."""
    return json.loads(gzip.decompress(base64.decodebytes((DATA / f"{name}.json.gz.b64").read_bytes())))
