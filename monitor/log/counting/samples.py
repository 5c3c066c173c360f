"""A few values of the log that show what is wrong with it, for those who must mend it."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from monitor.log.counts import ALL, BucketCounts, LogNotice
from monitor.log.mapping.mapped import Dated, MappedLog
from monitor.log.mapping.time_probe import examples
from monitor.log.problems import ProblemKind

FEWEST: Final = 20
MOST_ORPHANS: Final = 0.9
"""Share of label rows without a prediction, beyond which any label shows what is wrong."""


def shown(connection: sa.Connection, log: MappedLog, counts: BucketCounts) -> Iterator[LogNotice]:
    """Examples of times that cannot be read, and of ids of both logs where next to no label finds its prediction."""
    found = Counter[str]()
    for problem in counts.problems:
        found[problem.kind] += problem.n
    predictions = log.predictions
    if n := found[ProblemKind.NULL_TIME]:
        times = examples(connection, predictions.relation, predictions.columns["at"], predictions.at.unreadable)
        yield LogNotice(ProblemKind.NULL_TIME, n, 0, times)
    orphans = found[ProblemKind.ORPHAN_LABEL]
    joined = sum(row.n for row in counts.outcomes if row.segment == ALL and row.label is not None)
    if log.labels is not None and orphans >= FEWEST and orphans > MOST_ORPHANS * (orphans + joined):
        ids = (f"label {_an_id(connection, log.labels)}", f"prediction {_an_id(connection, predictions)}")
        yield LogNotice(ProblemKind.ORPHAN_LABEL, orphans, orphans + joined, ids)


def _an_id(connection: sa.Connection, rows: Dated) -> str:
    text = sa.func.substr(sa.cast(rows.id, sa.Text), 1, 60)
    statement = sa.select(text).select_from(rows.source).where(rows.id.is_not(None)).limit(1)
    return str(connection.execute(statement).scalar())
