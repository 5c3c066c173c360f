"""How a time may be written: one table of formats, from which each engine's reading is made.

A time is ISO 8601, a number (see `scaled`), or one of `FORMATS`, which are rewritten to year, month, day, time of day,
half of the day and zone. What could be read in two ways is not read: a zone name that means several zones, and a day
and a month as numbers where nothing tells which is which.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Final

# The same text is read by RE2 (DuckDB), PostgreSQL and Python, so: no look-around, no back-references, no \d, which
# is more than 0 to 9 in Python.
_YEAR: Final = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"  # no year 0
_MONTH_DAY: Final = (
    "(?:(?:0?[13578]|1[02])-(?:0?[1-9]|[12][0-9]|3[01])"
    "|(?:0?[469]|11)-(?:0?[1-9]|[12][0-9]|30)"
    "|0?2-(?:0?[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEAR: Final = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|0[48]|[13579][26])00)"
DATE: Final = f"(?:{_YEAR}-{_MONTH_DAY}|{_LEAP_YEAR}-0?2-29)"
"""A day that there is, as year-month-day."""
CLOCK: Final = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
"""A time of day."""
_OFFSET: Final = "[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?"
ISO: Final = f"{DATE}(?:[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?(?:Z|{_OFFSET})?)?"
"""ISO 8601 as most logs write it."""
NUMBER: Final = "[+-]?[0-9]{1,20}(?:[.][0-9]{0,20})?(?:[eE][+]?[0-9]{1,2})?"
COMPACT: Final = "(?:19|20)(?:[0-9]{6}|[0-9]{12})"
"""20261031 or 20261031140500: as numbers of seconds these would be of 1970, or of the far future."""

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY: Final = "(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.]?,? +)?"
_MONTH_NAME: Final = f"({'|'.join(MONTHS)})[a-z]*[.]?"
_ZONE: Final = "(?: *((?:gmt|utc)?[+-][0-9]{2}(?::?[0-9]{2})?|[a-z]{1,5}))?(?: *[(][^)]*[)])?"
_TIME: Final = f"({CLOCK})(?: *([ap])[.]?m[.]?)?{_ZONE}"
_TIME_OF_DAY: Final = f"(?:(?:,? +(?:at +)?|[t:_]){_TIME})?"
_BRACKETS: Final = r"(?:\[[a-z/_+-]+\])?"  # Java writes its zone's name behind the offset


class DateOrder(StrEnum):
    """What comes first in a date such as 1/2/2026."""

    UNKNOWN = "unknown"
    """Nothing tells: no such date is read."""
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """Matches a time in lower case, without space around it; `rewrite` gives `date|clock|half of the day|zone`."""

    pattern: str
    rewrite: str


YEAR_FIRST: Final = TimeFormat(
    f"([0-9]{{4}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{1,2}}){_TIME_OF_DAY}{_BRACKETS}", r"\1-\2-\3|\4|\5|\6"
)
FORMATS: Final = (
    YEAR_FIRST,  # 2026/10/31 14:05, 2026-10-31 14:05:00,123, 2026-10-31 14:05:00 CEST
    TimeFormat(  # 20261031T140500Z
        f"([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})(?:[t ]?([0-9]{{2}})([0-9]{{2}})([0-9]{{2}})([.,][0-9]+)?{_ZONE})?",
        r"\1-\2-\3|\4:\5:\6\7||\8",
    ),
    TimeFormat(  # Sat, 31 Oct 2026 14:05:00 +0000, [31/Oct/2026:14:05:00 +0000], 31-Oct-2026
        rf"\[?{_WEEKDAY}([0-9]{{1,2}})(?:st|nd|rd|th)?[ /-]+{_MONTH_NAME}[ /,-]+([0-9]{{4}}){_TIME_OF_DAY}\]?",
        r"\3-\2-\1|\4|\5|\6",
    ),
    TimeFormat(  # Oct 31, 2026 2:05 PM, Sat Oct 31 2026 14:05:00 GMT+0100 (CET)
        f"{_WEEKDAY}{_MONTH_NAME} +([0-9]{{1,2}})(?:st|nd|rd|th)?,? +([0-9]{{4}}){_TIME_OF_DAY}", r"\3-\1-\2|\4|\5|\6"
    ),
    TimeFormat(  # Sat Oct 31 14:05:00 CET 2026
        f"{_WEEKDAY}{_MONTH_NAME} +([0-9]{{1,2}}) +({CLOCK})(?: +([a-z]{{1,5}}|[+-][0-9]{{4}}))? +([0-9]{{4}})",
        r"\5-\1-\2|\3||\4",
    ),
)
NUMERIC: Final = f"([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{4}}){_TIME_OF_DAY}"
"""31/10/2026 14:05 or 10/31/2026, 2:05:00 PM."""
DAY_FIRST: Final = TimeFormat(NUMERIC, r"\3-\2-\1|\4|\5|\6")
MONTH_FIRST: Final = TimeFormat(NUMERIC, r"\3-\1-\2|\4|\5|\6")

SPACE: Final = " \t\r\n"
HOUR: Final = 3600  # seconds
ZONES: Final = {
    name: round(hours * HOUR)
    for hours, names in {
        0: ("", "z", "ut", "utc", "gmt", "wet"),
        1: ("cet", "west", "wat"),
        2: ("cest", "eet", "cat", "sast"),
        3: ("eest", "msk", "eat", "trt"),
        5: ("pkt",),
        5.75: ("npt",),
        7: ("wib", "ict"),
        8: ("awst", "hkt", "sgt", "pht"),
        9: ("jst", "kst"),
        9.5: ("acst",),
        10: ("aest",),
        10.5: ("acdt",),
        11: ("aedt",),
        12: ("nzst",),
        13: ("nzdt",),
        -2.5: ("ndt",),
        -3: ("adt", "brt", "art"),
        -3.5: ("nst",),
        -4: ("edt",),
        -5: ("est", "cdt"),
        -6: ("mdt",),
        -7: ("mst", "pdt"),
        -8: ("pst", "akdt"),
        -9: ("akst",),
        -10: ("hst",),
    }.items()
    for name in names
}
"""Offsets by name, in seconds. Left out are names of several zones: CST, IST, BST, AST, SST, GST, AMT."""

ZONE_OFFSET: Final = f"(?:gmt|utc)?{_OFFSET}"

_NAMED_ZONES: Final = "|".join(sorted(filter(None, ZONES), key=len, reverse=True))
HAS_ZONE: Final = (
    f".*[0-9] *(?:[ap][.]?m[.]?)? *(?:(?:gmt|utc)[+-]?[0-9:]*|{_NAMED_ZONES})(?:[^a-z].*)?"
    "|.*[:t ][0-9]{2}[0-9:.,]* *(?:[ap][.]?m[.]?)? *[+-][0-9]{2}(?::?[0-9]{2})?(?:[^0-9].*)?"
)
"""A time, in lower case, that names its zone behind its time of day."""

_SCALES: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
LARGEST_NUMBER: Final = 9e18


def scaled(number: str) -> str:
    """Return SQL that reads a number as a time by its magnitude, in seconds.

    A number is seconds, milliseconds, microseconds or nanoseconds since 1970, whichever puts it in our age: 1e11 is the
    year 5138 in seconds and 1973 in milliseconds, and so on up by thousands.
    """
    cases = " ".join(f"WHEN abs({number}) >= {limit:.0f} THEN {number} / {unit:.1f}" for limit, unit in _SCALES)
    return f"CASE WHEN abs({number}) <= {LARGEST_NUMBER:.0f} THEN CASE {cases} ELSE {number} END END"


@dataclass(frozen=True, slots=True)
class TimeReading:
    """How the texts of a column are read, beside ISO and numbers.

    `written` is a format of the operator's, as `strptime` names it. `formats` are those that the column has, in the
    order in which they are tried: SQL with all of them would take longer to plan than to run.
    """

    order: DateOrder = DateOrder.UNKNOWN
    written: str | None = None
    formats: tuple[TimeFormat, ...] = ()


USUAL: Final = TimeReading()


def known_formats(order: DateOrder, written: str | None) -> tuple[TimeFormat, ...]:
    """Return all that can be read, in order. Raises ValueError for a format of the operator's that is none."""
    own = () if written is None else (strptime_format(written),)
    return (*own, *FORMATS, *_NUMERIC_FORMATS[order])


