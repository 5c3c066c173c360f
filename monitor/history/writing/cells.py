"""Put the counts of buckets in the place of what was there."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from monitor.history.packed import pack, pack_numbers
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
from monitor.history.writing.bulk import batched, insert_rows
from monitor.history.writing.days import FOREVER, roll_up, roll_up_between
from monitor.history.writing.names import class_ids, slice_ids, source_ids, version_ids
from monitor.log.counts import ALL, BucketCounts, DelayRow, OutcomeRow, RelevanceRow

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
    names: set[str | None] = set()
    pairs, parts = set(), set()
    for row in rows:
        names |= {row.predicted, row.label}
        pairs.add((row.model_version, row.prompt_version))
        parts.add((row.segment, row.value))
    classes: dict[str | None, int] = {None: NO_LABEL}
    classes.update(class_ids(connection, {name for name in names if name is not None}))
    versions = version_ids(connection, pairs)
    slices = slice_ids(connection, monitor, parts)
    totals: dict[tuple[int, int], list[int]] = {}
    for batch in batched(rows):
        cells = [
            (
                slices[segment, value],
                bucket,
                versions[model, prompt],
                classes[predicted],
                classes[label],
                band,
                n,
                weight,
                squared,
                *more,
            )
            for bucket, segment, value, model, prompt, predicted, label, n, weight, squared, band, *more in batch
        ]
        insert_rows(connection, OUTCOME_CELLS, sorted(cells))
        _add_totals(totals, (cell for cell in cells if cell[0] == slices.get((ALL, ""))))
    insert_rows(connection, TOTAL_CELLS, ((monitor, *key, *total) for key, total in sorted(totals.items())))


def _add_totals(totals: dict[tuple[int, int], list[int]], cells: Iterable[tuple[Any, ...]]) -> None:
    """Add predictions and labelled ones, by bucket and version."""
    for _, bucket, version, _, label, _, n, *_ in cells:
        total = totals.setdefault((bucket, version), [0, 0])
        total[0] += n
        total[1] += n if label != NO_LABEL else 0


def _insert_others(connection: Connection, monitor: int, counts: BucketCounts) -> None:
    versions = version_ids(connection, {(row.model_version, row.prompt_version) for row in counts.latency})
    for batch in batched(counts.latency):
        latency = ((monitor, bucket, versions[model, prompt], *numbers) for bucket, model, prompt, *numbers in batch)
        insert_rows(connection, LATENCY_CELLS, sorted(latency))
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
    classes = class_ids(connection, {name for row in rows for name in (row.predicted, row.label)})
    histograms: defaultdict[tuple[int, int], array[int]] = defaultdict(partial(array, "q"))
    for bucket, predicted, bin_, n, label in rows:
        histograms[bucket, classes[predicted]].extend((bin_, n, classes[label]))
    packed = (
        (key, sorted(zip(flat[::3], flat[1::3], flat[2::3], strict=True))) for key, flat in sorted(histograms.items())
    )
    insert_rows(
        connection,
        DELAY_CELLS,
        (
            (monitor, *key, pack((bin_, n) for bin_, n, _ in counts), pack_numbers(label for *_, label in counts))
            for key, counts in packed
        ),
    )
