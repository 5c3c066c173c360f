"""Settings of routes: who is told of which incident, and when."""

import re
from datetime import time
from difflib import get_close_matches
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.base import Name, Section
from config.checks import ChecksSettings
from config.duration import Duration, DurationOrZero
from config.errors import ImpossibleError
from config.monitor import Time

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

ALWAYS_THERE: Final = ("console",)
"""Channels that need no section."""

OF_OURSELVES: Final = ("look", "delivery")
"""Checks that have no section: whether the log can be looked at, and whether people can be told."""

_MINUTES_OF_DAY: Final = 1440
_MENTION: Final = re.compile(r"@(here|channel|everyone)|[SUW][A-Z0-9]{6,}")


def listed(value: object) -> object:
    """Read one name as a list of it."""
    return [value] if isinstance(value, str) else value


Patterns = Annotated[tuple[Name, ...], BeforeValidator(listed), Field(min_length=1)]
"""One name or a list of them; `*` stands for any text."""


FamilyName = Literal["quality", "latency", "data", "watch", "retirement"]
Severity = Literal["warning", "critical"]


def _time_of_day(value: object) -> object:
    """Read 22:00, also where YAML has made a number to the base of 60 of it."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MINUTES_OF_DAY:
        return time(value // 60, value % 60)
    found = re.fullmatch(r"(\d{1,2}):(\d\d)", value.strip()) if isinstance(value, str) else None
    if found and int(found[1]) < 24 and int(found[2]) < 60:  # noqa: PLR2004 - hours and minutes
        return time(int(found[1]), int(found[2]))
    if isinstance(value, time):
        return value
    raise ValueError('must be a time of day such as "22:00", in quotes')


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
"""Hours and minutes by the clocks of a zone."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        near = get_close_matches(name, available_timezones(), n=1, cutoff=0.8)
        hint = f"did you mean {near[0]}?" if near else "write one of the IANA database, such as Europe/Berlin or UTC"
        raise ValueError(f"is no time zone: {name!r}; {hint}")
    ZoneInfo(name)
    return name


Zone = Annotated[Name, AfterValidator(_zone)]


def _mention(text: str) -> str:
    if not _MENTION.fullmatch(text):
        raise ValueError(f"must be @here, @channel, @everyone or the id of a user group (S0123ABCD), not {text!r}")
    return text


class QuietHours(Section):
    """When nobody is told of what is not critical; what still fires is told when they end."""

    start: TimeOfDay = Field(alias="from")
    """When they begin, such as `"22:00"`."""
    end: TimeOfDay = Field(alias="to")
    """When they end; on the next day where that is not later than `from`."""
    zone: Zone = "UTC"
    """The zone whose clocks count, by its IANA name such as `Europe/Berlin`."""

    @model_validator(mode="after")
    def _is_a_part_of_the_day(self) -> Self:
        if self.start == self.end:
            raise ImpossibleError(("to", "is the same as from; to tell nothing at any time, leave the route out"))
        return self


class MuteSettings(Section):
    """A time of maintenance, once (`start`, `end`) or every week (`days`, `from`, `to`, `zone`)."""

    start: Time | None = None
    """Once: beginning, such as 2026-12-24T18:00:00Z; UTC where it names no zone."""
    end: Time | None = None
    """Once: end, not part of it."""
    days: Annotated[tuple[Day, ...], BeforeValidator(listed)] = DAYS
    """Every week: the days on which it begins."""
    from_: TimeOfDay | None = Field(default=None, alias="from")
    """Every week: when it begins, such as `"02:00"`."""
    to: TimeOfDay | None = None
    """Every week: when it ends; on the next day where that is not later than `from`."""
    zone: Zone = "UTC"
    """Every week: the zone whose clocks count."""

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        given = tuple(each is not None for each in (self.start, self.end, self.from_, self.to))
        if given not in ((True, True, False, False), (False, False, True, True)):
            raise ImpossibleError(("", "needs either start and end, or from and to (with days and zone)"))
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ImpossibleError(("end", "must be after start"))
        if self.from_ is not None and self.from_ == self.to:
            raise ImpossibleError(("to", "is the same as from; a whole day takes two of them, 00:00 to 12:00 and back"))
        if not self.days:
            raise ImpossibleError(("days", "is empty; name at least one, such as sat"))
        return self