_NUMERIC_FORMATS: Final = {
    DateOrder.UNKNOWN: (),
    DateOrder.DAY_FIRST: (DAY_FIRST,),
    DateOrder.MONTH_FIRST: (MONTH_FIRST,),
}
_DIRECTIVES: Final = {
    "Y": "([0-9]{4})",
    "y": "([0-9]{2})",
    "m": "([0-9]{1,2})",
    "b": f"({'|'.join(MONTHS)})[a-z]*[.]?",
    "B": f"({'|'.join(MONTHS)})[a-z]*[.]?",
    "d": "([0-9]{1,2})",
    "H": "([0-9]{1,2})",
    "I": "([0-9]{1,2})",
    "M": "([0-9]{2})",
    "S": "([0-9]{2})",
    "f": "([0-9]+)",
    "p": "([ap])[.]?m[.]?",
    "z": "((?:gmt|utc)?[+-][0-9]{2}:?[0-9]{2}|z)",
    "Z": "([a-z]{1,5})",
    "a": "(?:[a-z]+)",
    "A": "(?:[a-z]+)",
}
_MEANINGS: Final = {"B": "b", "I": "H", "Z": "z", "A": "a"}


def strptime_format(written: str) -> TimeFormat:
    """Return the format that `strptime` would read, such as %d.%m.%y %H:%M.

    Raises ValueError where it has a directive that is not known, one twice, or no year, month and day.
    """
    pattern, places = "", dict[str, int]()
    for part in re.findall(r"%.|[^%]+|%", written):
        if not part.startswith("%") or part == "%%":
            pattern += re.sub("([^a-z0-9 ])", r"\\\1", part.lower().replace("%%", "%"))
            continue
        name = part[1:]
        if name not in _DIRECTIVES:
            raise ValueError(f"{part} is not known; known are {' '.join(f'%{each}' for each in _DIRECTIVES)}")
        pattern += _DIRECTIVES[name]
        meaning = _MEANINGS.get(name, name)
        if meaning == "a":
            continue
        if meaning in places:
            raise ValueError(f"{part} says twice what the time is")
        places[meaning] = len(places) + 1
    if not ({"Y", "d"} <= places.keys() or {"y", "d"} <= places.keys()) or not {"m", "b"} & places.keys():
        raise ValueError("needs a year (%Y), a month (%m or %b) and a day (%d)")
    if len(places) > 9:  # noqa: PLR2004 - groups that a replacement can name
        raise ValueError("has too many parts")
    at = {meaning: f"\\{place}" for meaning, place in places.items()}
    year = at.get("Y") or f"20{at['y']}"
    clock = f"{at['H']}:{at.get('M', '00')}:{at.get('S', '00')}" if "H" in at else ""
    clock += f".{at['f']}" if clock and "f" in at else ""
    return TimeFormat(pattern, f"{year}-{at.get('m') or at['b']}-{at['d']}|{clock}|{at.get('p', '')}|{at.get('z', '')}")


