"""When the files of a log were last written."""

import glob
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from config.source import SourceSettings


def file_times(source: SourceSettings) -> tuple[datetime, ...]:
    """Return the times of the files of a source that are there now, in UTC; a server and remote files have none."""
    return tuple(
        datetime.fromtimestamp(path.stat().st_mtime, UTC) for name in _names(source) if (path := Path(name)).is_file()
    )


def _names(source: SourceSettings) -> Iterator[str]:
    url = sa.make_url(source.url)
    if url.get_backend_name() in ("sqlite", "duckdb") and url.database:
        yield url.database
    for relation in source.relations.values():
        for pattern in relation.files or ():
            yield from glob.glob(str(Path(pattern).expanduser()), recursive=True)  # noqa: PTH207 - as `files` does
