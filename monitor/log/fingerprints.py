"""Marks of the buckets, read from the log, and the joins that tell what else a change touches.

A mark is the number of rows of a bucket and the sum of a 31-bit hash of each row: of its id, time, and all that is
counted (predicted class, versions, latency, confidence, segments, relevance and its source; label, inclusion
probability). So a row that is added, removed, moved or overwritten in place changes the mark, but for two rows whose
hashes happen to make the same sum (1 in 2^31). What a mark does not
notice: a change of a column that is not counted, such as the text, and a label bucket that gains as many rows as it
loses or more (its lost rows stay counted until their prediction's bucket changes again).
"""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.log.changes import Difference, compare, merged
from monitor.log.counts import Changes, Fingerprints, Mark
from monitor.log.functions import RowDigest
from monitor.log.mapped import Dated, MappedLog
from monitor.log.moment import from_epoch


def find_changes(
    connection: sa.Connection, log: MappedLog, seen: Fingerprints, since: datetime, as_of: datetime
) -> Changes:
    """Compare the log from the bucket of `since` on, as known at `as_of`, with the fingerprints kept."""
    start = int(since.timestamp()) // log.bucket * log.bucket
    now = read_fingerprints(connection, log, from_epoch(start), as_of)
    difference = compare(seen, now, start)
    buckets = difference.certain
    if not difference.present <= buckets:
        buckets |= _touched(connection, log, difference, from_epoch(start), as_of)
    return Changes(tuple(sorted(buckets)), merged(now, difference))


def read_fingerprints(connection: sa.Connection, log: MappedLog, since: datetime, as_of: datetime) -> Fingerprints:
    """Return the marks of all buckets from `since` up to `as_of`."""

    def marks(rows: Dated, *values: sa.ColumnElement[Any]) -> dict[int, Mark]:
        bucket = rows.at.bucket(log.bucket)
        digest = sa.cast(sa.func.sum(RowDigest(rows.id, rows.at.column, *values)), sa.BigInteger)
        statement = sa.select(bucket, sa.func.count(), digest).select_from(rows.source)
        found = connection.execute(statement.where(rows.between(since, as_of)).group_by(bucket))
        return {start: Mark(count, total) for start, count, total in found}

    p, labels = log.predictions, log.labels
    scored = (p.relevance, p.relevance_source) if p.logs_relevance else ()
    counted = (p.predicted, p.model_version, p.prompt_version, p.latency_ms, p.confidence, *p.segments, *scored)
    predictions = marks(p, *counted)
    return Fingerprints(predictions, {} if labels is None else marks(labels, labels.label, labels.weight))


def _touched(
    connection: sa.Connection, log: MappedLog, difference: Difference, since: datetime, as_of: datetime
) -> set[int]:
    """Return the buckets of rows that share an id with a changed row, in the same log or the other."""

    def sharing(rows: Dated, changed: Dated, buckets: AbstractSet[int]) -> set[int]:
        if not buckets:
            return set()
        here = (changed.at.within(sorted(buckets), log.bucket), changed.at.until(as_of), changed.id.is_not(None))
        ids = sa.select(changed.id.label("id")).select_from(changed.source).where(*here).cte("changed")
        start = sa.select(rows.at.bucket(log.bucket)).select_from(rows.source).distinct()
        alike = start.where(rows.between(since, as_of), rows.id.in_(sa.select(ids.c.id)))
        return set(connection.execute(alike).scalars())

    predictions, labels = log.predictions, log.labels
    touched = sharing(predictions, predictions, difference.predictions.all)
    if labels is not None:
        touched |= sharing(predictions, labels, difference.labels.all)
        touched |= sharing(labels, predictions, difference.predictions.all)
    return touched
