"""Read the cells of single buckets back, as the counts that they were made of."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from monitor.history.packed import unpack, unpack_numbers
from monitor.history.schema import (
    DELAY_CELLS,
    LABELLER_CELLS,
    LATENCY_CELLS,
    OUTCOME_CELLS,
    PROBLEM_CELLS,
    RELEVANCE_CELLS,
    TOTAL_CELLS,
)
from monitor.history.schema.keys import NO_LABEL
from monitor.history.writing.names import class_names, labeller_names, slice_names, source_names, version_names
from monitor.log.counts import (
    BucketCounts,
    DelayRow,
    LabellerRow,
    LatencyRow,
    OutcomeRow,
    ProblemRow,
    RelevanceRow,
)
from monitor.log.problems import ProblemKind

_AT_ONCE: Final = 1000  # buckets in one statement; databases limit the parameters


class Counted:
    """The counts of one monitor, within one transaction."""

    def __init__(self, connection: Connection, monitor: int) -> None:
        self._connection = connection
        self._monitor = monitor

    def totals(self, buckets: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Predictions and labelled predictions of each of the buckets that has any."""
        t = TOTAL_CELLS.c
        sums = select(t.bucket, func.sum(t.n), func.sum(t.n_labelled)).where(t.monitor_id == self._monitor)
        found: dict[int, tuple[int, int]] = {}
        for some in runs(buckets):
            for bucket, n, labelled in self._connection.execute(sums.where(t.bucket.in_(some)).group_by(t.bucket)):
                found[bucket] = int(n), int(labelled)
        return found

    def problems(self, buckets: Sequence[int], kind: ProblemKind) -> dict[int, int]:
        """Problems of a kind in each of the buckets that has any."""
        t = PROBLEM_CELLS.c
        rows = select(t.bucket, t.n).where(t.monitor_id == self._monitor, t.kind == kind.value)
        return {
            bucket: n
            for some in runs(buckets)
            for bucket, n in self._connection.execute(rows.where(t.bucket.in_(some)))
        }

    def counts(self, buckets: Sequence[int]) -> BucketCounts:
        """All that the cells of the buckets hold."""
        parts = list(runs(buckets))
        return BucketCounts(
            tuple(buckets),
            tuple(row for some in parts for row in self._outcomes(some)),
            tuple(row for some in parts for row in self._latency(some)),
            tuple(row for some in parts for row in self._delays(some)),
            tuple(row for some in parts for row in self._problems(some)),
            tuple(row for some in parts for row in self._relevance(some)),
            labellers=tuple(row for some in parts for row in self._labellers(some)),
        )

    def _outcomes(self, buckets: Sequence[int]) -> Iterator[OutcomeRow]:
        t = OUTCOME_CELLS.c
        slices, versions = slice_names(self._connection, self._monitor), version_names(self._connection)
        classes: dict[int, str | None] = {**class_names(self._connection), NO_LABEL: None}
        statement = select(OUTCOME_CELLS).where(t.slice_id.in_(slices), t.bucket.in_(buckets))
        for slice_, bucket, version, predicted, label, band, n, weight, squared, *more in self._connection.execute(
            statement
        ):
            names = (bucket, *slices[slice_], *versions[version], str(classes[predicted]), classes[label])
            yield OutcomeRow(*names, n, weight, squared, band, *more)

    def _latency(self, buckets: Sequence[int]) -> Iterator[LatencyRow]:
        t = LATENCY_CELLS.c
        versions = version_names(self._connection)
        statement = select(t.bucket, t.version_id, t.bin, t.n).where(t.monitor_id == self._monitor)
        for bucket, version, bin_, n in self._connection.execute(statement.where(t.bucket.in_(buckets))):
            yield LatencyRow(bucket, *versions[version], bin_, n)

    def _delays(self, buckets: Sequence[int]) -> Iterator[DelayRow]:
        t = DELAY_CELLS.c
        classes = class_names(self._connection)
        statement = select(t.bucket, t.predicted_id, t.counts, t.labels).where(t.monitor_id == self._monitor)
        for bucket, predicted, counts, labels in self._connection.execute(statement.where(t.bucket.in_(buckets))):
            if labels is None:
                continue  # counted by an older version, which did not tell them apart
            _, bins, n = unpack([counts])
            for bin_, number, label in zip(bins.tolist(), n.tolist(), unpack_numbers([labels]).tolist(), strict=True):
                yield DelayRow(bucket, classes[predicted], bin_, number, classes[label])

    def _relevance(self, buckets: Sequence[int]) -> Iterator[RelevanceRow]:
        t = RELEVANCE_CELLS.c
        versions, classes = version_names(self._connection), class_names(self._connection)
        sources = source_names(self._connection)
        statement = select(RELEVANCE_CELLS).where(t.monitor_id == self._monitor, t.bucket.in_(buckets))
        for _, bucket, version, predicted, source, *numbers in self._connection.execute(statement):
            yield RelevanceRow(bucket, *versions[version], classes[predicted], sources[source], *numbers)

    def _labellers(self, buckets: Sequence[int]) -> Iterator[LabellerRow]:
        t = LABELLER_CELLS.c
        labellers = labeller_names(self._connection)
        statement = select(t.bucket, t.labeller_id, t.fate, t.n).where(t.monitor_id == self._monitor)
        for bucket, labeller, fate, n in self._connection.execute(statement.where(t.bucket.in_(buckets))):
            yield LabellerRow(bucket, labellers[labeller], fate, n)

    def _problems(self, buckets: Sequence[int]) -> Iterator[ProblemRow]:
        t = PROBLEM_CELLS.c
        statement = select(t.bucket, t.kind, t.n).where(t.monitor_id == self._monitor, t.bucket.in_(buckets))
        return (ProblemRow(*row) for row in self._connection.execute(statement))


def runs(buckets: Sequence[int]) -> Iterator[Sequence[int]]:
    """The buckets, as many at once as fit in a statement."""
    return (buckets[first : first + _AT_ONCE] for first in range(0, len(buckets), _AT_ONCE))
