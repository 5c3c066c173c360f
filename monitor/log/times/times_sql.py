"""SQL that reads a time written as text: made from the table of formats, for engines that have regular expressions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from monitor.log.times.times import (
    CLOCK,
    COMPACT,
    DATE,
    HOUR,
    ISO,
    MONTHS,
    NUMBER,
    ZONE_OFFSET,
    ZONES,
    TimeReading,
    scaled,
)


@dataclass(frozen=True, slots=True)
class TimeSql:
    """What an engine spells differently, as functions from SQL to SQL."""

    matches: Callable[[str, str], str]
    """A text and a regular expression that must match all of it."""
    replaced: Callable[[str, str, str], str]
    """A text, a regular expression of all of it, and what comes in its place."""
    epoch: Callable[[str], str]
    """A text that is a date and a time of day, with or without an offset."""
    trimmed: Callable[[str], str]
    """A text without the space around it."""
    number: Callable[[str], str]
    """A text that is a number."""
    once: Callable[[str, Callable[[str], str]], str]
    """Work a value out once, and use it several times."""
    part: Callable[[str, str, int], str] = lambda x, sign, place: f"split_part({x}, '{sign}', {place})"
    """What stands between two signs of a text, counted from 1."""
    integer: Callable[[str], str] = lambda x: f"CAST({x} AS INTEGER)"
    """A text of digits as a number."""


def text_epoch_sql(x: str, engine: TimeSql, reading: TimeReading) -> str:
    """Return SQL that reads a text as seconds since 1970; the usual forms first, and nothing else where they fit."""
    other = engine.once(bare_text(x, engine), lambda text: _other(text, engine, reading))
    return (
        f"CASE WHEN {engine.matches(x, ISO)} THEN {engine.epoch(x)} {_when_number(x, engine)} "
        f"{f'WHEN {x} IS NOT NULL THEN {other} ' if reading.formats else ''}END"
    )


def bare_text(x: str, engine: TimeSql) -> str:
    """Return SQL of a text as the formats are matched with it."""
    return f"lower({engine.trimmed(x)})"


def _when_number(text: str, engine: TimeSql) -> str:
    is_number = f"{engine.matches(text, NUMBER)} AND NOT {engine.matches(text, COMPACT)}"
    return f"WHEN {is_number} THEN {scaled(engine.number(text))}"


def _other(bare: str, engine: TimeSql, reading: TimeReading) -> str:
    cases = " ".join(
        f"WHEN {engine.matches(bare, each.pattern)} THEN {engine.replaced(bare, each.pattern, each.rewrite)}"
        for each in reading.formats
    )
    parts = engine.once(f"CASE {cases} END", lambda parts: _of_parts(parts, engine))
    return f"CASE {_when_number(bare, engine)} ELSE {parts} END"


def _of_parts(parts: str, engine: TimeSql) -> str:
    date, half, zone = (engine.part(parts, "|", place) for place in (1, 3, 4))
    clock = f"replace(coalesce(nullif(nullif({engine.part(parts, '|', 2)}, ''), '::'), '0:00'), ',', '.')"
    for number, name in enumerate(MONTHS, start=1):
        date = f"replace({date}, '-{name}', '-{number}')"
    first = engine.part(clock, ":", 1)
    hour = engine.integer(first)
    afternoon = f"WHEN 'p' THEN CASE WHEN {hour} < 12 THEN {12 * HOUR} ELSE 0 END"
    midnight = f"WHEN 'a' THEN CASE WHEN {hour} = 12 THEN {-12 * HOUR} ELSE 0 END"
    fits = f"{engine.matches(clock, CLOCK)} AND ({half} = '' OR {first} IN ({_HOURS}))"
    day = f"CASE WHEN {engine.matches(date, DATE)} THEN {date} END"
    moment = engine.once(day, lambda checked: engine.epoch(f"({checked} || ' ' || {clock})"))
    shifted = f"{moment} + CASE {half} {afternoon} {midnight} ELSE 0 END - {_offset_sql(zone, engine)}"
    return f"CASE WHEN {fits} THEN {shifted} END"


def _offset_sql(zone: str, engine: TimeSql) -> str:
    digits = f"replace(replace(replace({zone}, 'gmt', ''), 'utc', ''), ':', '')"
    sign = f"CASE WHEN left({digits}, 1) = '-' THEN -1 ELSE 1 END"
    padded = f"rpad(substr({digits}, 2), 4, '0')"
    hours, minutes = (engine.integer(f"{end}({padded}, 2)") for end in ("left", "right"))
    seconds = f"({hours} * {HOUR} + {minutes} * 60)"
    names = " ".join(f"WHEN '{name}' THEN {offset}" for name, offset in ZONES.items())
    return f"CASE WHEN {engine.matches(zone, ZONE_OFFSET)} THEN {sign} * {seconds} ELSE CASE {zone} {names} END END"


_HOURS: Final = ", ".join(f"'{form}'" for hour in range(1, 13) for form in dict.fromkeys((str(hour), f"{hour:02d}")))
