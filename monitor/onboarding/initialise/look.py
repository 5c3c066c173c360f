"""Looking at what `tunewatch init` was pointed to: which tables or files are there, with which columns."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from config.object_storage import EXTRAS, ObjectStorageSettings
from config.source import FILE_FORMATS, DuckdbSettings
from monitor.common.errors import SourceError
from monitor.log.engines.connections import connect, open_engine
from monitor.log.engines.registry import ENGINES, engine_of
from monitor.log.files.content import NAMES
from monitor.log.files.copies import Copies
from monitor.log.files.library import FileLibrary
from monitor.log.files.mirror import Mirror, is_remote
from monitor.log.files.pieces import CsvScan, JsonScan, ParquetScan, Source, Wanted, path_list
from monitor.onboarding.initialise.relation import Questions, Relation

DATABASE_SUFFIXES: Final = {suffix: engine.name for engine in ENGINES for suffix in engine.suffixes}
IN_MEMORY: Final = "duckdb:///:memory:"
_ANYTHING: Final = Wanted((), frozenset(), "")
MOST_TABLES: Final = 300


@dataclass(frozen=True, slots=True)
class FoundLogs:
    """What was found: the URL to reach it by, what could be logs, and files that could not be read or are no logs."""

    url: str
    relations: tuple[Relation, ...]
    passed_over: tuple[str, ...]
    questions: Questions
    are_named: bool = False  # one by one, so that each is expected to have a role


@contextmanager
def looking(sources: Sequence[str]) -> Iterator[FoundLogs]:
    """Look at a database URL, a database file, or data files, directories and globs.

    Raises SourceError where they cannot be reached, or nothing is there.
    """
    url = _url(sources)
    with connect(open_engine(url), url) as connection:
        questions = Questions(connection)
        held: list[FileLibrary] = []  # until all is asked: they may have copies of files that are not plain
        found, skipped = (_tables(connection, questions), ()) if url != IN_MEMORY else _files(sources, held)
        relations = tuple(Relation(r.sql, questions.columns(r.sql), r.table, r.files) for r in found)
        passed_over = (*_passed_over(sources), *skipped) if url == IN_MEMORY else ()
        are_named = url == IN_MEMORY and not any(_is_folder(source) for source in sources)
        yield FoundLogs(url, relations, passed_over, questions, are_named)


def _url(sources: Sequence[str]) -> str:
    """Return the URL that reaches all sources: the one given, that of a database file, or DuckDB's for files."""
    urls = [source if _is_url(source) else _url_of_file(Path(source)) for source in sources]
    named = [url for url in urls if url]
    if not named:
        return IN_MEMORY
    if len(sources) > 1:
        raise SourceError("give one database, or data files, but not both")
    try:
        sa.make_url(named[0])
    except sa.exc.ArgumentError:
        raise SourceError("that is not a database URL; write one such as postgresql+psycopg://user@host/name") from None
    return named[0]


def _is_url(source: str) -> bool:
    scheme, mark, _ = source.partition("://")
    return bool(mark) and scheme not in EXTRAS and bool(re.fullmatch(r"[a-z][a-z0-9+]*", scheme))


def _url_of_file(path: Path) -> str:
    backend = DATABASE_SUFFIXES.get(path.suffix)
    return f"{backend}:///{path.absolute()}" if backend else ""


def _tables(connection: sa.Connection, questions: Questions) -> list[Relation]:
    rows = engine_of(connection).tables(connection)
    if not rows:
        raise SourceError("the database has no tables that this user may read")
    if len(rows) > MOST_TABLES:
        raise SourceError(f"the database has {len(rows)} tables; point to a schema or to a user that sees fewer")
    return [_table(schema, name, questions) for schema, name in rows]


def _table(schema: str | None, name: str, questions: Questions) -> Relation:
    if schema is None:
        return Relation(questions.quoted(name), table=name)
    return Relation(f"{questions.quoted(schema)}.{questions.quoted(name)}", table=f"{schema}.{name}")


def _files(sources: Sequence[str], held: list[FileLibrary]) -> tuple[list[Relation], tuple[str, ...]]:
    """Return a relation for each log, and what cannot be read now, with the reason.

    Each log has a library of its own, which is to be held: one forgets the files of a log when it looks at another.
    """
    globs = [pattern for source in sources for pattern in _globs(source)]
    if not globs:
        raise SourceError(f"found no {', '.join(FILE_FORMATS)} files in {', '.join(sources)}")
    relations: list[Relation] = []
    skipped: list[str] = []
    for pattern in dict.fromkeys(globs):
        held.append(FileLibrary(DuckdbSettings()))
        shelf = held[-1].shelve((pattern,), pattern, _ANYTHING, None)
        skipped += map(str, shelf.skipped)
        if read := [source for piece in shelf.pieces if (source := piece.source) is not None]:
            relations.append(Relation(_reader(read), files=(pattern,)))
    if not relations:
        raise SourceError(f"nothing can be read: {'; '.join(skipped) or ', '.join(globs) + ' is empty'}")
    return relations, tuple(skipped)


def _globs(source: str) -> list[str]:
    """Return a glob for each log that the source names: files whose names differ in numbers only are one log."""
    path = Path(source)
    if is_remote(source):
        if source.endswith("/"):
            names = Mirror(ObjectStorageSettings(), Copies()).names(source)
            return sorted({source + _family(Path(name)) for name in names if _format(name)})
    elif path.is_dir():
        return sorted({str(path / _family(file)) for file in path.iterdir() if _format(file.name)})
    elif not has_magic(source) and not path.is_file():
        raise SourceError(f"{source} does not exist")
    elif has_magic(source) and not _fits(source):
        raise SourceError(f"{source} fits no file")
    if not _format(source):
        raise SourceError(f"{source} is not a file of a known format; known are {', '.join(FILE_FORMATS)}")
    return [source]


def _is_folder(source: str) -> bool:
    return source.endswith("/") if is_remote(source) else Path(source).is_dir()


def _fits(pattern: str) -> bool:
    return bool(glob(pattern, recursive=True))  # noqa: PTH207 - a Path has no glob for a whole pattern


def _family(file: Path) -> str:
    """Return the file's name, with a glob in the place of the number or date that it ends with."""
    stem, suffix = file.name.removesuffix(file.suffix), file.suffix
    short = re.sub(r"[-_.]?\d[\d\-_T.]*$", "", stem)
    return f"{short}*{suffix}" if short and short != stem else file.name


def _format(name: str) -> str:
    return next((suffix for each in Path(name).suffixes if (suffix := each.lower()) in NAMES), "")


def _reader(sources: Sequence[Source]) -> str:
    """Return what stands after FROM: here DuckDB tells the types, which are better guesses than texts."""
    selects = []
    for scan, name in ((ParquetScan, "read_parquet"), (CsvScan, "read_csv"), (JsonScan, "read_json")):
        if paths := [source.path for source in sources if isinstance(source.scan, scan)]:
            selects.append(f"SELECT * FROM {name}({path_list(paths)}, union_by_name = true)")  # noqa: S608 - see quote
    return f"({' UNION ALL BY NAME '.join(selects)}) AS log"


def _passed_over(sources: Sequence[str]) -> tuple[str, ...]:
    folders = [Path(source) for source in sources if Path(source).is_dir()]
    return tuple(sorted(str(f) for folder in folders for f in folder.iterdir() if f.is_file() and not _format(f.name)))
