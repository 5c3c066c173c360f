"""Records of CSV as people's writers make them: quotes escaped in every way or not at all, any line ends, new headers.

A record that is right by RFC 4180 is taken as it is. Of any other the reading is taken that gives it as many fields as
its header has: with quotes escaped by a backslash, as Spark and MySQL write them; with one field whose quotes are not
escaped; with quotes that mean nothing. What has no such reading is one bad line, and the next one is a record again.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.log.files.csv_header import Header, next_header

MOST_LINES: Final = 500  # of one record
LONGEST_FIELD: Final = 1_000_000  # characters that are kept
_LIMIT: Final = 1 << 27  # characters of a field that the parser takes
_ESCAPED: Final = re.compile(r'\\(["\\])')
_DIGITS_OF_A_TIME: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file with its number, from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record, as many as the header has; None for a line that is none."""

    line: int
    header: Header
    fields: list[str] | None


class Splitter:
    """Cuts records into fields; by the time in the column `anchor` it knows a record, where there is that column."""

    def __init__(self, header: Header, anchor: str) -> None:
        """Prepare for records of as many fields as the header has."""
        csv.field_size_limit(_LIMIT)
        self._delimiter = header.delimiter
        self._width = len(header.names)
        self._anchor = header.places([anchor]).get(anchor)
        d = re.escape(header.delimiter)
        # A field in quotes, or one that begins with none. The same from the right, in the text turned round.
        self._good = re.compile(rf'(?:"(?:[^"]|"")*"|[^"{d}][^{d}]*|)(?={d}|$)')

    def exact(self, text: str) -> list[str] | None:
        """Read a record whose quotes are right, doubled or escaped by a backslash."""
        if '"' not in text:
            fields = text.split(self._delimiter)
            return fields if len(fields) == self._width and "\n" not in text and "\r" not in text else None
        found = self._parse(text)
        if found is None and '\\"' in text:
            found = self._parse(_ESCAPED.sub(lambda match: '""' if match[1] == '"' else "\\", text))
        return found or self._parse(text, skip_space=True)

    def lenient(self, text: str) -> list[str] | None:
        """Read a record with one field whose quotes are not escaped, or with quotes that mean nothing."""
        return self.around_one_field(text) or self._unquoted(text)

    def begins_record(self, text: str) -> bool:
        """Whether this line is a whole record by itself, and so no part of a message with line breaks."""
        fields = self.exact(text) or self.lenient(text)
        if fields is not None and self._anchor is None:
            return self._width > 2  # noqa: PLR2004  # of a message "yes, please" two fields could be made
        return self.is_dated(fields)

    def is_dated(self, fields: list[str] | None) -> bool:
        """Whether these are the fields of a record with a time."""
        if fields is None or self._anchor is None:
            return False
        return sum(letter.isdigit() for letter in fields[self._anchor]) >= _DIGITS_OF_A_TIME

    def _parse(self, text: str, *, skip_space: bool = False) -> list[str] | None:
        try:
            rows = list(csv.reader([text], delimiter=self._delimiter, strict=True, skipinitialspace=skip_space))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 and len(rows[0]) == self._width else None

    def _unquoted(self, text: str) -> list[str] | None:
        fields = text.split(self._delimiter)
        return fields if len(fields) == self._width and "\n" not in text else None

    def around_one_field(self, text: str) -> list[str] | None:
        """Take good fields from the left, then from the right: what is left between is the field with bad quotes."""
        left, start = self._take(text, self._width - 1)
        if not text.startswith('"', start):
            return None
        right, taken = self._take(text[:start:-1], self._width - 1 - len(left))
        if len(left) + 1 + len(right) != self._width:
            return None
        middle = text[start : len(text) - taken]
        if len(middle) < 2 or not middle.endswith('"'):  # noqa: PLR2004  # a quote that is never closed is no field's
            return None
        inner = middle.removeprefix('"').removesuffix('"').replace('""', '"').replace('\\"', '"')
        return [*left, inner, *(field[::-1] for field in reversed(right))]

    def _take(self, text: str, most: int) -> tuple[list[str], int]:
        """Return up to so many good fields from the start, and where the next begins."""
        fields: list[str] = []
        place = 0
        while len(fields) < most and (found := self._good.match(text, place)) and found.end() < len(text):
            fields.append(_unquote(found[0]))
            place = found.end() + 1
        return fields, place


def read_records(lines: Iterator[Line], header: Header, anchor: str) -> Iterator[Record]:
    """Yield the records and the bad lines after the header, in order; `anchor` names the column of the time.

    A later line that names the columns anew, as where files are joined or a writer got a new column, is the header of
    what follows.
    """
    ahead = _Ahead(lines)
    splitter = Splitter(header, anchor)
    while (line := ahead.take()) is not None:
        text = line.text.rstrip("\r\n")
        if not text.strip():
            continue
        fields = splitter.exact(text)
        if not splitter.is_dated(fields) and (newer := next_header(text, header)) is not None:
            header = newer
            splitter = Splitter(header, anchor)
            continue
        if fields is None and '"' in text:
            fields = _over_lines(line, ahead, splitter)
        yield Record(line.number, header, fields)


class _Ahead:
    """Lines that can be put back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._back: deque[Line] = deque()

    def take(self) -> Line | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def put_back(self, lines: list[Line]) -> None:
        self._back.extendleft(reversed(lines))


def _over_lines(first: Line, ahead: _Ahead, splitter: Splitter) -> list[str] | None:
    """Read a record that may go over several lines, none of which is a record by itself."""
    block = [first]
    size = len(first.text)
    while len(block) < MOST_LINES and size < LONGEST_FIELD and (line := ahead.take()) is not None:
        if splitter.begins_record(line.text.rstrip("\r\n")):
            ahead.put_back([line])
            break
        block.append(line)
        size += len(line.text)
        if '"' in line.text:
            joined = _joined(block)
            if fields := splitter.exact(joined) or splitter.around_one_field(joined):
                return fields
    ahead.put_back(block[1:])
    return splitter.lenient(first.text.rstrip("\r\n"))


def _joined(block: list[Line]) -> str:
    return "".join(line.text for line in block).rstrip("\r\n")


def _unquote(field: str) -> str:
    if len(field) > 1 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"')
    return field
