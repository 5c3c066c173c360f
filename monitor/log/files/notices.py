"""What people must know of the files of a log: which were not read, and which not as they are."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from monitor.log.counts import LogNotice
from monitor.log.files.library import Shelf
from monitor.log.files.pieces import Piece
from monitor.log.files.union import mixtures
from monitor.log.problems import ProblemKind

_EXAMPLES: Final = 3


def file_notices(shelf: Shelf, names: Sequence[str]) -> tuple[LogNotice, ...]:
    """Return what is to be told of the files; `names` are the columns that are mapped."""
    return tuple(_notices(shelf, names))


def _notices(shelf: Shelf, names: Sequence[str]) -> Iterator[LogNotice]:
    pieces = shelf.pieces
    files = len(pieces) + len(shelf.skipped)
    yield from _notice(ProblemKind.SKIPPED_FILE, [str(each) for each in shelf.skipped], files)
    recoded = [f"{_short(piece)} is in {piece.encoding}" for piece in pieces if piece.encoding]
    yield from _notice(ProblemKind.RECODED_FILE, recoded, files)
    rewritten = [_short(piece) for piece in pieces if piece.repaired and not piece.encoding]
    yield from _notice(ProblemKind.REWRITTEN_FILE, rewritten, files)
    yield from _malformed(pieces)
    yield from _absent(pieces, names)
    yield from _mixed(pieces)


def _notice(kind: ProblemKind, examples: Sequence[str], of: int) -> Iterator[LogNotice]:
    if examples:
        yield LogNotice(kind, len(examples), of, tuple(examples[:_EXAMPLES]))


def _malformed(pieces: Sequence[Piece]) -> Iterator[LogNotice]:
    bad = sum(piece.malformed for piece in pieces)
    if bad:
        lines = [f"{_short(piece)}, line {line}" for piece in pieces for line in piece.bad_lines]
        named = lines or [_short(piece) for piece in pieces if piece.malformed]
        yield LogNotice(ProblemKind.MALFORMED_LINE, bad, sum(piece.lines for piece in pieces), tuple(named[:_EXAMPLES]))


def _absent(pieces: Sequence[Piece], names: Sequence[str]) -> Iterator[LogNotice]:
    """Columns that older files have and the newest have not: renamed, or no longer written."""
    written = [(piece, source) for piece in sorted(pieces, key=_age) if (source := piece.read(texts=True)) is not None]
    lacking: dict[str, int] = {}
    for name in names:
        has = [name in source.columns for _, source in written]
        if any(has) and not has[-1]:
            lacking[name] = has[::-1].index(True)
    if lacking:
        newest, source = written[-1]
        mapped = {column for column, _ in source.columns.values()}
        others = [column for column in newest.columns if column not in mapped]
        instead = f" (it has {', '.join(others[:_EXAMPLES])})" if others else ""
        examples = [f"{_short(newest)} has no {name}{instead}" for name in lacking]
        yield LogNotice(ProblemKind.ABSENT_COLUMN, max(lacking.values()), len(written), tuple(examples[:_EXAMPLES]))


def _mixed(pieces: Sequence[Piece]) -> Iterator[LogNotice]:
    sources = {piece.source.path: piece.name for piece in pieces if piece.source is not None}
    found = mixtures([piece.source for piece in pieces if piece.source is not None])
    examples = [f"{Path(sources[each.path]).name} has {each.column} as {each.type[:40]}" for each in found]
    yield from _notice(ProblemKind.MIXED_TYPES, examples, len(sources))


def _short(piece: Piece) -> str:
    return Path(piece.name).name


def _age(piece: Piece) -> tuple[int, str]:
    try:
        return Path(piece.name).stat().st_mtime_ns, piece.name
    except OSError:  # it went away this moment
        return 0, piece.name
