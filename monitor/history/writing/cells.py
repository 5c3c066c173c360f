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
from monitor.history.writing.names import class_ids, slice_ids, source_ids, version_ids
from monitor.log.counting.columns import NO_NAME, Block, Columns, whole_buckets
from monitor.log.counts import ALL, BucketCounts, DelayRow, LatencyRow, OutcomeRow, RelevanceRow

BY_MONITOR: Final = (TOTAL_CELLS, LATENCY_CELLS, DELAY_CELLS, PROBLEM_CELLS, RELEVANCE_CELLS)

_AT_ONCE: Final = 1000  # buckets in one DELETE; databases limit the parameters of a statement


def replace_cells(connection: Connection, monitor: int, counts: BucketCounts) -> None:
    """Forget what is known of the buckets named, and keep the counts.

    Problem rows without a bucket are always those of the whole log, so they replace the earlier ones.
    """
    for first in range(0, len(counts.buckets), _AT_ONCE):
        _delete(connection, monitor, counts.buckets[first : first + _AT_ONCE])
    if counts.buckets or counts.problems:
        _delete(connection, monitor, [NO_BUCKET])
    _insert_outcomes(connection, monitor, counts.outcomes)
    _insert_others(connection, monitor, counts)
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
    everything, totals = columns.names.code(ALL), _Totals()
    for block in columns.blocks():
        version, label = versions.keys(block), classes[block["label"]]
        totals.add(block, version, block["segment"] == everything)
        keys = (slices.keys(block), block["bucket"], version, classes[block["predicted"]], label, block["band"])
        sums = ("n", "weight", "weight_squared", "confidence_millionths", "designed")
        _insert(connection, OUTCOME_CELLS, keys, [block[name] for name in sums])
    insert_rows(connection, TOTAL_CELLS, ((monitor, *key, *total) for key, total in totals.sums()))


def _insert_others(connection: Connection, monitor: int, counts: BucketCounts) -> None:
    columns = Columns.of(LatencyRow, counts.latency)
    versions = _Pairs.of(columns, ("model_version", "prompt_version"), partial(version_ids, connection))
    for block in columns.blocks():
        keys = (np.full_like(block["bucket"], monitor), block["bucket"], versions.keys(block), block["bin"])
        _insert(connection, LATENCY_CELLS, keys, [block["n"]])
    _insert_delays(connection, monitor, counts.delays)
    _insert_relevance(connection, monitor, counts.relevance)
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


def _insert(connection: Connection, table: Table, keys: Sequence[Integers], numbers: Sequence[NDArray[Any]]) -> None:
    """Insert rows in the order of their keys, which is that of the table."""
    order = _order(keys)
    for start in range(0, order.size, ROWS_AT_ONCE):
        some = order[start : start + ROWS_AT_ONCE]
        insert_columns(connection, table, [column[some] for column in (*keys, *numbers)])


def _order(keys: Sequence[Integers]) -> NDArray[np.intp]:
    """The places of the rows in the order of their keys; where all keys fit in one number, that is sorted."""
    if not keys[0].size:
        return np.empty(0, dtype=np.intp)
    lows = [int(column.min()) for column in keys]
    sizes = [int(column.max()) - low + 1 for column, low in zip(keys, lows, strict=True)]
    if math.prod(sizes) > np.iinfo(np.int64).max:
        return np.lexsort(tuple(reversed(keys)))
    one = np.ravel_multi_index(tuple(column - low for column, low in zip(keys, lows, strict=True)), sizes)
    return np.argsort(one)


def _class_keys(connection: Connection, columns: Columns[Any], fields: Sequence[str]) -> Integers:
    """The key of each class by the code of its name; NO_LABEL, the last, for NO_NAME."""
    codes = {code for block in columns.blocks() for name in fields for code in np.unique(block[name]).tolist()}
    names = {code: name for code in codes if (name := columns.names[code]) is not None}
    known = class_ids(connection, names.values())
    keys = np.full(len(columns.names) + 1, NO_LABEL, dtype=np.int64)
    for code, name in names.items():
        keys[code] = known[name]
    return keys


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Keys of pairs of names: `codes` are numbers of the pairs in order, `ids` the key of each."""

    fields: tuple[str, str]
    base: int
    codes: Integers
    ids: Integers

    @classmethod
    def of(
        cls, columns: Columns[Any], fields: tuple[str, str], known: Callable[[Iterable[Any]], Mapping[Any, int]]
    ) -> "_Pairs":
        """Ask for the keys of all pairs that the columns have."""
        base = len(columns.names) + 1
        found = [np.unique(_number(block, fields, base)) for block in columns.blocks()]
        codes = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
        pairs = [(columns.names[code // base], columns.names[code % base]) for code in codes.tolist()]
        keys = known(pairs)
        return cls(fields, base, codes, np.array([keys[pair] for pair in pairs], dtype=np.int64))

    def keys(self, block: Block) -> Integers:
        """The key of each row."""
        return self.ids[np.searchsorted(self.codes, _number(block, self.fields, self.base))]


def _number(block: Block, fields: tuple[str, str], base: int) -> Integers:
    first, second = (block[name].astype(np.int64) for name in fields)
    return np.asarray(first * base + second)


class _Totals:
    """Predictions and labelled ones by bucket and version."""

    def __init__(self) -> None:
        self._sums: dict[tuple[int, int], tuple[int, int]] = {}

    def add(self, block: Block, version: Integers, here: NDArray[np.bool_]) -> None:
        """Add the rows of a block that are `here`."""
        base = int(version.max(initial=0)) + 1
        keys, place = np.unique(block["bucket"][here] * base + version[here], return_inverse=True)
        n, has_label = block["n"][here], block["label"][here] != NO_NAME
        sums = (np.bincount(place, each, keys.size).astype(int).tolist() for each in (n, n * has_label))
        for key, total, labelled in zip(keys.tolist(), *sums, strict=True):
            before = self._sums.get(divmod(key, base), (0, 0))
            self._sums[divmod(key, base)] = before[0] + total, before[1] + labelled

    def sums(self) -> Iterable[tuple[tuple[int, int], tuple[int, int]]]:
        """All of them in order."""
        return sorted(self._sums.items())