@cache
def text_reader(order: DateOrder, written: str | None) -> Callable[[str], float | None]:
    """Return the reading of a text as seconds since 1970: None if it is no time that can be told."""
    patterns = [(re.compile(each.pattern), each.rewrite) for each in known_formats(order, written)]

    def read(text: str) -> float | None:
        found = _iso(text)
        return found if found is not None else _read(text, patterns)

    return read


def text_epoch(text: str, order: str, written: str | None) -> float | None:
    """Read a text as seconds since 1970.

    >>> text_epoch("2026-03-01 00:00:00.5+01:00", "unknown", None)
    1772319600.5
    >>> text_epoch("3/1/2026", "day_first", None)
    1767398400.0
    """
    return text_reader(DateOrder(order), written)(text)


def _iso(text: str) -> float | None:
    """Read the usual form quickly."""
    if text[4:5] != "-" or text[10:11] not in _SEPARATORS or _ISO.fullmatch(text) is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _read(text: str, patterns: list[tuple[re.Pattern[str], str]]) -> float | None:
    bare = text.strip(SPACE)
    if _NUMBER.fullmatch(bare) and not _COMPACT.fullmatch(bare):
        return _scaled(float(bare))
    lower = bare.lower()
    for pattern, rewrite in patterns:
        if found := pattern.fullmatch(lower):
            return _parts(*_expand(found, rewrite).split("|"))
    return None


def _expand(found: re.Match[str], rewrite: str) -> str:
    return re.sub(r"\\([0-9])", lambda number: found.group(int(number[1])) or "", rewrite)


def _parts(date: str, clock: str, half: str, zone: str) -> float | None:
    for number, name in enumerate(MONTHS, start=1):
        date = date.replace(f"-{name}", f"-{number}")
    clock = "0:00" if clock in {"", "::"} else clock.replace(",", ".")
    offset = _offset(zone)
    if offset is None or not _DATE.fullmatch(date) or not _CLOCK.fullmatch(clock):
        return None
    hour, minute, *second = clock.split(":")
    if half and not 1 <= int(hour) <= 12:  # noqa: PLR2004 - of a clock
        return None
    whole, _, fraction = (second or ["0"])[0].partition(".")
    year, month, day_of_month = map(int, date.split("-"))
    day = datetime(year, month, day_of_month, tzinfo=UTC).timestamp()
    hours = int(hour) % 12 + (12 if half == "p" else 0) if half else int(hour)
    return day + hours * HOUR + int(minute) * 60 + int(whole) + int(f"{fraction:0<6}"[:6]) / 1e6 - offset


def _offset(zone: str) -> int | None:
    if _ZONE_OFFSET.fullmatch(zone):
        signed = zone.removeprefix("gmt").removeprefix("utc")
        digits = signed[1:].replace(":", "").ljust(4, "0")
        return (int(digits[:2]) * HOUR + int(digits[2:]) * 60) * (-1 if signed[0] == "-" else 1)
    return ZONES.get(zone)


def _scaled(number: float) -> float | None:
    size = abs(number)
    if size > LARGEST_NUMBER:
        return None
    return number / next((unit for limit, unit in _SCALES if size >= limit), 1.0)


_SEPARATORS: Final = frozenset((" ", "T", ""))
_ISO: Final = re.compile(ISO)
_NUMBER: Final = re.compile(NUMBER)
_COMPACT: Final = re.compile(COMPACT)
_DATE: Final = re.compile(DATE)
_CLOCK: Final = re.compile(CLOCK)
_ZONE_OFFSET: Final = re.compile(ZONE_OFFSET)
