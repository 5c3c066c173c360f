"""The time of a row: how it is read, compared and cut into buckets, for every kind of column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa

from monitor.log.engines.constructs import EpochSeconds
from monitor.log.kinds import ColumnKind
from monitor.log.times.times import USUAL, TimeReading

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""No log of a chatbot is older: an earlier time is how a program writes that it has none, or a number misread."""
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""A time from then on is how a program writes "never"."""

_NEVER: Final = -1e300  # epoch seconds
_MOST_SPANS: Final = 64  # more than that is one scan with a list, rather than a scan for each span


@dataclass(frozen=True, slots=True)
class Moment:
    """A time column. Where its type allows, comparisons are of the raw column, so that indexes and zone maps help."""

    column: sa.ColumnElement[Any]
    kind: ColumnKind
    reading: TimeReading = USUAL
    ordered: bool = True
    """Of SQLite: its texts are ISO, so that their order is that of time."""

    @property
    def epoch(self) -> sa.ColumnElement[float]:
        """Seconds since 1970, NULL where unreadable."""
        return EpochSeconds(self.column, self.kind, self.reading)

    @property
    def unreadable(self) -> sa.ColumnElement[bool]:
        """No time is given, or none that can be read."""
        return self.column.is_(None) if self.kind.is_timestamp else self.epoch.is_(None)

    @property
    def implausible(self) -> sa.ColumnElement[bool]:
        """A time is given that no row of a log can have."""
        if self.kind.is_timestamp:
            return sa.or_(self._comparable < self._literal(EARLIEST), self._comparable >= self._literal(LATEST))
        return sa.or_(self.epoch < _seconds(EARLIEST), self.epoch >= _seconds(LATEST))

    @property
    def usable(self) -> sa.ColumnElement[bool]:
        """A time that a row of a log can have."""
        if self.kind.is_timestamp:
            return sa.and_(self._comparable >= self._literal(EARLIEST), self._comparable < self._literal(LATEST))
        return sa.and_(self.epoch >= _seconds(EARLIEST), self.epoch < _seconds(LATEST))

    def out_of_reach(self, moment: datetime) -> sa.ColumnElement[bool]:
        """A time that is not there, cannot be read, cannot be, or is after a moment; each is read once."""
        if self.kind.is_timestamp:
            early, late = self._comparable < self._literal(EARLIEST), self._comparable > self._literal(moment)
            return sa.or_(self.unreadable, early, late)
        known = sa.func.coalesce(self.epoch, sa.literal(_NEVER, sa.Double))
        return sa.not_(known.between(_seconds(EARLIEST), _seconds(moment)))

    def bucket(self, seconds: int) -> sa.ColumnElement[int]:
        """Start of the bucket, in epoch seconds: floor(epoch / seconds) * seconds."""
        return sa.cast(sa.func.floor(self.epoch / sa.literal(float(seconds), sa.Double)), sa.BigInteger) * seconds

    def until(self, moment: datetime) -> sa.ColumnElement[bool]:
        """At or before a moment (aware), and not before all logs."""
        return self.between(EARLIEST, moment)

    def before(self, moment: datetime) -> sa.ColumnElement[bool]:
        """Before a moment (aware), and not before all logs."""
        return self._in(EARLIEST, moment)

    def since(self, moment: datetime) -> sa.ColumnElement[bool]:
        """At or after a moment (aware), and not after all logs."""
        return self._in(max(moment, EARLIEST), LATEST)

    def after(self, moment: datetime) -> sa.ColumnElement[bool]:
        """After a moment (aware), and not after all logs."""
        if self.kind.is_timestamp:
            return sa.and_(self._comparable > self._literal(moment), self._comparable < self._literal(LATEST))
        late = (self.epoch > _seconds(moment), self.epoch < _seconds(LATEST))
        return sa.and_(*self._coarse_since(moment), *late)

    def between(self, start: datetime, end: datetime) -> sa.ColumnElement[bool]:
        """At or after the start, and at or before the end (both aware), and not before all logs."""
        start = max(start, EARLIEST)
        if self.kind.is_timestamp:
            return sa.and_(self._comparable >= self._literal(start), self._comparable <= self._literal(end))
        coarse = (*self._coarse_since(start), *self._coarse_until(end))  # and reads the time once, where that is dear
        return sa.and_(*coarse, self.epoch.between(_seconds(start), _seconds(end)))

    def within(self, buckets: Sequence[int], seconds: int) -> sa.ColumnElement[bool]:
        """In one of the buckets, which are in order, not empty, and named by their start."""
        spans = _spans(buckets, seconds)
        outer = self._in_span(spans[0][0], spans[-1][1])
        if len(spans) == 1:
            return outer
        if self.kind in {ColumnKind.ZONED, ColumnKind.NAIVE} and len(spans) <= _MOST_SPANS:
            return sa.or_(*(self._in_span(start, end) for start, end in spans))
        return sa.and_(outer, self.bucket(seconds).in_(buckets))

    def _in_span(self, start: int, end: int) -> sa.ColumnElement[bool]:
        return self._in(from_epoch(start), from_epoch(end))

    def _in(self, start: datetime, end: datetime) -> sa.ColumnElement[bool]:
        """At or after the start, and before the end."""
        start = max(start, EARLIEST)
        if self.kind.is_timestamp:
            return sa.and_(self._comparable >= self._literal(start), self._comparable < self._literal(end))
        coarse = (*self._coarse_since(start), *self._coarse_until(end))
        return sa.and_(*coarse, self.epoch >= _seconds(start), self.epoch < _seconds(end))

    @property
    def _comparable(self) -> sa.ColumnElement[Any]:
        match self.kind:
            case ColumnKind.ZONED_NS:
                return sa.cast(self.column, sa.TIMESTAMP(timezone=True))
            case ColumnKind.NAIVE_NS:
                return sa.cast(self.column, sa.TIMESTAMP())
            case _:
                return self.column

    def _literal(self, moment: datetime) -> sa.ColumnElement[Any]:
        zoned = self.kind in {ColumnKind.ZONED, ColumnKind.ZONED_NS}
        value = moment.astimezone(UTC) if zoned else moment.astimezone(UTC).replace(tzinfo=None)
        return sa.cast(sa.literal(value, sa.TIMESTAMP(timezone=zoned)), sa.TIMESTAMP(timezone=zoned))

    @property
    def _ordered_texts(self) -> bool:
        return self.kind is ColumnKind.ANY and self.ordered

    def _coarse_until(self, moment: datetime) -> list[sa.ColumnElement[bool]]:
        """SQLite: what an index on the raw column can find; a number is less than any text there."""
        return [self.column < _day(moment + timedelta(days=2))] if self._ordered_texts else []

    def _coarse_since(self, moment: datetime) -> list[sa.ColumnElement[bool]]:
        if not self._ordered_texts:
            return []
        return [sa.or_(self.column >= _day(moment - timedelta(days=1)), self.column < sa.literal("", sa.Text))]


def from_epoch(seconds: float) -> datetime:
    """Return the moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _day(moment: datetime) -> sa.ColumnElement[str]:
    """Return the day as ISO text, which orders all ISO texts but for their zone: hence a day of margin."""
    return sa.literal(moment.astimezone(UTC).date().isoformat(), sa.Text)


def _seconds(moment: datetime) -> sa.ColumnElement[float]:
    return sa.literal(moment.timestamp(), sa.Double)


def _spans(buckets: Sequence[int], seconds: int) -> list[tuple[int, int]]:
    """Join neighbouring buckets: half-open spans of epoch seconds."""
    breaks = [(left + seconds, right) for left, right in pairwise(buckets) if right != left + seconds]
    starts = [buckets[0], *(right for _, right in breaks)]
    ends = [*(left for left, _ in breaks), buckets[-1] + seconds]
    return list(zip(starts, ends, strict=True))
