"""Durations as people write them: `15m`, `7d`, `1h30m`; and how often a false alarm is put up with."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

UNITS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}  # seconds
LONGEST: Final = timedelta(days=36_500)  # a century; more is a slip of the pen
_PART = re.compile(r"(\d+(?:\.\d+)?)([wdhms])")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def parse_duration(text: str) -> timedelta:
    """Read a duration: one or more numbers, each with its unit (w, d, h, m, s), such as `90s` or `1h30m`.

    Raises ValueError where it is none. Zero is a duration; negative ones cannot be written.

    >>> parse_duration("1h30m")
    datetime.timedelta(seconds=5400)
    """
    if not _WHOLE.fullmatch(text.strip()):
        raise ValueError(f"is not a duration: {text!r}; {_hint(text)}")
    seconds = sum(float(number) * UNITS[unit] for number, unit in _PART.findall(text))
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"is longer than a century: {text!r}")
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """Write a duration the way `parse_duration` reads it, in as few units as are exact.

    >>> format_duration(timedelta(days=7)), format_duration(timedelta(minutes=90)), format_duration(timedelta(0))
    ('7d', '1h30m', '0s')
    """
    left, parts = duration.total_seconds(), []
    for unit, seconds in UNITS.items():
        if unit == "w":  # 7d is what people say
            continue
        number, left = divmod(left, seconds)
        parts += [f"{number:.0f}{unit}"] if number else []
    fraction = [f"{left:.3f}".rstrip("0") + "s"] if left >= 0.001 else []  # noqa: PLR2004 - a millisecond
    return "".join(parts + fraction) or "0s"


def _hint(text: str) -> str:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", text)
    unit = found[2][:1].lower() if found else ""
    if found and unit in UNITS:
        return f"did you mean {found[1]}{unit}?"
    if found and not unit:
        return f"it has no unit; write {found[1]}s, {found[1]}m, {found[1]}h or {found[1]}d"
    return "write a number and a unit (s, m, h, d, w), such as 15m, 6h or 7d"


def _read(value: object) -> object:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_duration(str(value))
    return value


def _positive(duration: timedelta) -> timedelta:
    if duration <= timedelta(0):
        raise ValueError("must be longer than nothing")
    return duration


def _not_negative(duration: timedelta) -> timedelta:
    if duration < timedelta(0):
        raise ValueError("must not be negative")
    return duration


_Written = PlainSerializer(format_duration, return_type=str, when_used="json")
Duration = Annotated[timedelta, BeforeValidator(_read), AfterValidator(_positive), _Written]
"""A duration above zero."""

DurationOrZero = Annotated[timedelta, BeforeValidator(_read), AfterValidator(_not_negative), _Written]
"""A duration that may be `0s`."""


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """How often an alarm may be false while nothing is wrong: `count` (>= 1) of them `per` span of time."""

    count: int
    per: timedelta

    @classmethod
    def parse(cls, text: str) -> "FalseAlarms":
        """Read `1 per 365d`.

        Raises ValueError where it is not of that form, or more often than once an hour.
        """
        found = re.fullmatch(r"\s*(\d+)\s+per\s+(\S+)\s*", text)
        if not found or int(found[1]) < 1:
            raise ValueError(f"is not a rate of false alarms: {text!r}; write one such as 1 per 365d")
        budget = cls(int(found[1]), _positive(parse_duration(found[2])))
        if budget.interval < timedelta(hours=1):
            raise ValueError(f"would let an alarm be false more often than once an hour: {text!r}")
        return budget

    @property
    def interval(self) -> timedelta:
        """Mean time between two false alarms."""
        return self.per / self.count

    def __str__(self) -> str:
        return f"{self.count} per {format_duration(self.per)}"


def _read_rate(value: object) -> object:
    return FalseAlarms.parse(value) if isinstance(value, str) else value


FalseAlarmRate = Annotated[FalseAlarms, BeforeValidator(_read_rate), PlainSerializer(str, return_type=str)]
"""A rate such as `1 per 365d`."""
