"""Spans of time that come again by a local clock, or once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

EVERY_DAY: Final = frozenset(range(7))

DAY: Final = timedelta(days=1)

_AROUND: Final = 8
"""Days before and after that are looked at: a span that comes once a week is among them."""


class Spans(Protocol):
    """Times that are covered, and others that are not."""

    def around(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans [start, end) nearest to `now`, in UTC."""


@dataclass(frozen=True, slots=True)
class Once:
    """From `start` to `end`, not included; both are aware."""

    start: datetime
    end: datetime

    def around(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The one span."""
        del now
        yield self.start.astimezone(UTC), self.end.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Weekly:
    """From `start` to `end` by the clocks of a zone, on the `days` on which it starts (0 is Monday).

    Where `end` is not after `start`, it ends on the next day. In the night in which clocks change it is as much longer
    or shorter as that night is: a time that clocks skip is when they skip it, one that they show twice is the first.
    """

    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[int] = EVERY_DAY

    def around(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans of the days around."""
        today = now.astimezone(self.zone).date()
        for shift in range(-_AROUND, 2):
            day = today + shift * DAY
            if day.weekday() in self.days:
                last = day if self.end > self.start else day + DAY
                yield self._at(datetime.combine(day, self.start)), self._at(datetime.combine(last, self.end))

    def _at(self, local: datetime) -> datetime:
        """When clocks show that time first; where they skip it, when they do."""
        there = local.replace(tzinfo=self.zone)
        found = there.astimezone(UTC)
        if found.astimezone(self.zone).replace(tzinfo=None) == local:
            return found
        return _change(there.replace(fold=1).astimezone(UTC), found, self.zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """When clocks of a zone are changed between two times, to the second; `after` where they are not."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def covered_until(spans: Iterable[Spans], now: datetime) -> datetime | None:
    """When the time that covers `now` ends, spans that follow one another taken together; None where none covers it.

    >>> night = Weekly(time(22), time(8), ZoneInfo("Europe/Berlin"))
    >>> covered_until([night], datetime(2026, 7, 1, 21, tzinfo=UTC))
    datetime.datetime(2026, 7, 2, 6, 0, tzinfo=datetime.timezone.utc)
    """
    found = _sorted(spans, now)
    end: datetime | None = None
    for start, until in found:
        if start <= (end or now) < until:
            end = until
    return end


def last_end(spans: Iterable[Spans], now: datetime) -> datetime | None:
    """The newest end that has come, of those near; None where none has."""
    return max((end for _, end in _sorted(spans, now) if end <= now), default=None)


def _sorted(spans: Iterable[Spans], now: datetime) -> Sequence[tuple[datetime, datetime]]:
    return sorted(found for each in spans for found in each.around(now))
