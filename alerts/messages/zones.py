"""Times by the clocks of whoever reads, beside UTC."""

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

_TIME: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d"
_TIMES: Final = re.compile(rf"(?:({_TIME}) to )?({_TIME}) UTC(?! \()")
_FORM: Final = "%Y-%m-%d %H:%M"


def in_zone(text: str, zone: str) -> str:
    """The text with each of its UTC times by the clocks of a zone (its IANA name) as well.

    >>> in_zone("since 2026-03-28 06:00 UTC", "Europe/Berlin")
    'since 2026-03-28 06:00 UTC (07:00 CET)'
    >>> in_zone("2026-03-28 06:00 to 2026-03-29 23:00 UTC", "Europe/Berlin")
    '2026-03-28 06:00 to 2026-03-29 23:00 UTC (2026-03-28 07:00 to 2026-03-30 01:00 CEST)'
    """
    clocks = ZoneInfo(zone)
    return _TIMES.sub(lambda found: _beside(found, clocks), text)


def _beside(found: re.Match[str], clocks: ZoneInfo) -> str:
    """A time with its local one; messages quote others, who may write a day that no calendar has."""
    try:
        return f"{found[0]} ({_local(found[1], found[2], clocks)})"
    except (ValueError, OverflowError):
        return found[0]


def _local(first: str | None, last: str, clocks: ZoneInfo) -> str:
    end = _at(last, clocks)
    if first is not None:
        return f"{_at(first, clocks):{_FORM}} to {end:{_FORM} %Z}"
    same_day = f"{end:%Y-%m-%d}" == last[:10]
    return f"{end:%H:%M %Z}" if same_day else f"{end:{_FORM} %Z}"


def _at(written: str, clocks: ZoneInfo) -> datetime:
    return datetime.strptime(written, _FORM).replace(tzinfo=UTC).astimezone(clocks)
