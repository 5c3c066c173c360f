"""Rewriting a file that DuckDB cannot read rightly: the wanted columns of all its rows, plainly."""

import csv
import errno
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final, TextIO

from monitor.log.files.content import Content
from monitor.log.files.csv_header import Header, parse_header
from monitor.log.files.csv_records import LONGEST_FIELD, Line, read_records
from monitor.log.files.json_documents import picked, read_rows
from monitor.log.files.lines import Encoding, text_lines
from monitor.log.files.pieces import Wanted
from monitor.log.files.skipped import SkipError, SkipReason

EXAMPLES: Final = 3
_NULLS: Final = ("\\N",)  # as MySQL and PostgreSQL write it


@dataclass(slots=True)
class Rewritten:
    """What was found on the way: `present` are the wanted columns that the copy has, `columns` all of the file."""

    columns: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    rows: int = 0
    malformed: int = 0
    bad_lines: list[int] = field(default_factory=list)

    def add_bad(self, line: int) -> None:
        """Count a line that is no row."""
        self.malformed += 1
        if len(self.bad_lines) < EXAMPLES:
            self.bad_lines.append(line)


def rewrite_csv(name: str, content: Content, encoding: Encoding, wanted: Wanted, target: Path) -> Rewritten:
    """Write the rows as plain CSV in UTF-8."""
    lines = (Line(number, text) for number, text in enumerate(text_lines(name, content, encoding), 1))
    first = next((line for line in lines if _is_content(line.text)), None)
    done = Rewritten()
    if first is None:
        return done
    header = parse_header(first.text, wanted.names)
    headers = [header]
    with _written(target) as file:
        names = wanted.names or header.names  # nothing is mapped yet: `init` looks at all
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        places = [header.places(names).get(each) for each in names]
        for record in read_records(lines, header, wanted.time):
            if record.header is not headers[-1]:
                headers.append(record.header)
                places = [record.header.places(names).get(each) for each in names]
            if record.fields is None:
                done.add_bad(record.line)
                continue
            writer.writerow([_value(record.fields, place) for place in places])
            done.rows += 1
    done.columns = tuple(dict.fromkeys(chain.from_iterable(each.names for each in headers)))
    done.present = tuple(name for name in names if any(each.places([name]) for each in headers))
    return done


def rewrite_json(name: str, content: Content, encoding: Encoding, wanted: Wanted, target: Path) -> Rewritten:
    """Write the rows as JSON lines in UTF-8."""
    done = Rewritten()
    keys: dict[str, None] = {}
    present: set[str] = set()
    with _written(target) as file:
        for number, row in enumerate(read_rows(text_lines(name, content, encoding)), 1):
            given = {} if row is None else picked(row, wanted.names or tuple(row))
            if not given:
                done.add_bad(number)
                continue
            keys |= dict.fromkeys(row or ())
            present.update(given)
            file.write(json.dumps(given, ensure_ascii=False) + "\n")
            done.rows += 1
    done.columns = tuple(keys)
    done.present = tuple(name for name in wanted.names or keys if name in present)
    return done


@contextmanager
def _written(target: Path) -> Iterator[TextIO]:
    try:
        with target.open("w", encoding="utf-8", newline="", errors="replace") as file:
            yield file
    except OSError as error:
        target.unlink(missing_ok=True)
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise SkipError(SkipReason.NO_ROOM) from None
        raise


def _is_content(text: str) -> bool:
    """Whether this is not a blank line before the header, nor the one in which Excel names the delimiter."""
    return bool(text.strip()) and not text.lower().startswith("sep=")


def _value(fields: Sequence[str], place: int | None) -> str:
    value = "" if place is None else fields[place]
    return "" if value in _NULLS else value[:LONGEST_FIELD]


def header_of(name: str, content: Content, wanted: Sequence[str]) -> Header | None:
    """Return the header of a CSV file, or None as long as its line is not complete."""
    lines = text_lines(name, content, Encoding(content.encoding or "utf-8", whole=content.encoding is not None))
    line = next((each for each in lines if _is_content(each)), "")
    return parse_header(line, wanted) if line.endswith(("\n", "\r")) else None
