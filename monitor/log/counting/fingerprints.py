"""Marks of the buckets, read from the log, and the joins that tell what else a change touches.

A mark is the number of rows of a bucket and the sum of a 31-bit hash of each row: of its id, time, and all that is
counted (predicted class, versions, latency, confidence, segments, relevance and its source; label, inclusion
probability, labeller). So a row that is added, removed, moved or overwritten in place changes the mark, but for two
rows whose hashes happen to make the same sum (1 in 2^31). What a mark does not notice: a change of a column that is not
counted, such as the text, and a label bucket that gains as many rows dated before the last look as it loses (its lost
rows stay counted). Rows dated after the last look are told apart, so that they hide no loss.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime

import sqlalchemy as sa

from monitor.log.counting.changes import Difference, Fresh, compare
from monitor.log.counts import Changes, Fingerprints, Mark
from monitor.log.engines.constructs import RowDigest
from monitor.log.mapping.mapped import Dated, MappedLabels, MappedLog, MappedPredictions
from monitor.log.mapping.moment import from_epoch


def find_changes(
    connection: sa.Connection, log: MappedLog, seen: Fingerprints, since: datetime, as_of: datetime
) -> Changes:
    """Compare the log from the bucket of `since` on, as known at `as_of`, with the fingerprints kept."""
    start = int(since.timestamp()) // log.bucket * log.bucket
    now, fresh = _read(connection, log, from_epoch(start), as_of, seen.as_of)
    difference = compare(seen, now, start, fresh)
    buckets = difference.certain
    if not difference.present <= buckets:
        buckets |= _touched(connection, log, difference, from_epoch(start), as_of)
    lost = difference.predictions.shrunk | difference.predictions.rotated
    return Changes(tuple(sorted(buckets)), now, lost, bool(difference.labels.shrunk))


def read_fingerprints(connection: sa.Connection, log: MappedLog, since: datetime, as_of: datetime) -> Fingerprints:
    """Return the marks of all buckets from `since` up to `as_of`."""
    return _read(connection, log, since, as_of, None)[0]


def _read(
    connection: sa.Connection, log: MappedLog, since: datetime, as_of: datetime, before: datetime | None
) -> tuple[Fingerprints, tuple[Fresh, Fresh]]:
    """The marks of all buckets from `since` up to `as_of`, and how many of their rows are dated after `before`."""
    fresh: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def marks(rows: Dated, later: dict[int, int], digest_of: RowDigest) -> dict[int, Mark]:
        bucket = rows.at.bucket(log.bucket)
        digest = sa.cast(sa.func.sum(digest_of), sa.BigInteger)
        new = sa.func.count().filter(rows.at.after(before)) if before is not None else sa.literal(0, sa.Integer)
        statement = sa.select(bucket, sa.func.count(), digest, new).select_from(rows.source)
        found = connection.execute(statement.where(rows.between(since, as_of)).group_by(bucket)).all()
        later.update((start, dated_later) for start, *_, dated_later in found if dated_later)
        return {start: Mark(count, total) for start, count, total, _ in found}

    labels = log.labels
    predictions = marks(log.predictions, fresh[0], digest_of_prediction(log.predictions))
    labelled = {} if labels is None else marks(labels, fresh[1], digest_of_label(labels))
    return Fingerprints(predictions, labelled, as_of, log.bucket), fresh


def digest_of_prediction(p: MappedPredictions) -> RowDigest:
    """The hash of a prediction's id, time, and all that is counted of it."""
    scored = (p.relevance, p.relevance_source) if p.logs_relevance else ()
    counted = (p.predicted, p.model_version, p.prompt_version, p.latency_ms, p.confidence, *p.segments, *scored)
    return RowDigest(p.id, p.at.column, *counted)


def digest_of_label(labels: MappedLabels) -> RowDigest:
    """The hash of a label row's id, time, and all that is counted of it."""
    who = (labels.labeller,) if labels.logs_labellers else ()
    return RowDigest(labels.id, labels.at.column, labels.label, labels.weight, *who)


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
