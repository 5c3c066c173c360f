"""What SQLite's SQL lacks, done by Python."""

import hashlib
import json
import math
import re
import sqlite3
import unicodedata
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from config.names import bounded
from monitor.log.engines.regex_engine import ASCII_SPACE, HEX, WHOLE, WIDE_SPACE
from monitor.log.kinds import ITSELF
from monitor.log.times.times import SPACE, text_epoch

LARGEST_WHOLE: Final = 2.0**53  # of a double that still holds every whole number below it


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a SQLite connection the functions that it lacks, all deterministic."""
    functions: dict[str, tuple[int, Callable[..., float | int | str | None]]] = {
        "text_epoch": (3, text_epoch),
        "text_matches": (3, text_matches),
        "tidy_id": (1, tidy_id),
        "text_number": (1, text_number),
        "row_digest": (-1, row_digest),
        "json_at": (2, json_at),
        "to_utc": (2, to_utc),
        "md5": (1, _md5_hex),
        "bounded_name": (1, bounded),
        "tidy_name": (1, tidy_name),
    }
    if not _has_mathematics(connection):
        functions |= {"ln": (1, math.log), "floor": (1, math.floor)}
    for name, (arguments, function) in functions.items():
        connection.create_function(name, arguments, function, deterministic=True)


def _has_mathematics(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT ln(1.0), floor(1.0)").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


def text_matches(text: object, pattern: str, bare: int) -> int:
    """Whether a pattern matches all of a text; a value that is no text matches nothing."""
    if not isinstance(text, str):
        return 0
    return int(re.fullmatch(pattern, text.strip(SPACE).lower() if bare else text) is not None)


def tidy_id(value: object) -> str | None:
    """Return an id as text, as every program would write it.

    >>> tidy_id("123.0 "), tidy_id(123.0), tidy_id("{0AF7651916CD43DD8448EB211C80319C}"), tidy_id("A1")
    ('123', '123', '0af7651916cd43dd8448eb211c80319c', 'A1')
    """
    if value is None or (isinstance(value, float) and not abs(value) <= LARGEST_WHOLE):
        return None
    text = str(value, "utf-8", "replace") if isinstance(value, bytes) else str(value)
    bare = text.strip(" \t\n\r\u00a0")
    if re.fullmatch(WHOLE, bare):
        return bare.split(".", 1)[0]
    return bare.lower().strip("{}") if re.fullmatch(HEX, bare) else bare or None


def text_number(text: str) -> float | None:
    """Read a number from text, None if it is not one."""
    try:
        return float(text)
    except ValueError:
        return None


@lru_cache(maxsize=4)
def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@lru_cache(maxsize=64)
def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(json.loads(path))


@lru_cache(maxsize=32, typed=True)
def json_at(value: object, path: str) -> str | None:
    r"""Return what stands at a path in a text of JSON, as text; texts on the way that hold JSON are read too.

    >>> json_at('{"out": "{\\"a\\": [1, true]}"}', '["out", "a", -1]')
    'true'
    """
    for step in _steps(path):
        if isinstance(value, bytes):
            value = str(value, "utf-8", "replace")
        inside = _parsed(value) if isinstance(value, str) else value
        value = inside if step == ITSELF else _step(inside, step)
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _step(inside: object, step: str | int) -> object:
    if isinstance(inside, dict) and isinstance(step, str):
        return inside.get(step)
    if isinstance(inside, list) and isinstance(step, int) and -len(inside) <= step < len(inside):
        return inside[step]
    return None


def to_utc(epoch: float | None, zone: str) -> float | None:
    """Return the seconds since 1970 of a clock in a zone that was read as if it were UTC's.

    >>> to_utc(7200.0, "Europe/Berlin")
    3600.0
    """
    if epoch is None:
        return None
    try:
        shown = datetime.fromtimestamp(epoch, UTC).replace(tzinfo=ZoneInfo(zone))
    except (ValueError, OverflowError, OSError):
        return None
    offsets = (shown.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return epoch - min(offsets).total_seconds()


def row_digest(*values: object) -> int:
    """Hash values to 31 bits, the same in every process."""
    return zlib.crc32(repr(values).encode()) >> 1


def _md5_hex(text: str | None) -> str | None:
    return None if text is None else hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def tidy_name(text: str | None) -> str | None:
    r"""Return a text as a name.

    >>> tidy_name("\u00a0re\u0301gion\u200b ")
    'r\xe9gion'
    """
    if text is None:
        return None
    return unicodedata.normalize("NFC", text.strip(ASCII_SPACE if text.isascii() else ASCII_SPACE + WIDE_SPACE))
