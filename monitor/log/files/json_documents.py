"""Rows of JSON that are not plain lines: arrays, indented objects, several on a line, lone surrogates."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

LONGEST_OBJECT: Final = 4 << 20  # characters; what is still no object then is broken
LONGEST_TEXT: Final = 1_000_000  # characters that are kept
_LINES_LOOKED_AT: Final = 50
_BETWEEN: Final = " \t\r\n,[]\x1e"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DECODER: Final = json.JSONDecoder()

Row = dict[str, Any]


def read_rows(lines: Iterator[str]) -> Iterator[Row | None]:
    """Yield the objects, whether they are one to a line or not; None for a line that is none."""
    first = list(islice(lines, _LINES_LOOKED_AT))
    given = [line for line in first if line.strip()]
    by_line = sum(isinstance(_loads(line), dict) for line in given)
    text = chain(first, lines)
    if given and (2 * by_line >= len(given) or isinstance(_loads(given[0]), dict)):
        return _of_lines(text)
    return _of_documents(text)


def picked(row: Row, wanted: Sequence[str]) -> Row:
    """Return the wanted keys of an object, found in any capitals, with text that UTF-8 can hold."""
    found = {name: row[name] for name in wanted if row.get(name) is not None}
    if len(found) < len(wanted):
        any_case = {key.casefold(): value for key, value in row.items() if value is not None}
        found |= {
            name: any_case[name.casefold()] for name in wanted if name not in found and name.casefold() in any_case
        }
    return {name: _clean(value) for name, value in found.items()}


def _clean(value: object) -> object:
    if not isinstance(value, str):
        return value if isinstance(value, bool | int | float) else _SURROGATE.sub("\ufffd", json.dumps(value))
    return _SURROGATE.sub("\ufffd", value[:LONGEST_TEXT])


def _of_lines(lines: Iterable[str]) -> Iterator[Row | None]:
    for line in lines:
        if not line.strip(_BETWEEN):
            continue
        value = _loads(line)
        if isinstance(value, dict):
            yield value
        else:
            rows = list(_several(line)) if value is None else [each for each in [value] if isinstance(each, dict)]
            yield from rows or [None]


def _several(line: str) -> Iterator[Row]:
    """The objects that stand side by side on a line; nothing if anything else does."""
    place, rows = 0, []
    text = line.strip(_BETWEEN)
    while place < len(text):
        try:
            value, place = _DECODER.raw_decode(text, place)
        except ValueError:
            return
        if not isinstance(value, dict):
            return
        rows.append(value)
        while place < len(text) and text[place] in _BETWEEN:
            place += 1
    yield from rows


def _loads(line: str) -> object:
    try:
        return json.loads(line.strip(" \t\r\n,\x1e"))
    except (ValueError, RecursionError):
        return None


def _of_documents(parts: Iterable[str]) -> Iterator[Row | None]:
    """Read one object after the other, over as many lines as it takes, in an array or not."""
    held = ""
    for part in parts:
        held += part
        if "}" in part:
            rows, place = _complete(held, final=False)
            yield from rows
            held = held[place:]
    yield from _complete(held, final=True)[0]


def _complete(text: str, *, final: bool) -> tuple[list[Row | None], int]:
    """Return the objects that are complete, and where the next begins; one that is broken is passed by in the end."""
    rows: list[Row | None] = []
    place = _next_document(text, 0)
    while place < len(text):
        try:
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            if not final and len(text) - place < LONGEST_OBJECT:
                break
            following = text.find("{", place + 1)
            value, place = None, following if following > 0 else len(text)
        rows.append(value if isinstance(value, dict) else None)
        place = _next_document(text, place)
    return rows, place


def _next_document(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BETWEEN:
        place += 1
    return place
