"""The files of a log, each examined once for as long as it does not change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from config.object_storage import ObjectStorageSettings
from config.source import DuckdbSettings
from monitor.log.engines.duckdb import duckdb_settings
from monitor.log.files.copies import Copies
from monitor.log.files.examination import examine
from monitor.log.files.examiner import ExaminationError, Examiner, examining
from monitor.log.files.in_question import FileInQuestion
from monitor.log.files.json_pieces import as_parquet
from monitor.log.files.listing import Listing, LogFile, Stamp, list_files
from monitor.log.files.mirror import Mirror
from monitor.log.files.pieces import Piece, Wanted
from monitor.log.files.skipped import SkippedFile, SkipReason


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of a relation as they are now: those that can be read, in order, and those that cannot."""

    pieces: tuple[Piece, ...]
    skipped: tuple[SkippedFile, ...]


_Key = tuple[str, Wanted, str | None]


class FileLibrary:
    """Examines files and remembers what it found, until they change. Not for several threads at once."""

    def __init__(self, duckdb: DuckdbSettings, storage: ObjectStorageSettings | None = None) -> None:
        """Nothing is known yet."""
        self._duckdb = duckdb
        self._copies = Copies(duckdb.spill_folder)
        self._mirror = Mirror(storage or ObjectStorageSettings(), self._copies)
        self._known: dict[_Key, tuple[Stamp, Piece | SkippedFile]] = {}

    def shelve(
        self, patterns: Sequence[str], key: str, wanted: Wanted, encoding: str | None, *, texts: bool = False
    ) -> Shelf:
        """Look at the files that the globs match now; with `texts`, so that their long texts can be read often.

        Raises SourceError if a glob matches none, or a store cannot be read.
        """
        listing = list_files(patterns, key, self._mirror)
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
                    piece = examine(FileInQuestion(examiner, self._copies, file.name, wanted, encoding))
                    self._discard((file.name, wanted, encoding))
                    self._known[file.name, wanted, encoding] = (file.stamp, piece)
        return [self._known[file.name, wanted, encoding][1] for file in listing.files]

    def _with_texts(self, listing: Listing, wanted: Wanted, encoding: str | None) -> list[Piece | SkippedFile]:
        """Copy the long texts of JSON too: a question that read them from the lines, more than once, would not fit."""
        with examining(self._settings) as examiner:
            for file in listing.files:
                stamp, piece = self._known[file.name, wanted, encoding]
                if isinstance(piece, Piece) and piece.with_texts is not None:
                    kept = as_parquet(examiner, self._copies, piece.with_texts, wanted.names)
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


def _failure(examiner: Examiner, piece: Piece) -> SkipReason | None:
    for source in (piece.source, piece.with_texts):
        if source is None:
            continue
        try:
            examiner.read_through(source.scan.sql([source.path]), [column for column, _ in source.columns.values()])
        except ExaminationError:
            return SkipReason.DAMAGED if Path(piece.name).exists() else SkipReason.GONE
    return None
