"""What a history keeps of a log: counts by bucket, replaced where the log says that they changed."""

from datetime import datetime, timedelta

from monitor.log.counts import (
    BucketCounts,
    DelayRow,
    Fingerprints,
    LabellerRow,
    LatencyRow,
    OutcomeRow,
    ProblemRow,
    RelevanceRow,
)
from monitor.log.prediction_log import PredictionLog, open_log
from tests.support.log_oracle import BUCKET
from tests.support.logs import LogPlace

LOOKBACK = timedelta(days=60)

Row = OutcomeRow | LatencyRow | DelayRow | ProblemRow | RelevanceRow | LabellerRow


def opened(place: LogPlace, *, labels: bool = True) -> PredictionLog:
    source = place.source(labels=labels)
    return open_log(source, bucket=timedelta(seconds=BUCKET), segments=source.segments, key="monitors.bot.source")


class KeptCounts:
    """Counts that are kept up to date by looking again and again."""

    def __init__(self) -> None:
        self.seen = Fingerprints({}, {})
        self._rows: dict[int | None, list[Row]] = {}

    def look(self, log: PredictionLog, as_of: datetime) -> tuple[int, ...]:
        """Replace what changed, and return its buckets: two questions in one snapshot, as a look puts them."""
        with log.snapshot():
            changes = log.changed_buckets(self.seen, as_of - LOOKBACK, as_of)
            counts = log.count(changes.buckets, as_of)
        for bucket in (*changes.buckets, None):
            self._rows.pop(bucket, None)
        rows: list[Row] = [*counts.outcomes, *counts.latency, *counts.delays, *counts.problems, *counts.relevance]
        rows += counts.labellers
        for row in rows:
            self._rows.setdefault(row.bucket, []).append(row)
        self.seen = changes.fingerprints
        return changes.buckets

    def counts(self) -> BucketCounts:
        """Return all that is kept."""
        rows = [row for of_bucket in self._rows.values() for row in of_bucket]
        return BucketCounts(
            (),
            tuple(row for row in rows if isinstance(row, OutcomeRow)),
            tuple(row for row in rows if isinstance(row, LatencyRow)),
            tuple(row for row in rows if isinstance(row, DelayRow)),
            tuple(row for row in rows if isinstance(row, ProblemRow)),
            tuple(row for row in rows if isinstance(row, RelevanceRow)),
            labellers=tuple(row for row in rows if isinstance(row, LabellerRow)),
        )
