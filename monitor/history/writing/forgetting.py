"""Forget counts on a person's word: of a span of time, or of predictions that the log is to lose."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from monitor.history.schema import FORGETTING, LOG_MARKS, RETAINED_CELLS, STUDIES, TOTAL_CELLS
from monitor.history.types import from_epoch, to_epoch
from monitor.history.writing.cells import replace_cells
from monitor.history.writing.marks import PREDICTIONS
from monitor.log.counts import BucketCounts


@dataclass(frozen=True, slots=True)
class SpanContents:
    """What the history holds of buckets that overlap a span: their predictions and labelled ones, and studies."""

    buckets: tuple[int, ...]
    predictions: int
    labelled: int
    studies: int


def held(connection: Connection, monitor: int, name: str, start: datetime, end: datetime, bucket: int) -> SpanContents:
    """Look at the buckets, of `bucket` seconds, that overlap [start, end), and at studies that may have seen them."""
    t = TOTAL_CELLS.c
    first = to_epoch(start) - bucket + 1
    here = (t.monitor_id == monitor, t.bucket >= first, t.bucket < to_epoch(end))
    sums = select(t.bucket, func.sum(t.n), func.sum(t.n_labelled)).where(*here).group_by(t.bucket)
    rows = connection.execute(sums).all()
    studies = select(func.count()).where(STUDIES.c.monitor == name, STUDIES.c.as_of >= start)
    predictions, labelled = (sum(int(row[place]) for row in rows) for place in (1, 2))
    return SpanContents(tuple(sorted(row[0] for row in rows)), predictions, labelled, connection.scalar(studies) or 0)


def forget_span(connection: Connection, monitor: int, name: str, span: SpanContents, start: datetime) -> None:
    """Let go of those buckets: the next look counts what the log has of them. Studies that may have seen them go."""
    replace_cells(connection, monitor, BucketCounts(span.buckets, (), (), (), ()))
    for bucket in span.buckets:
        mark = LOG_MARKS.c
        here = (mark.monitor_id == monitor, mark.kind == PREDICTIONS, mark.bucket == bucket)
        connection.execute(delete(LOG_MARKS).where(*here))
        for table in (RETAINED_CELLS, FORGETTING):
            connection.execute(delete(table).where(table.c.monitor_id == monitor, table.c.bucket == bucket))
    _forget_studies(connection, name, start)


def forget_predictions(
    connection: Connection, monitor: int, name: str, places: Mapping[str, int], now: datetime
) -> None:
    """Let the loss of predictions lower the counts of their buckets, by id; studies that may have seen them go."""
    rows = {(bucket, _digest(name, each)) for each, bucket in places.items()}
    t = FORGETTING.c
    known = select(t.bucket, t.digest).where(t.monitor_id == monitor)
    rows -= {(bucket, digest) for bucket, digest in connection.execute(known)}
    if rows:
        values = [
            {"monitor_id": monitor, "bucket": bucket, "digest": digest, "requested_at": now}
            for bucket, digest in sorted(rows)
        ]
        connection.execute(insert(FORGETTING), values)
    if places:
        _forget_studies(connection, name, from_epoch(min(places.values())))


def _forget_studies(connection: Connection, name: str, since: datetime) -> None:
    connection.execute(delete(STUDIES).where(STUDIES.c.monitor == name, STUDIES.c.as_of >= since))


def _digest(name: str, identity: str) -> str:
    return hashlib.blake2b(f"{name}\n{identity}".encode(errors="replace"), digest_size=16).hexdigest()
