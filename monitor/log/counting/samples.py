"""A few values of the log that show what is wrong with it, for those who must mend it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import sqlalchemy as sa

from monitor.common.redact import redact
from monitor.log.counting.columns import totals
from monitor.log.counting.rows import repeated_ids
from monitor.log.counts import BucketCounts, LogNotice
from monitor.log.mapping.mapped import Dated, MappedLabels, MappedLog, MappedPredictions
from monitor.log.mapping.time_probe import examples
from monitor.log.problems import ProblemKind

FEWEST: Final = 20
MOST_ORPHANS: Final = 0.9
"""Share of label rows without a prediction, beyond which any label shows what is wrong."""
_MOST: Final = 3
_OF_PREDICTIONS: Final = (ProblemKind.NULL_TIME, ProblemKind.IMPLAUSIBLE_TIME)
_OF_LABELS: Final = (ProblemKind.NULL_LABEL_TIME, ProblemKind.IMPLAUSIBLE_LABEL_TIME)


def shown(
    connection: sa.Connection, log: MappedLog, counts: BucketCounts, buckets: Sequence[int], as_of: datetime
) -> Iterator[LogNotice]:
    """At most three examples of each: times that cannot be read, ids that several predictions share, ids of both logs.

    The last only where next to no label finds its prediction. What looks like a secret is left out of them.
    """
    found = Counter[str]()
    for problem in counts.problems:
        found[problem.kind] += problem.n
    for kind, values in (*_times(log.predictions, _OF_PREDICTIONS), *_times(log.labels, _OF_LABELS)):
        if n := found[kind]:
            yield LogNotice(kind, n, 0, tuple(map(redact, values(connection))))
    if (n := found[ProblemKind.DUPLICATE_ID]) and buckets:
        yield LogNotice(ProblemKind.DUPLICATE_ID, n, 0, _shared(connection, log, buckets, as_of))
    orphans = found[ProblemKind.ORPHAN_LABEL]
    joined = sum(labelled for _, labelled in totals(counts.outcomes).values()) if orphans >= FEWEST else 0
    if log.labels is not None and orphans >= FEWEST and orphans > MOST_ORPHANS * (orphans + joined):
        ids = (f"label {_an_id(connection, log.labels)}", f"prediction {_an_id(connection, log.predictions)}")
        yield LogNotice(ProblemKind.ORPHAN_LABEL, orphans, orphans + joined, tuple(map(redact, ids)))


def _times(
    rows: MappedPredictions | MappedLabels | None, kinds: tuple[ProblemKind, ProblemKind]
) -> Iterator[tuple[ProblemKind, Callable[[sa.Connection], tuple[str, ...]]]]:
    """How to read some times that cannot be read, and some that cannot be."""
    if rows is None:
        return
    given = rows.label.is_not(None) if isinstance(rows, MappedLabels) and rows.in_predictions else sa.true()
    for kind, fault in zip(kinds, (rows.at.unreadable, rows.at.implausible), strict=True):
        where = sa.and_(given, fault)
        yield kind, partial(examples, relation=rows.relation, name=rows.columns["at"], where=where)


def _shared(connection: sa.Connection, log: MappedLog, buckets: Sequence[int], as_of: datetime) -> tuple[str, ...]:
    ids = repeated_ids(log, as_of, sorted(buckets)).limit(_MOST).subquery()
    texts = connection.execute(sa.select(sa.func.substr(sa.cast(ids.c.id, sa.Text), 1, 60))).scalars()
    return tuple(redact(str(text)) for text in texts)


def _an_id(connection: sa.Connection, rows: Dated) -> str:
    text = sa.func.substr(sa.cast(rows.id, sa.Text), 1, 60)
    statement = sa.select(text).select_from(rows.source).where(rows.id.is_not(None)).limit(1)
    return str(connection.execute(statement).scalar())
