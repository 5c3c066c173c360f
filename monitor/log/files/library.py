"""The files of a log, each examined once for as long as it does not change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from config.source import DuckdbSettings
from monitor.log.engines.engine import duckdb_settings
from monitor.log.files.content import Compression, Content, FileFormat, look_into
from monitor.log.files.copies import Copies
from monitor.log.files.examiner import ExaminationError, Examiner, examining
from monitor.log.files.json_spellings import find_spellings
from monitor.log.files.lines import find_encoding
from monitor.log.files.listing import Listing, LogFile, Stamp, is_remote, list_files, stamp_of
from monitor.log.files.pieces import (
    TEXT,
    CsvScan,
    JsonScan,
    ParquetScan,
    Piece,
    Source,
    Wanted,
)
from monitor.log.files.rewriting import EXAMPLES, Rewritten, header_of, rewrite_csv, rewrite_json
from monitor.log.files.skipped import SkipError, SkippedFile, SkipReason


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of a relation as they are now: those that can be read, in order, and those that cannot."""

    pieces: tuple[Piece, ...]
    skipped: tuple[SkippedFile, ...]


_Key = tuple[str, Wanted, str | None]


class FileLibrary:
    """Examines files and remembers what it found, until they change. Not for several threads at once."""

    def __init__(self, duckdb: DuckdbSettings) -> None:
        """Nothing is known yet."""
        self._duckdb = duckdb
        self._copies = Copies(duckdb.spill_folder)
        self._known: dict[_Key, tuple[Stamp | None, Piece | SkippedFile]] = {}

    def shelve(
        self, patterns: Sequence[str], key: str, wanted: Wanted, encoding: str | None, *, texts: bool = False
    ) -> Shelf:
        """Look at the files that the globs match now; with `texts`, so that their long texts can be read often.

        Raises SourceError if a glob matches none.
        """
        listing = list_files(patterns, key)
        found = self._examine(listing, wanted, encoding)
        if texts:
            found = self._with_texts(listing, wanted, encoding)
        self._forget(wanted, encoding, {file.name for file in listing.files})
        skipped = [each for each in found if isinstance(each, SkippedFile)]
        pieces = tuple(each for each in found if isinstance(each, Piece))
        return Shelf(pieces, (*listing.skipped, *skipped))

    def distrust(self) -> bool:
        """Read all files through and skip those that fail; whether there was one that was trusted before."""
        failed = False
        with examining(self._settings) as examiner:
            for key, (stamp, piece) in list(self._known.items()):
                if isinstance(piece, Piece) and (reason := _failure(examiner, piece)) is not None:
                    self._known[key] = (stamp, SkippedFile(piece.name, reason))
                    failed = True
        return failed

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return duckdb_settings(self._duckdb)

    def close(self) -> None:
        """Forget all, and remove the copies that were made."""
        self._known.clear()
        self._copies.remove()

    def _examine(self, listing: Listing, wanted: Wanted, encoding: str | None) -> list[Piece | SkippedFile]:
        fresh = [file for file in listing.files if self._recall(file, wanted, encoding) is None]
        if fresh:
            with examining(self._settings) as examiner:
                for file in fresh:
                    piece = _Examination(examiner, self._copies, file.name, wanted, encoding).run()
                    self._discard((file.name, wanted, encoding))
                    self._known[file.name, wanted, encoding] = (file.stamp, piece)
        return [self._known[file.name, wanted, encoding][1] for file in listing.files]

    def _with_texts(self, listing: Listing, wanted: Wanted, encoding: str | None) -> list[Piece | SkippedFile]:
        """Copy the long texts of JSON too: a question that read them from the lines, more than once, would not fit."""
        with examining(self._settings) as examiner:
            for file in listing.files:
                stamp, piece = self._known[file.name, wanted, encoding]
                if isinstance(piece, Piece) and piece.with_texts is not None:
                    kept = _as_parquet(examiner, self._copies, piece.with_texts, wanted.names)
                    if kept is not None:
                        piece = replace(piece, with_texts=kept, copies=(*piece.copies, kept.path))
                        self._known[file.name, wanted, encoding] = (stamp, piece)
        return [self._known[file.name, wanted, encoding][1] for file in listing.files]

    def _recall(self, file: LogFile, wanted: Wanted, encoding: str | None) -> Piece | SkippedFile | None:
        stamp, piece = self._known.get((file.name, wanted, encoding), (None, None))
        if stamp is None or stamp != file.stamp:
            return None
        lost = isinstance(piece, Piece) and not all(Path(copy).exists() for copy in piece.copies)
        return None if lost else piece

    def _forget(self, wanted: Wanted, encoding: str | None, names: set[str]) -> None:
        for key in [key for key in self._known if key[1:] == (wanted, encoding) and key[0] not in names]:
            self._discard(key)

    def _discard(self, key: _Key) -> None:
        _, piece = self._known.pop(key, (None, None))
        if isinstance(piece, Piece):
            for copy in piece.copies:
                Path(copy).unlink(missing_ok=True)


