"""Marks of the buckets, read from the log, and the joins that tell what else a change touches.

A mark is the number of rows of a bucket and the sum of a 31-bit hash of each row: of its id, time, and all that is
counted (predicted class, versions, latency, segments; label, inclusion probability). So a row that is added, removed,
moved or overwritten in place changes the mark, but for two rows whose hashes happen to make the same sum (1 in 2^31).
What a mark does not notice: a change of a column that is not counted, such as the text, and a label bucket that gains
as many rows as it loses or more (its lost rows stay counted until their prediction's bucket changes again).
"""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.log.changes import Difference, compare, merged
from monitor.log.counts import Changes, Fingerprints, Mark
from monitor.log.functions import RowDigest
from monitor.log.mapping import MappedLog
from monitor.log.moment import Moment, from_epoch
from monitor.log.rows import span_rows


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
    p = log.predictions
    logged = (p.id, p.at.column, p.predicted, p.model_version, p.prompt_version, p.latency_ms, *p.segments)
    predictions = _marks(connection, log, p.relation.source, p.at, logged, since, as_of)
    if log.labels is None:
        return Fingerprints(predictions, {})
    given = (log.labels.id, log.labels.at.column, log.labels.label, log.labels.weight)
    labels = _marks(connection, log, log.labels.relation.source, log.labels.at, given, since, as_of)
    return Fingerprints(predictions, labels)


def _marks(
    connection: sa.Connection,
    log: MappedLog,
    source: sa.FromClause,
    at: Moment,
    values: tuple[sa.ColumnElement[Any], ...],
    since: datetime,
    as_of: datetime,
) -> dict[int, Mark]:
    bucket = at.bucket(log.bucket)
    digest = sa.cast(sa.func.sum(RowDigest(*values)), sa.BigInteger)
    statement = sa.select(bucket, sa.func.count(), digest).select_from(source)
    rows = connection.execute(statement.where(span_rows(at, since, as_of)).group_by(bucket)).all()
    return {bucket: Mark(count, digest) for bucket, count, digest in rows}


def _touched(
    connection: sa.Connection, log: MappedLog, difference: Difference, since: datetime, as_of: datetime
) -> set[int]:
    """Return the buckets of rows that share an id with a changed row, in the same log or the other."""
    p, labels = log.predictions, log.labels
    changed_predictions = _ids(p.relation.source, p.id, p.at, difference.predictions.all, log.bucket, as_of)
    touched = _buckets_of(connection, log, (p.relation.source, p.id, p.at), changed_predictions, since, as_of)
    if labels is None:
        return touched
    changed_labels = _ids(labels.relation.source, labels.id, labels.at, difference.labels.all, log.bucket, as_of)
    touched |= _buckets_of(connection, log, (p.relation.source, p.id, p.at), changed_labels, since, as_of)
    label_rows = (labels.relation.source, labels.id, labels.at)
    return touched | _buckets_of(connection, log, label_rows, changed_predictions, since, as_of)


def _ids(
    source: sa.FromClause,
    identity: sa.ColumnElement[Any],
    at: Moment,
    buckets: AbstractSet[int],
    bucket: int,
    as_of: datetime,
) -> sa.CTE | None:
    if not buckets:
        return None
    statement = sa.select(identity.label("id")).select_from(source).where(at.within(sorted(buckets), bucket))
    return statement.where(at.until(as_of), identity.is_not(None)).cte("changed")


def _buckets_of(
    connection: sa.Connection,
    log: MappedLog,
    rows: tuple[sa.FromClause, sa.ColumnElement[Any], Moment],
    ids: sa.CTE | None,
    since: datetime,
    as_of: datetime,
) -> set[int]:
    if ids is None:
        return set()
    source, identity, at = rows
    statement = sa.select(at.bucket(log.bucket)).select_from(source).distinct()
    return set(
        connection.execute(statement.where(span_rows(at, since, as_of), identity.in_(sa.select(ids.c.id)))).scalars()
    )
