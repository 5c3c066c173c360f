"""When the files of a log were last written."""

import glob
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from config.source import SourceSettings
from config.url import FILE_DATABASES


def file_times(source: SourceSettings) -> Mapping[str, datetime]:
    """Return the times of the files of a source that are there now, in UTC; a server and remote files have none."""
    found = {}
    for name in _names(source):
        try:
            found[name] = datetime.fromtimestamp(Path(name).stat().st_mtime, UTC)
        except OSError:  # it went away this moment
            continue
    return found


def _names(source: SourceSettings) -> Iterator[str]:
    url = sa.make_url(source.url)
    if url.get_backend_name() in FILE_DATABASES and url.database:
        yield url.database
    for relation in source.relations.values():
        for pattern in relation.files or ():
            yield from glob.glob(str(Path(pattern).expanduser()), recursive=True)  # noqa: PTH207 - as `files` does
