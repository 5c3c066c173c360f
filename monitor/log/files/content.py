"""What a file holds, told by its first bytes; its name decides only where they do not."""

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Final, cast

from monitor.log.files.skipped import SkipError, SkipReason

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HEAD: Final = 65_536  # bytes that are looked at


class FileFormat(StrEnum):
    """How rows are written in a file."""

    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"


class Compression(StrEnum):
    """How a file is compressed; the values are DuckDB's where it knows them."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"
    BZIP2 = "bzip2"
    XZ = "xz"

    @property
    def is_none(self) -> bool:
        """Whether the file is as it was written."""
        return self is Compression.NONE

    @property
    def is_duckdbs(self) -> bool:
        """Whether DuckDB decompresses it by itself."""
        return self in {Compression.NONE, Compression.GZIP, Compression.ZSTD}


_MAGIC: Final = {
    b"\x1f\x8b": Compression.GZIP,
    b"\x28\xb5\x2f\xfd": Compression.ZSTD,
    b"BZh": Compression.BZIP2,
    b"\xfd7zXZ\x00": Compression.XZ,
}
_COMPRESSED_NAMES: Final = {
    ".gz": Compression.GZIP,
    ".zst": Compression.ZSTD,
    ".bz2": Compression.BZIP2,
    ".xz": Compression.XZ,
}
_NAMES: Final = {
    ".parquet": FileFormat.PARQUET,
    ".pq": FileFormat.PARQUET,
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".jsonl": FileFormat.JSON,
    ".ndjson": FileFormat.JSON,
    ".json": FileFormat.JSON,
}
NAMES: Final = frozenset(_NAMES)
"""Ends of the names of files that are read, before that of a compression."""
_BOMS: Final = {  # the longer first: that of UTF-16 begins that of UTF-32
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_NO_TEXT: Final = (b"PK\x03\x04", b"SQLite format 3\x00", b"ARROW1", b"Obj\x01", b"ORC", b"\xd0\xcf\x11\xe0", b"%PDF")
_FOREIGN: Final = frozenset({".xlsx", ".xls", ".ods", ".avro", ".orc", ".arrow", ".feather", ".zip", ".db", ".sqlite"})
_CONTROLS: Final = frozenset(range(9)) - {1}  # Hive separates fields by the first
_WRONG_STREAM: Final = (EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError)


@dataclass(frozen=True, slots=True)
class Content:
    """The form of a file. `encoding` is set where a byte order mark, or its NULs, tell it; `head` is decompressed."""

    format: FileFormat
    compression: Compression
    encoding: str | None
    head: bytes


def look_into(name: str) -> Content:
    """Tell the form of a file.

    Raises SkipError where it has none that is known, or is not whole.
    """
    with opened(name, Compression.NONE) as file:
        start = file.read(HEAD)
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    by_name = next((_NAMES[suffix] for suffix in reversed(suffixes) if suffix in _NAMES), None)
    if by_name is FileFormat.PARQUET or start.startswith(b"PAR1"):
        return Content(FileFormat.PARQUET, Compression.NONE, None, start)
    compression = _compression(start, suffixes)
    head = start
    if compression is not Compression.NONE:
        with opened(name, compression) as file:
            head = file.read(HEAD)
    encoding = _encoding(head)
    form = _format(head, encoding) or by_name
    if form is None or (form is not by_name and _is_binary(head, encoding)):
        empty = not head and not _FOREIGN.intersection(suffixes)
        raise SkipError(SkipReason.EMPTY if empty else SkipReason.UNKNOWN_FORMAT)
    return Content(form, compression, encoding, head)


@contextmanager
def opened(name: str, compression: Compression) -> Iterator[IO[bytes]]:
    """Open a file for reading, decompressed.

    Raises SkipError, also while it is read, where its end is missing, its bytes are wrong, or it is not to be opened.
    """
    try:
        with _open(name, compression) as file:
            yield file
    except _WRONG_STREAM:
        raise SkipError(SkipReason.UNFINISHED) from None
    except PermissionError:
        raise SkipError(SkipReason.FORBIDDEN) from None
    except FileNotFoundError:
        raise SkipError(SkipReason.GONE) from None
    except OSError:  # gzip's and bzip2's errors are of this family, and so is a disk that fails
        raise SkipError(SkipReason.DAMAGED) from None


def _open(name: str, compression: Compression) -> IO[bytes]:
    match compression:
        case Compression.GZIP:
            return cast("IO[bytes]", gzip.open(name, "rb"))
        case Compression.ZSTD:
            return cast("IO[bytes]", zstd.open(name, "rb"))
        case Compression.BZIP2:
            return bz2.open(name, "rb")
        case Compression.XZ:
            return lzma.open(name, "rb")
        case Compression.NONE:
            return Path(name).open("rb")


def _compression(start: bytes, suffixes: list[str]) -> Compression:
    for magic, compression in _MAGIC.items():
        if start.startswith(magic):
            return compression
    named = _COMPRESSED_NAMES.get(suffixes[-1]) if suffixes else None
    if named is not None and (len(start) < 6 or _is_binary(start, None)):  # noqa: PLR2004  # the longest magic
        raise SkipError(SkipReason.UNFINISHED)
    return Compression.NONE  # whatever its name says, somebody has already decompressed it


def _encoding(head: bytes) -> str | None:
    for bom, encoding in _BOMS.items():
        if head.startswith(bom):
            return encoding
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    half = min(len(head), 4096) // 2
    if odd > 0.4 * half > even:  # UTF-16 of text that is mostly ASCII, without its mark
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half > odd else None


def _format(head: bytes, encoding: str | None) -> FileFormat | None:
    """Tell JSON by its first character, and anything else with lines from what looks like a table."""
    text = head.decode(encoding or "utf-8", errors="replace").lstrip("\ufeff \t\r\n\x1e")
    if text.startswith(("{", "[{", "[\n", "[\r", "[ ")) or text.strip() == "[":
        return FileFormat.JSON
    first = text.partition("\n")[0]
    return FileFormat.CSV if any(each in first for each in ",\t;|\x01^~") else None


def _is_binary(head: bytes, encoding: str | None) -> bool:
    if head.startswith(_NO_TEXT):
        return True
    return encoding is None and sum(byte in _CONTROLS for byte in head[:1024]) > len(head[:1024]) // 20
