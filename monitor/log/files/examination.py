"""Finds out how one file can be read, by what is in it."""

from pathlib import Path

from monitor.log.files.content import FileFormat, look_into
from monitor.log.files.csv_pieces import csv_piece
from monitor.log.files.examiner import ExaminationError
from monitor.log.files.in_question import FileInQuestion, matched
from monitor.log.files.json_pieces import json_piece
from monitor.log.files.listing import stamp_of
from monitor.log.files.pieces import ParquetScan, Piece, Source
from monitor.log.files.skipped import SkipError, SkippedFile, SkipReason


def examine(file: FileInQuestion) -> Piece | SkippedFile:
    """How it is read, or why it cannot be."""
    try:
        return _read(file)
    except SkipError as error:
        reason = error.reason
    except FileNotFoundError:
        reason = SkipReason.GONE
    except PermissionError:
        reason = SkipReason.FORBIDDEN
    return SkippedFile(file.name, reason)


def _read(file: FileInQuestion) -> Piece:
    content = look_into(file.name)
    match content.format:
        case FileFormat.PARQUET:
            return _parquet(file)
        case FileFormat.CSV:
            return csv_piece(file, content)
        case FileFormat.JSON:
            return json_piece(file, content)


def _parquet(file: FileInQuestion) -> Piece:
    try:
        types = file.examiner.parquet_types(file.name)
    except ExaminationError:
        raise SkipError(_parquet_fault(file.name)) from None
    scan = ParquetScan(tuple(types.items()))
    found = {name: (column, types[column]) for name, column in matched(file.wanted.names or types, types).items()}
    return Piece(file.name, tuple(types), Source(scan, file.name, found))


def _parquet_fault(name: str) -> SkipReason:
    size = stamp_of(name).size
    with Path(name).open("rb") as file:
        file.seek(max(size - 4, 0))
        whole = size > 8 and file.read() in {b"PAR1", b"PARE"}  # noqa: PLR2004  # the mark at both ends
    return SkipReason.DAMAGED if whole else SkipReason.UNFINISHED
