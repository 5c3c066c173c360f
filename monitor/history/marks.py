"""How the log looked when it was last read."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select

from monitor.history.bulk import insert_rows
from monitor.history.schema import LOG_MARKS, MONITORS
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
    return Fingerprints(marks[PREDICTIONS], marks[LABELS])


def write_marks(connection: Connection, monitor: int, old: Fingerprints, new: Fingerprints) -> None:
    """Turn the marks from `old`, which are there now, into exactly `new`."""
    _write(connection, monitor, PREDICTIONS, old.predictions, new.predictions)
    _write(connection, monitor, LABELS, old.labels, new.labels)
    if new.labels:
        newest = MONITORS.update().where(MONITORS.c.id == monitor).values(last_label_bucket=max(new.labels))
        connection.execute(newest)


def forget_marks(connection: Connection, monitor: int) -> None:
    """Have the whole log counted anew."""
    connection.execute(delete(LOG_MARKS).where(LOG_MARKS.c.monitor_id == monitor))


def _write(connection: Connection, monitor: int, kind: str, old: Mapping[int, Mark], new: Mapping[int, Mark]) -> None:
    gone = [bucket for bucket, mark in old.items() if new.get(bucket) != mark]
    come = [bucket for bucket, mark in new.items() if old.get(bucket) != mark]
    if gone:
        t = LOG_MARKS.c
        statement = delete(LOG_MARKS).where(t.monitor_id == monitor, t.kind == kind, t.bucket == bindparam("gone"))
        connection.execute(statement, [{"gone": bucket} for bucket in gone])
    insert_rows(connection, LOG_MARKS, ((monitor, kind, b, new[b].rows, str(new[b].digest)) for b in sorted(come)))
