"""How a JSON file is read: its lines as they are where DuckDB understands all of them, else rewritten."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.log.files.content import Compression, Content
from monitor.log.files.copies import Copies
from monitor.log.files.examiner import ExaminationError, Examiner
from monitor.log.files.in_question import FileInQuestion, with_counts
from monitor.log.files.json_spellings import find_spellings
from monitor.log.files.lines import find_encoding
from monitor.log.files.pieces import TEXT, JsonScan, ParquetScan, Piece, Source
from monitor.log.files.rewriting import rewrite_json
from monitor.log.files.skipped import SkipError


def json_piece(file: FileInQuestion, content: Content) -> Piece:
    """Return how to read it.

    Raises SkipError if it cannot be read.
    """
    if not content.head.strip():
        return Piece(file.name, ())
    if content.compression.is_duckdbs and content.encoding is None and file.encoding is None:
        try:
            piece = _plain_json(file, content)
        except ExaminationError:
            piece = None
        if piece is not None:
            return piece
    encoding = find_encoding(file.name, content, file.encoding)
    target = file.copies.new(".jsonl")
    done = rewrite_json(file.name, content, encoding, file.wanted, target)
    names = done.present
    full = Source(JsonScan(names, Compression.NONE), str(target), {name: (name, TEXT) for name in names})
    piece = Piece(
        file.name,
        done.columns,
        full if names else None,
        copies=(str(target),),
        repaired=content.compression.is_duckdbs,
    )
    piece = with_counts(piece, done, None if encoding.is_plain else encoding.name)
    return _compacted(file, piece) if names else piece


def _plain_json(file: FileInQuestion, content: Content) -> Piece | None:
    """Return how to read lines that are JSON; None if they must be rewritten for it."""
    names = file.wanted.names
    if not names:
        return _plain_json_of_any_keys(file, content)
    scan = JsonScan(names, content.compression)
    lines, filled, given = file.examiner.count_json(scan, file.name)
    if lines - filled > int(content.compression.is_none and _is_cut(file)) or not filled:
        return _plain_json_of_any_keys(file, content)
    columns = {name: name for name in names}
    if seldom := [name for name, n in given.items() if n < filled]:
        spellings = find_spellings(file.name, content.compression, seldom)
        if any(len(each) > 1 for each in spellings.values()):
            return None
        columns = {name: next(iter(spellings.get(name, {name})), "") for name in names}
        columns = {name: column for name, column in columns.items() if column}
        if len(columns) < len(names):  # what it has instead belongs into the error
            return _plain_json_of_any_keys(file, content)
        scan = JsonScan(tuple(columns.values()), content.compression)
    source = Source(scan, file.name, {name: (column, TEXT) for name, column in columns.items()})
    piece = Piece(file.name, tuple(columns.values()), source, lines=lines, malformed=lines - filled)
    return _compacted(file, piece)


def _plain_json_of_any_keys(file: FileInQuestion, content: Content) -> Piece | None:
    """The piece of a plain JSON file whose lines have other keys than are wanted, or none."""
    names = file.wanted.names
    found = file.examiner.json_keys(content.compression, file.name)
    cut = int(content.compression.is_none and _is_cut(file))
    variants = {name: [key for key in found.keys if _alike(key, name)] for name in names or found.keys}
    broken = found.others or found.unreadable > cut or found.unreadable == found.lines
    if broken or any(len(each) > 1 for each in variants.values()):
        return None
    columns = {name: each[0] for name, each in variants.items() if each}
    keys = tuple(sorted(found.keys))
    if not columns:
        return Piece(file.name, keys, lines=found.lines, malformed=found.lines)
    scan = JsonScan(tuple(columns.values()), content.compression)
    lines, filled, _ = file.examiner.count_json(scan, file.name)
    source = Source(scan, file.name, {name: (column, TEXT) for name, column in columns.items()})
    return _compacted(file, Piece(file.name, keys, source, lines=lines, malformed=lines - filled))


def _is_cut(file: FileInQuestion) -> bool:
    with Path(file.name).open("rb") as opened:
        opened.seek(-1, 2)
        return opened.read(1) not in b"\r\n"


def _compacted(file: FileInQuestion, piece: Piece) -> Piece:
    """Keep the short columns apart, so that JSON is read once: it takes DuckDB long, and much memory each time."""
    source = piece.source
    if source is None or not isinstance(source.scan, JsonScan) or not file.wanted.names:
        return piece
    kept = as_parquet(file.examiner, file.copies, source, file.wanted.short())
    if kept is None:
        return piece
    return replace(piece, source=kept, with_texts=source, copies=(*piece.copies, kept.path))


def as_parquet(examiner: Examiner, copies: Copies, source: Source, names: Sequence[str]) -> Source | None:
    """Return a copy of these columns of JSON; None if there is no room for it: then it is read where it lies."""
    pairs = {name: source.columns[name][0] for name in names if name in source.columns}
    if not pairs or not isinstance(source.scan, JsonScan):
        return None
    try:
        target = copies.new(".parquet")
        examiner.compact_json(source.scan, source.path, [(column, name) for name, column in pairs.items()], target)
    except (ExaminationError, SkipError):
        return None
    scan = ParquetScan(tuple((name, TEXT) for name in pairs))
    return Source(scan, str(target), {name: (name, TEXT) for name in pairs})


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
