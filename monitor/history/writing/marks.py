"""How the log looked when it was last read."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select

from monitor.history.schema import LOG_MARKS, MONITORS
from monitor.history.types import from_micros, to_micros
from monitor.history.writing.bulk import insert_rows
from monitor.log.counts import Fingerprints, Mark

PREDICTIONS: Final = "predictions"
LABELS: Final = "labels"


def read_marks(connection: Connection, monitor: int) -> Fingerprints:
    """Read the marks that `write_marks` wrote last."""
    marks: dict[str, dict[int, Mark]] = {PREDICTIONS: {}, LABELS: {}}
    t = LOG_MARKS.c
    for kind, bucket, rows, digest in connection.execute(
        select(t.kind, t.bucket, t.rows, t.digest).where(t.monitor_id == monitor)
    ):
        marks[kind][bucket] = Mark(rows, int(digest))
    m = MONITORS.c
    of = connection.execute(select(m.counted_as_of, m.bucket_seconds).where(m.id == monitor)).one_or_none()
    micros, bucket = of or (None, None)
    as_of = None if micros is None else from_micros(micros)
    return Fingerprints(marks[PREDICTIONS], marks[LABELS], as_of, bucket)


def write_marks(connection: Connection, monitor: int, old: Fingerprints, new: Fingerprints) -> None:
    """Turn the marks from `old`, which are there now, into exactly `new`."""
    _write(connection, monitor, PREDICTIONS, old.predictions, new.predictions)
    _write(connection, monitor, LABELS, old.labels, new.labels)
    as_of = None if new.as_of is None else to_micros(new.as_of)
    known: dict[str, Any] = {"counted_as_of": as_of, "bucket_seconds": new.bucket}
    if new.labels:
        known["last_label_bucket"] = max(new.labels)
    connection.execute(MONITORS.update().where(MONITORS.c.id == monitor).values(known))


def forget_marks(connection: Connection, monitor: int) -> None:
    """Have the whole log counted anew."""
    connection.execute(delete(LOG_MARKS).where(LOG_MARKS.c.monitor_id == monitor))
    connection.execute(MONITORS.update().where(MONITORS.c.id == monitor).values(counted_as_of=None))


def _write(connection: Connection, monitor: int, kind: str, old: Mapping[int, Mark], new: Mapping[int, Mark]) -> None:
    gone = [bucket for bucket, mark in old.items() if new.get(bucket) != mark]
    come = [bucket for bucket, mark in new.items() if old.get(bucket) != mark]
    if gone:
        t = LOG_MARKS.c
        statement = delete(LOG_MARKS).where(t.monitor_id == monitor, t.kind == kind, t.bucket == bindparam("gone"))
        connection.execute(statement, [{"gone": bucket} for bucket in gone])
    insert_rows(connection, LOG_MARKS, ((monitor, kind, b, new[b].rows, str(new[b].digest)) for b in sorted(come)))