class RouteSettings(Section):
    """One way to people: what it is for, where it leads, and when."""

    monitor: Patterns | None = None
    """Only incidents of these monitors."""
    family: Annotated[tuple[FamilyName, ...], BeforeValidator(listed)] | None = None
    """Only these families."""
    severity: Annotated[tuple[Severity, ...], BeforeValidator(listed)] | None = None
    """Only incidents that are so severe by now."""
    check: Patterns | None = None
    """Only incidents with a finding of these checks."""
    class_name: Patterns | None = Field(default=None, alias="class")
    """Only incidents with a finding of these classes."""
    channels: Annotated[tuple[Name, ...], BeforeValidator(listed), Field(min_length=1)]
    """Where they are told: names of sections such as `slack`, or `console`."""
    mention: Annotated[Name, AfterValidator(_mention)] | None = None
    """Who is called in Slack: `@here`, `@channel`, or the id of a user group or user."""
    repeat: DurationOrZero | None = None
    """How often it is told again until somebody acknowledges it: `24h` if critical, else never; `0s` for never."""
    escalate_after: Duration | None = None
    """After this time without an acknowledgement the next route that matches is told too."""
    quiet_hours: QuietHours | None = None
    """When nobody is told of what is not critical; what still fires is told when they end."""
    mute: tuple[MuteSettings, ...] = ()
    """Times of maintenance, in which nothing is told; what still fires is told when they end."""
    zone: Zone | None = None
    """The zone by whose clocks times are told beside UTC, such as `Europe/Berlin`."""
    goes_on: bool = Field(default=False, alias="continue")
    """Whether the routes that follow are tried too; else the first that matches is the last."""

    @model_validator(mode="after")
    def _names_no_channel_twice(self) -> Self:
        twice = next((name for name in self.channels if self.channels.count(name) > 1), None)
        if twice is not None:
            raise ImpossibleError(("channels", f"names {twice} twice"))
        if self.goes_on and self.escalate_after is not None:
            raise ImpossibleError(("escalate_after", "has no meaning with continue: the next route is told anyway"))
        return self

    @property
    def patterns(self) -> tuple[tuple[str, ...], ...]:
        """What it matches, a field each; () for anything."""
        return (*(each or () for each in (self.monitor, self.family, self.severity, self.check, self.class_name)),)


def faults(
    routes: tuple[RouteSettings, ...], channels: tuple[str, ...], monitors: tuple[str, ...]
) -> list[tuple[str, str]]:
    """What is wrong with routes where channels and monitors have these names: pairs of the key and why."""
    checks = (*ChecksSettings.model_fields, *OF_OURSELVES)
    found: list[tuple[str, str]] = []
    for place, route in enumerate(routes):
        at = f"routes.{place}"
        found += _unknown(f"{at}.channels", route.channels, channels, "channel")
        found += _unfit(f"{at}.monitor", route.monitor or (), monitors, "monitor")
        found += _unfit(f"{at}.check", route.check or (), checks, "check")
        if route.escalate_after is not None and place == len(routes) - 1:
            found.append((f"{at}.escalate_after", "leads nowhere: no route comes after this one"))
        blocking = next((n for n, other in enumerate(routes[:place]) if _ends(other) and _covers(other, route)), None)
        if blocking is not None:
            how = f"set routes.{blocking}.continue or escalate_after, or put this route first"
            found.append((at, f"is never taken: routes.{blocking} matches all that it does; {how}"))
    return found


def _unknown(key: str, names: tuple[str, ...], known: tuple[str, ...], what: str) -> list[tuple[str, str]]:
    wrong = [name for name in names if name not in known]
    return [(key, f"names {name!r}, and there is no such {what}; {_there(name, known)}") for name in wrong]


def _unfit(key: str, patterns: tuple[str, ...], known: tuple[str, ...], what: str) -> list[tuple[str, str]]:
    return [
        (key, f"fits no {what}: {pattern!r}; {_there(pattern, known)}")
        for pattern in patterns
        if not any(_fits(pattern, name) for name in known)
    ]


def _there(name: str, known: tuple[str, ...]) -> str:
    """The nearest name, or all that there are."""
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"there is {', '.join(known)}"


def _fits(pattern: str, name: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None


def _ends(route: RouteSettings) -> bool:
    return not route.goes_on and route.escalate_after is None


def _covers(route: RouteSettings, other: RouteSettings) -> bool:
    pairs = zip(route.patterns, other.patterns, strict=True)
    return all(not mine or (theirs and all(any(_fits(m, t) for m in mine) for t in theirs)) for mine, theirs in pairs)