class _Examination:
    """Finds out how one file can be read."""

    def __init__(self, examiner: Examiner, copies: Copies, name: str, wanted: Wanted, encoding: str | None) -> None:
        self._examiner = examiner
        self._copies = copies
        self._name = name
        self._wanted = wanted
        self._encoding = encoding

    def run(self) -> Piece | SkippedFile:
        try:
            return self._remote() if is_remote(self._name) else self._local()
        except SkipError as error:
            reason = error.reason
        except FileNotFoundError:
            reason = SkipReason.GONE
        except PermissionError:
            reason = SkipReason.FORBIDDEN
        return SkippedFile(self._name, reason)

    def _local(self) -> Piece:
        content = look_into(self._name)
        match content.format:
            case FileFormat.PARQUET:
                return self._parquet()
            case FileFormat.CSV:
                return self._csv(content)
            case FileFormat.JSON:
                return self._json(content)

    def _parquet(self) -> Piece:
        try:
            types = self._examiner.parquet_types(self._name)
        except ExaminationError:
            raise SkipError(_parquet_fault(self._name)) from None
        scan = ParquetScan(tuple(types.items()))
        found = {name: (column, types[column]) for name, column in matched(self._wanted.names or types, types).items()}
        return Piece(self._name, tuple(types), Source(scan, self._name, found))

    def _csv(self, content: Content) -> Piece:
        header = header_of(self._name, content, self._wanted.names)
        if header is None and content.encoding is None:
            return Piece(self._name, (), headless=True)
        if header is not None and self._is_plain(content):
            scan = CsvScan(header.delimiter, header.names, content.compression)
            found = matched(self._wanted.names or header.names, header.names)
            try:
                check = self._examiner.check_csv(scan, self._name, found.get(self._wanted.time))
            except ExaminationError:
                pass
            else:
                if check.only_short and not check.headers:
                    bad = len(check.bad_lines)
                    return Piece(
                        self._name,
                        header.names,
                        Source(scan, self._name, {name: (column, TEXT) for name, column in found.items()}),
                        lines=check.rows + bad,
                        malformed=bad,
                        bad_lines=check.bad_lines[:EXAMPLES],
                    )
        return self._rewritten_csv(content)

    def _is_plain(self, content: Content) -> bool:
        """Whether DuckDB may understand the file as it is: if not, only rewriting helps."""
        odd_start = content.head.lstrip(b"\xef\xbb\xbf").lower().startswith((b"sep=", b"\r", b"\n"))
        return (
            content.compression.is_duckdbs
            and content.encoding in {None, "utf-8-sig"}
            and self._encoding is None
            and not odd_start
        )

    def _rewritten_csv(self, content: Content) -> Piece:
        encoding = find_encoding(self._name, content, self._encoding)
        target = self._copies.new(".csv")
        done = rewrite_csv(self._name, content, encoding, self._wanted, target)
        if not done.columns:
            return Piece(self._name, (), headless=True)
        scan = CsvScan(",", self._wanted.names or done.columns, Compression.NONE)
        source = Source(scan, str(target), {name: (name, TEXT) for name in done.present})
        piece = Piece(self._name, done.columns, source, copies=(str(target),))
        piece = replace(piece, repaired=content.compression.is_duckdbs)
        return _with_counts(piece, done, None if encoding.is_plain else encoding.name)

    def _json(self, content: Content) -> Piece:
        if not content.head.strip():
            return Piece(self._name, ())
        if content.compression.is_duckdbs and content.encoding is None and self._encoding is None:
            try:
                piece = self._plain_json(content)
            except ExaminationError:
                piece = None
            if piece is not None:
                return piece
        encoding = find_encoding(self._name, content, self._encoding)
        target = self._copies.new(".jsonl")
        done = rewrite_json(self._name, content, encoding, self._wanted, target)
        names = done.present
        full = Source(JsonScan(names, Compression.NONE), str(target), {name: (name, TEXT) for name in names})
        piece = Piece(
            self._name,
            done.columns,
            full if names else None,
            copies=(str(target),),
            repaired=content.compression.is_duckdbs,
        )
        piece = _with_counts(piece, done, None if encoding.is_plain else encoding.name)
        return self._compacted(piece) if names else piece

    def _plain_json(self, content: Content) -> Piece | None:
        """Return how to read lines that are JSON; None if they must be rewritten for it."""
        names = self._wanted.names
        if not names:
            return self._plain_json_of_any_keys(content)
        scan = JsonScan(names, content.compression)
        lines, filled, given = self._examiner.count_json(scan, self._name)
        if lines - filled > int(content.compression.is_none and self._is_cut()) or not filled:
            return self._plain_json_of_any_keys(content)
        columns = {name: name for name in names}
        if seldom := [name for name, n in given.items() if n < filled]:
            spellings = find_spellings(self._name, content.compression, seldom)
            if any(len(each) > 1 for each in spellings.values()):
                return None
            columns = {name: next(iter(spellings.get(name, {name})), "") for name in names}
            columns = {name: column for name, column in columns.items() if column}
            if len(columns) < len(names):  # what it has instead belongs into the error
                return self._plain_json_of_any_keys(content)
            scan = JsonScan(tuple(columns.values()), content.compression)
        source = Source(scan, self._name, {name: (column, TEXT) for name, column in columns.items()})
        piece = Piece(self._name, tuple(columns.values()), source, lines=lines, malformed=lines - filled)
        return self._compacted(piece)

    def _plain_json_of_any_keys(self, content: Content) -> Piece | None:
        """The same where lines have none of the keys, or are none."""
        names = self._wanted.names
        found = self._examiner.json_keys(content.compression, self._name)
        cut = int(content.compression.is_none and self._is_cut())
        variants = {name: [key for key in found.keys if _alike(key, name)] for name in names or found.keys}
        broken = found.others or found.unreadable > cut or found.unreadable == found.lines
        if broken or any(len(each) > 1 for each in variants.values()):
            return None
        columns = {name: each[0] for name, each in variants.items() if each}
        keys = tuple(sorted(found.keys))
        if not columns:
            return Piece(self._name, keys, lines=found.lines, malformed=found.lines)
        scan = JsonScan(tuple(columns.values()), content.compression)
        lines, filled, _ = self._examiner.count_json(scan, self._name)
        source = Source(scan, self._name, {name: (column, TEXT) for name, column in columns.items()})
        return self._compacted(Piece(self._name, keys, source, lines=lines, malformed=lines - filled))

    def _is_cut(self) -> bool:
        with Path(self._name).open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) not in b"\r\n"

    def _compacted(self, piece: Piece) -> Piece:
        """Keep the short columns apart, so that JSON is read once: it takes DuckDB long, and much memory each time."""
        source = piece.source
        if source is None or not isinstance(source.scan, JsonScan) or not self._wanted.names:
            return piece
        kept = _as_parquet(self._examiner, self._copies, source, self._wanted.short())
        if kept is None:
            return piece
        return replace(piece, source=kept, with_texts=source, copies=(*piece.copies, kept.path))

    def _remote(self) -> Piece:
        """Return how DuckDB reads an address; what it holds is told by its name."""
        suffixes = {suffix.lower() for suffix in Path(self._name).suffixes}
        if suffixes & {".jsonl", ".ndjson", ".json"}:
            scan = JsonScan(self._wanted.names, None)
            names = self._wanted.names
            return Piece(self._name, names, Source(scan, self._name, {name: (name, TEXT) for name in names}))
        if not suffixes & {".parquet", ".pq"}:
            raise SkipError(SkipReason.UNKNOWN_FORMAT)
        return self._parquet()


