"""Put the counts of buckets in the place of what was there."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, delete, select

from monitor.history.packed import Integers, pack_groups
from monitor.history.schema import (
    DELAY_CELLS,
    LABELLER_CELLS,
    LATENCY_CELLS,
    OUTCOME_CELLS,
    PROBLEM_CELLS,
    RELEVANCE_CELLS,
    SLICES,
    TOTAL_CELLS,
)
from monitor.history.schema.cells import NO_BUCKET
from monitor.history.schema.keys import NO_LABEL
from monitor.history.writing.bulk import ROWS_AT_ONCE, batched, insert_columns, insert_rows
from monitor.history.writing.days import FOREVER, roll_up, roll_up_between
from monitor.history.writing.names import class_ids, labeller_ids, slice_ids, source_ids, version_ids
from monitor.log.counting.columns import NO_NAME, Block, Columns, whole_buckets
from monitor.log.counts import ALL, BucketCounts, DelayRow, LabellerRow, LatencyRow, OutcomeRow, RelevanceRow

Keys = NDArray[np.integer[Any]]
"""Integer keys of names."""

BY_MONITOR: Final = (TOTAL_CELLS, LATENCY_CELLS, DELAY_CELLS, PROBLEM_CELLS, RELEVANCE_CELLS, LABELLER_CELLS)

SORTED_AT_ONCE: Final = 800_000
"""Cells of a segment column that are put in order together, of some 45 megabytes: what is written in the order of the
table, and at its end, takes three quarters of the time."""

MOST_PLACES: Final = 1_000_000
"""Numbers that have a place each in a table, which is looked up ten times faster than they are searched for."""

_AT_ONCE: Final = 1000  # buckets in one DELETE; databases limit the parameters of a statement


def replace_cells(connection: Connection, monitor: int, counts: BucketCounts, *, days: bool = True) -> None:
    """Forget what is known of the buckets named, and keep the counts; their sums by day too, unless nobody asks.

    Problem rows without a bucket are always those of the whole log, so they replace the earlier ones.
    """
    for first in range(0, len(counts.buckets), _AT_ONCE):
        _delete(connection, monitor, counts.buckets[first : first + _AT_ONCE])
    if counts.buckets or counts.problems:
        _delete(connection, monitor, [NO_BUCKET])
    _insert_outcomes(connection, monitor, counts.outcomes)
    _insert_others(connection, monitor, counts)
    if days:
        roll_up(connection, monitor, counts.buckets)


def forget_cells(connection: Connection, monitor: int, since: int) -> None:
    """Forget all buckets from `since` on: they may have been cut in another way than those that come."""
    for table in BY_MONITOR:
        connection.execute(delete(table).where(table.c.monitor_id == monitor, table.c.bucket >= since))
    slices = _slices(connection, monitor)
    t = OUTCOME_CELLS.c
    connection.execute(delete(OUTCOME_CELLS).where(t.slice_id.in_(slices), t.bucket >= since))
    roll_up_between(connection, monitor, since, FOREVER)


def _delete(connection: Connection, monitor: int, buckets: Sequence[int]) -> None:
    for table in BY_MONITOR:
        connection.execute(delete(table).where(table.c.monitor_id == monitor, table.c.bucket.in_(buckets)))
    slices = _slices(connection, monitor)
    t = OUTCOME_CELLS.c
    connection.execute(delete(OUTCOME_CELLS).where(t.slice_id.in_(slices), t.bucket.in_(buckets)))


def _slices(connection: Connection, monitor: int) -> Sequence[int]:
    return connection.scalars(select(SLICES.c.id).where(SLICES.c.monitor_id == monitor)).all()


def _insert_outcomes(connection: Connection, monitor: int, rows: Sequence[OutcomeRow]) -> None:
    columns = Columns.of(OutcomeRow, rows)
    classes = _class_keys(connection, columns, ("predicted", "label"))
    versions = _Pairs.of(columns, ("model_version", "prompt_version"), partial(version_ids, connection))
    slices = _Pairs.of(columns, ("segment", "value"), partial(slice_ids, connection, monitor))
    totals = _Totals()
    for segment in slices.firsts():
        waiting: list[list[NDArray[Any]]] = []
        for block in columns.of_segment(segment):
            version, label = versions.keys(block), classes[block["label"]]
            if segment == columns.names.code(ALL):
                totals.add(block, version)
            keys = (slices.keys(block), block["bucket"], version, classes[block["predicted"]], label, block["band"])
            sums = ("n", "weight", "weight_squared", "confidence_millionths", "designed")
            waiting.append([*keys, *(block[name] for name in sums)])
            if sum(each[0].size for each in waiting) >= SORTED_AT_ONCE:
                _insert(connection, OUTCOME_CELLS, waiting)
        _insert(connection, OUTCOME_CELLS, waiting)
    insert_rows(connection, TOTAL_CELLS, ((monitor, *key, *total) for key, total in totals.sums()))


def _insert_others(connection: Connection, monitor: int, counts: BucketCounts) -> None:
    columns = Columns.of(LatencyRow, counts.latency)
    versions = _Pairs.of(columns, ("model_version", "prompt_version"), partial(version_ids, connection))
    for block in columns.blocks():
        keys = (np.full_like(block["bucket"], monitor), block["bucket"], versions.keys(block), block["bin"])
        _insert(connection, LATENCY_CELLS, [[*keys, block["n"]]])
    _insert_delays(connection, monitor, counts.delays)
    _insert_relevance(connection, monitor, counts.relevance)
    _insert_labellers(connection, monitor, counts.labellers)
    problems = ((monitor, NO_BUCKET if row.bucket is None else row.bucket, row.kind, row.n) for row in counts.problems)
    insert_rows(connection, PROBLEM_CELLS, sorted(problems))


def _insert_relevance(connection: Connection, monitor: int, rows: Sequence[RelevanceRow]) -> None:
    versions = version_ids(connection, {(row.model_version, row.prompt_version) for row in rows})
    classes = class_ids(connection, {row.predicted for row in rows})
    sources = source_ids(connection, {row.source for row in rows})
    for batch in batched(rows):
        cells = (
            (monitor, bucket, versions[model, prompt], classes[predicted], sources[source], *numbers)
            for bucket, model, prompt, predicted, source, *numbers in batch
        )
        insert_rows(connection, RELEVANCE_CELLS, sorted(cells))


def _insert_labellers(connection: Connection, monitor: int, rows: Sequence[LabellerRow]) -> None:
    labellers = labeller_ids(connection, {row.labeller for row in rows})
    for batch in batched(rows):
        cells = ((monitor, bucket, labellers[name], fate, n) for bucket, name, fate, n in batch)
        insert_rows(connection, LABELLER_CELLS, sorted(cells))


def _insert_delays(connection: Connection, monitor: int, rows: Sequence[DelayRow]) -> None:
    columns = Columns.of(DelayRow, rows)
    classes = _class_keys(connection, columns, ("predicted", "label"))
    for block in whole_buckets(columns):
        bucket, predicted, label = block["bucket"], classes[block["predicted"]], classes[block["label"]]
        order = np.lexsort((label, block["n"], block["bin"], predicted, bucket))
        bucket, predicted = bucket[order], predicted[order]
        starts = np.flatnonzero(np.diff(bucket, prepend=-1) | np.diff(predicted, prepend=-1))
        packed = pack_groups(starts, block["bin"][order], block["n"][order], label[order])
        keys = zip(bucket[starts].tolist(), predicted[starts].tolist(), packed, strict=True)
        insert_rows(connection, DELAY_CELLS, ((monitor, at, of_class, *both) for at, of_class, both in keys))


def _insert(connection: Connection, table: Table, blocks: list[list[NDArray[Any]]]) -> None:
    """Insert rows in the order of the table's key, which is its first columns.

    They are given as blocks of columns, which are taken out of the list: there is no room to hold them twice.
    """
    if not blocks:
        return
    columns = []
    while blocks[0]:
        columns.append(_joined([block.pop(0) for block in blocks]))
    blocks.clear()
    order = _order(columns[: len(table.primary_key)])
    for start in range(0, order.size, ROWS_AT_ONCE):
        some = order[start : start + ROWS_AT_ONCE]
        insert_columns(connection, table, [column[some] for column in columns])


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """One column of several; one that holds a single value takes no memory."""
    first = parts[0]
    if all(not any(part.strides) and part[0] == first[0] for part in parts):
        return np.broadcast_to(first[0], sum(part.size for part in parts))
    return first if len(parts) == 1 else np.concatenate(parts)


def _order(keys: Sequence[Integers]) -> NDArray[np.intp]:
    """The places of the rows in the order of their keys; where all keys fit in one number, that is sorted."""
    lows = [int(column.min()) for column in keys]
    sizes = [int(column.max()) - low + 1 for column, low in zip(keys, lows, strict=True)]
    if math.prod(sizes) > np.iinfo(np.int64).max:
        return np.lexsort(tuple(reversed(keys)))
    one = np.zeros(keys[0].size, dtype=np.int64)
    for column, low, size in zip(keys, lows, sizes, strict=True):
        if size > 1:
            one *= size
            one += column
            one -= low
    return np.argsort(one)


def _class_keys(connection: Connection, columns: Columns[Any], fields: Sequence[str]) -> Keys:
    """The key of each class by the code of its name; NO_LABEL, the last, for NO_NAME."""
    there = np.zeros(len(columns.names) + 1, dtype=bool)
    for block in columns.blocks():
        for field in fields:
            there[block[field]] = True  # NO_NAME is the last
    codes: list[int] = np.flatnonzero(there[:-1]).tolist()
    names = {code: name for code in codes if (name := columns.names[code]) is not None}
    known = class_ids(connection, names.values())
    keys = np.full(len(columns.names) + 1, NO_LABEL, dtype=np.int32)
    keys[list(names)] = [known[name] for name in names.values()]
    return keys


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Keys of pairs of names: `codes` are numbers of the pairs in order, `ids` the key of each."""

    fields: tuple[str, str]
    base: int
    codes: Integers
    ids: Keys

    @classmethod
    def of(
        cls, columns: Columns[Any], fields: tuple[str, str], known: Callable[[Iterable[Any]], Mapping[Any, int]]
    ) -> "_Pairs":
        """Ask for the keys of all pairs that the columns have."""
        base = len(columns.names) + 1
        found = [_different(_number(block, fields, base)) for block in columns.blocks()]
        codes = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
        pairs = [(columns.names[code // base], columns.names[code % base]) for code in codes.tolist()]
        keys = known(pairs)
        return cls(fields, base, codes, np.array([keys[pair] for pair in pairs], dtype=np.int32))

    def firsts(self) -> Iterable[int]:
        """The codes of the first names, each once, in the order of the keys."""
        return dict.fromkeys((self.codes // self.base)[np.argsort(self.ids)].tolist())

    def keys(self, block: Block) -> Keys:
        """The key of each row."""
        numbers = _number(block, self.fields, self.base)
        if not any(numbers.strides):
            return np.broadcast_to(self.ids[np.searchsorted(self.codes, numbers[0])], numbers.size)
        lowest, span = int(self.codes[0]), int(self.codes[-1] - self.codes[0]) + 1
        if span > MOST_PLACES:
            return self.ids[np.searchsorted(self.codes, numbers)]
        places = np.zeros(span, dtype=np.int32)
        places[self.codes - lowest] = self.ids
        return places[numbers - lowest]


def _number(block: Block, fields: tuple[str, str], base: int) -> Integers:
    """One number for both codes of each row; without strides where all rows have the same."""
    first, second = (block[name] for name in fields)
    if not any((*first.strides, *second.strides)):
        return np.broadcast_to(np.int64(int(first[0]) * base + int(second[0])), first.size)
    return np.asarray(first.astype(np.int64) * base + second)


def _different(numbers: Integers) -> Integers:
    """The numbers, each once, in order."""
    lowest, span = int(numbers.min()), int(np.ptp(numbers)) + 1
    if span > MOST_PLACES:
        return np.unique(numbers)
    there = np.zeros(span, dtype=bool)
    there[numbers - lowest] = True
    return np.flatnonzero(there) + lowest


class _Totals:
    """Predictions and labelled ones by bucket and version."""

    def __init__(self) -> None:
        self._sums: dict[tuple[int, int], tuple[int, int]] = {}

    def add(self, block: Block, version: Keys) -> None:
        """Add the rows of a block."""
        base = int(version.max(initial=0)) + 1
        keys, place = np.unique(block["bucket"] * base + version, return_inverse=True)
        n, has_label = block["n"], block["label"] != NO_NAME
        sums = (np.bincount(place, each, keys.size).astype(int).tolist() for each in (n, n * has_label))
        for key, total, labelled in zip(keys.tolist(), *sums, strict=True):
            before = self._sums.get(divmod(key, base), (0, 0))
            self._sums[divmod(key, base)] = before[0] + total, before[1] + labelled

    def sums(self) -> Iterable[tuple[tuple[int, int], tuple[int, int]]]:
        """All of them in order."""
        return sorted(self._sums.items())
