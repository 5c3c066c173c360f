"""Sums of the cells by UTC day: what the views of days are read from, since a year of hours is millions of cells."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table, delete, func, insert, select

from monitor.history.packed import sums_of_labels
from monitor.history.schema import (
    DELAY_CELLS,
    DELAY_DAYS,
    LABELLER_CELLS,
    LABELLER_DAYS,
    LATENCY_CELLS,
    LATENCY_DAYS,
    OUTCOME_CELLS,
    OUTCOME_DAYS,
    RELEVANCE_CELLS,
    RELEVANCE_DAYS,
    SLICES,
)
from monitor.history.writing.bulk import insert_rows

DAY: Final = 86_400  # seconds
FOREVER: Final = 2**62  # epoch seconds
_DAYS_AT_ONCE: Final = 30  # whose packed delays are held: some ten megabytes of 20 classes


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of days and the cells that it sums; the first of `keys` says whose they are."""

    days: Table
    cells: Table
    keys: tuple[str, ...]
    sums: tuple[str, ...]


OUTCOMES: Final = Rollup(
    OUTCOME_DAYS,
    OUTCOME_CELLS,
    ("slice_id", "version_id", "predicted_id", "label_id"),
    ("n", "weight", "weight_squared"),
)
BY_MONITOR: Final = (
    Rollup(LATENCY_DAYS, LATENCY_CELLS, ("monitor_id", "version_id", "bin"), ("n",)),
    Rollup(
        RELEVANCE_DAYS,
        RELEVANCE_CELLS,
        ("monitor_id", "version_id", "source_id", "bin"),
        ("n", "score_millionths"),
    ),
    Rollup(LABELLER_DAYS, LABELLER_CELLS, ("monitor_id", "labeller_id", "fate"), ("n",)),
)


def roll_up(connection: Connection, monitor: int, buckets: Collection[int]) -> None:
    """Sum the days of these buckets anew. Whoever changes cells calls it in the same transaction."""
    for start, end in _runs(buckets):
        roll_up_between(connection, monitor, start, end)


def roll_up_between(connection: Connection, monitor: int, start: int, end: int) -> None:
    """Sum all days anew that begin before `end`, from the one that `start` lies in."""
    everything = connection.scalars(select(SLICES.c.id).where(SLICES.c.monitor_id == monitor, SLICES.c.segment == ""))
    for key in everything.all():
        _sum(connection, OUTCOMES, key, start // DAY * DAY, end)
    for rollup in BY_MONITOR:
        _sum(connection, rollup, monitor, start // DAY * DAY, end)
    _sum_delays(connection, monitor, start // DAY * DAY, end)


def _runs(buckets: Collection[int]) -> Iterator[tuple[int, int]]:
    """Spans of whole days, as few as hold the buckets."""
    start = end = None
    for day in sorted({bucket // DAY * DAY for bucket in buckets if bucket >= 0}):
        if end != day:
            if start is not None and end is not None:
                yield start, end
            start = day
        end = day + DAY
    if start is not None and end is not None:
        yield start, end


def _sum(connection: Connection, rollup: Rollup, owner: int, start: int, end: int) -> None:
    days, cells = rollup.days.c, rollup.cells.c
    first, *others = rollup.keys
    connection.execute(delete(rollup.days).where(days[first] == owner, days.day >= start, days.day < end))
    day = cells.bucket - cells.bucket % DAY
    keys = [cells[first], day, *(cells[name] for name in others)]
    sums = [func.sum(cells[name]) for name in rollup.sums]
    found = select(*keys, *sums).where(cells[first] == owner, cells.bucket >= start, cells.bucket < end).group_by(*keys)
    connection.execute(insert(rollup.days).from_select([first, "day", *others, *rollup.sums], found))


def _sum_delays(connection: Connection, monitor: int, start: int, end: int) -> None:
    """Delays are packed: the database cannot add them up itself."""
    days, cells = DELAY_DAYS.c, DELAY_CELLS.c
    connection.execute(delete(DELAY_DAYS).where(days.monitor_id == monitor, days.day >= start, days.day < end))
    here = (cells.monitor_id == monitor, cells.labels.is_not(None), cells.bucket >= start, cells.bucket < end)
    packed = select(cells.bucket - cells.bucket % DAY, cells.counts, cells.labels).where(*here)
    first, last = connection.execute(select(func.min(cells.bucket), func.max(cells.bucket)).where(*here)).one()
    if first is None:
        return
    for since in range(first // DAY * DAY, last + 1, _DAYS_AT_ONCE * DAY):
        until = since + _DAYS_AT_ONCE * DAY
        if rows := connection.execute(packed.where(cells.bucket >= since, cells.bucket < until)).all():
            sums = sums_of_labels(*zip(*rows, strict=True))
            insert_rows(connection, DELAY_DAYS, ((monitor, *row) for row in sums))
