"""A few values of the log that show what is wrong with it, for those who must mend it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import sqlalchemy as sa

from monitor.common.redact import redact
from monitor.log.counting.columns import totals
from monitor.log.counting.rows import repeated_ids
from monitor.log.counts import BucketCounts, LogNotice
from monitor.log.mapping.mapped import Dated, MappedLabels, MappedLog
from monitor.log.mapping.time_probe import examples
from monitor.log.problems import ProblemKind

FEWEST: Final = 20
MOST_ORPHANS: Final = 0.9
"""Share of label rows without a prediction, beyond which any label shows what is wrong."""
MOST: Final = 3
_OF_PREDICTIONS: Final = (ProblemKind.NULL_TIME, ProblemKind.IMPLAUSIBLE_TIME)
_OF_LABELS: Final = (ProblemKind.NULL_LABEL_TIME, ProblemKind.IMPLAUSIBLE_LABEL_TIME)
_UNREADABLE: Final = (ProblemKind.NULL_TIME, ProblemKind.NULL_LABEL_TIME)


class Examples(Protocol):
    """Where values are found that show what is wrong."""

    def times(self, kind: ProblemKind) -> tuple[str, ...]:
        """Times of the predictions, or of the labels, that have this problem."""

    def shared(self, buckets: Sequence[int]) -> tuple[str, ...]:
        """Ids of predictions in these buckets that other predictions have too: the first three."""

    def ids(self) -> tuple[str, str]:
        """An id of the labels and one of the predictions."""


def shown(examples: Examples, counts: BucketCounts, buckets: Sequence[int]) -> Iterator[LogNotice]:
    """At most three examples of each: times that cannot be read, ids that several predictions share, ids of both logs.

    The last only where next to no label finds its prediction. What looks like a secret is left out of them.
    """
    found = Counter[str]()
    for problem in counts.problems:
        found[problem.kind] += problem.n
    for kind in (*_OF_PREDICTIONS, *_OF_LABELS):
        if n := found[kind]:
            yield LogNotice(kind, n, 0, tuple(map(redact, examples.times(kind))))
    if (n := found[ProblemKind.DUPLICATE_ID]) and buckets:
        yield LogNotice(ProblemKind.DUPLICATE_ID, n, 0, tuple(map(redact, examples.shared(buckets))))
    orphans = found[ProblemKind.ORPHAN_LABEL]
    joined = sum(labelled for _, labelled in totals(counts.outcomes).values()) if orphans >= FEWEST else 0
    if orphans >= FEWEST and orphans > MOST_ORPHANS * (orphans + joined):
        label, prediction = examples.ids()
        ids = (f"label {label}", f"prediction {prediction}")
        yield LogNotice(ProblemKind.ORPHAN_LABEL, orphans, orphans + joined, tuple(map(redact, ids)))


@dataclass(frozen=True, slots=True)
class LogExamples:
    """Values from the log itself, as known at `as_of`."""

    connection: sa.Connection
    log: MappedLog
    as_of: datetime

    def times(self, kind: ProblemKind) -> tuple[str, ...]:
        """Times that cannot be read, or that cannot be."""
        rows = self.log.predictions if kind in _OF_PREDICTIONS else self.log.labels
        if rows is None:
            return ()
        fault = rows.at.unreadable if kind in _UNREADABLE else rows.at.implausible
        given = rows.label.is_not(None) if isinstance(rows, MappedLabels) and rows.in_predictions else sa.true()
        return examples(self.connection, rows.relation, rows.columns["at"], sa.and_(given, fault))

    def shared(self, buckets: Sequence[int]) -> tuple[str, ...]:
        """In the order of their texts."""
        ids = repeated_ids(self.log, self.as_of, sorted(buckets)).subquery()
        text = shown_text(ids.c.id)
        return tuple(self.connection.execute(sa.select(text).order_by(text).limit(MOST)).scalars())

    def ids(self) -> tuple[str, str]:
        """Any."""
        labels = self.log.labels
        label = "" if labels is None else _an_id(self.connection, labels)
        return label, _an_id(self.connection, self.log.predictions)


def shown_text(identity: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """An id as it is shown."""
    return sa.func.substr(sa.cast(identity, sa.Text), 1, 60)


def _an_id(connection: sa.Connection, rows: Dated) -> str:
    statement = sa.select(shown_text(rows.id)).select_from(rows.source).where(rows.id.is_not(None)).limit(1)
    return str(connection.execute(statement).scalar())
