"""Writes JSON lines: one object a line, times in UTC with a Z, nothing that is not a number."""

import codecs
import json
import math
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import click

AT_ONCE: Final = 1000
"""Lines that are written together where many are there already."""

_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})


def to_line(record: Mapping[str, Any]) -> str:
    """One JSON object without line breaks. An enum is its value, NaN and infinities are null."""
    return to_text(record)


def to_text(value: object) -> str:
    """One value as it stands in such a line."""
    line = _ENCODER.encode(_plain(value))
    if line.isascii():
        return line
    return line.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair, which no stream can write


def print_line(record: Mapping[str, Any]) -> None:
    """Print the record on stdout, at once: a reader at the other end of a pipe need not wait for the buffer."""
    click.echo(_writable(to_line(record)))


def print_lines(lines: Iterable[str]) -> None:
    """Print many lines that are there already on stdout."""
    waiting = iter(lines)
    while some := list(islice(waiting, AT_ONCE)):
        click.echo(_writable("\n".join(some)))


def _writable(lines: str) -> str:
    """The lines with escapes for what the encoding of stdout does not have; they mean the same."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return lines.encode(encoding, _ESCAPED).decode(encoding)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


_ESCAPED: Final = "tunewatch.json"
codecs.register_error(_ESCAPED, _escape)


@lru_cache(maxsize=128)  # a look has some hundred thousand lines, of a few times
def iso(time: datetime) -> str:
    """The time in UTC, such as 2026-03-29T06:00:00Z, with microseconds only where there are any."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> object:
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, float):  # most figures; to ask for a mapping first takes longer than to write them
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return _plain_parts(value)


def _plain_parts(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
