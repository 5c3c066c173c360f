"""The lines of a text file in any encoding, with any line ends, in bounded memory."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from monitor.log.files.content import Content, FileFormat, opened
from monitor.log.files.encodings import decode_line, guess_encoding
from monitor.log.files.skipped import SkipError, SkipReason

CHUNK: Final = 1 << 20  # bytes
LONGEST_LINE: Final = 64 << 20  # bytes
LONGEST_PART: Final = 16 << 20  # bytes
SAMPLE: Final = 1 << 18  # bytes of lines that are no UTF-8, from which their encoding is told
UTF_8: Final = "utf-8"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How text is encoded. `whole`: all of it; else only the lines that are no UTF-8 are."""

    name: str
    whole: bool

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to tell of it."""
        return self.name in {UTF_8, "utf-8-sig"}


def find_encoding(name: str, content: Content, given: str | None) -> Encoding:
    """Tell the encoding: the one given, that of the byte order mark, or what the bytes of the whole file say.

    Raises SkipError if they say nothing.
    """
    if given is not None or content.encoding is not None:
        return Encoding(str(given or content.encoding), whole=True)
    sample = bytearray()
    last = b""
    with opened(name, content.compression) as file:
        for line in _byte_lines(file, in_parts=content.format is FileFormat.JSON):
            if len(sample) < SAMPLE and last and not _is_utf_8(last):
                sample += last
            last = line
    if last and not _is_utf_8(last) and last.endswith((b"\n", b"\r")):  # else it may be cut within a letter
        sample += last
    if not sample:
        return Encoding(UTF_8, whole=False)
    guess = guess_encoding(bytes(sample))
    if guess is None:
        raise SkipError(SkipReason.UNKNOWN_ENCODING)
    return Encoding(guess, whole=False)


def begins_as_utf_8(name: str, content: Content) -> bool:
    """Whether the first MiB is UTF-8; a letter that is cut there is no fault."""
    with opened(name, content.compression) as file:
        start = file.read(CHUNK)
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def text_lines(name: str, content: Content, encoding: Encoding) -> Iterator[str]:
    """Yield the lines with their line ends; a NUL and a byte order mark are left out.

    Of JSON a longer line, such as an array of all there is, comes in parts.
    """
    in_parts = content.format is FileFormat.JSON
    with opened(name, content.compression) as file:
        if encoding.whole:
            for line in _byte_lines(_Recoded(file, encoding.name), in_parts=in_parts):
                yield _cleaned(line.decode(UTF_8))
        else:
            for line in _byte_lines(file, in_parts=in_parts):
                yield _cleaned(decode_line(line, encoding.name))


def _cleaned(line: str) -> str:
    return line.replace("\0", "").removeprefix("\ufeff")


def _is_utf_8(line: bytes) -> bool:
    if line.isascii():
        return True
    try:
        line.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def _byte_lines(file: "IO[bytes] | _Recoded", *, in_parts: bool) -> Iterator[bytes]:
    r"""Split at \n, \r\n and \r, each of which may stand in one file; a part ends behind a brace."""
    rest = b""
    while chunk := file.read(CHUNK):
        lines = (rest + chunk).splitlines(keepends=True)
        rest = lines.pop()  # its end, or the second half of \r\n, may be in the next chunk
        if in_parts and len(rest) > LONGEST_PART:
            end = rest.rfind(b"}") + 1
            lines.append(rest[:end])
            rest = rest[end:]
        if len(rest) > LONGEST_LINE:
            raise SkipError(SkipReason.LINE_TOO_LONG)
        yield from lines
    yield from rest.splitlines(keepends=True)


class _Recoded:
    """A stream in another encoding, read as UTF-8; what it cannot decode is U+FFFD."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    def read(self, size: int) -> bytes:
        """Read on; nothing at the end."""
        while chunk := self._file.read(size):
            if text := self._decoder.decode(chunk):
                return text.encode(UTF_8, errors="replace")
        return self._decoder.decode(b"", final=True).encode(UTF_8, errors="replace")