def _as_parquet(examiner: Examiner, copies: Copies, source: Source, names: Sequence[str]) -> Source | None:
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


def matched(wanted: Iterable[str], there: Iterable[str]) -> dict[str, str]:
    """Return wanted name to the name that there is: the same, else the same in other capitals."""
    names = list(there)
    any_case = {name.casefold(): name for name in reversed(names)}
    found = {name: name if name in names else any_case.get(name.casefold()) for name in wanted}
    return {name: column for name, column in found.items() if column is not None}


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _with_counts(piece: Piece, done: Rewritten, encoding: str | None) -> Piece:
    bad = tuple(done.bad_lines)
    lines = done.rows + done.malformed
    return replace(piece, lines=lines, malformed=done.malformed, bad_lines=bad, encoding=encoding)


def _parquet_fault(name: str) -> SkipReason:
    if is_remote(name):
        return SkipReason.DAMAGED
    size = stamp_of(name).size
    with Path(name).open("rb") as file:
        file.seek(max(size - 4, 0))
        whole = size > 8 and file.read() in {b"PAR1", b"PARE"}  # noqa: PLR2004  # the mark at both ends
    return SkipReason.DAMAGED if whole else SkipReason.UNFINISHED


def _failure(examiner: Examiner, piece: Piece) -> SkipReason | None:
    for source in (piece.source, piece.with_texts):
        if source is None:
            continue
        try:
            examiner.read_through(source.scan.sql([source.path]), [column for column, _ in source.columns.values()])
        except ExaminationError:
            return SkipReason.DAMAGED if is_remote(piece.name) or Path(piece.name).exists() else SkipReason.GONE
    return None
