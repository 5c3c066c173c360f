"""A log that is looked at again and again, with a history that keeps its counts as a cycle does."""

from datetime import datetime, timedelta

from monitor.history import History
from monitor.log.counts import BucketCounts
from monitor.log.prediction_log import PredictionLog

LOOKBACK = timedelta(days=60)


def look(history: History, log: PredictionLog, as_of: datetime, monitor: str = "bot") -> BucketCounts:
    """Count what changed and keep it; the counts that were kept, with what is told of them."""
    seen = history.fingerprints(monitor)
    with log.snapshot():
        changes = log.changed_buckets(seen, as_of - LOOKBACK, as_of)
        counts = log.count(changes.buckets, as_of)
        again = log.count(history.doubtful(monitor, seen, changes, counts), seen.as_of or as_of)
    with history.transaction(monitor) as transaction:
        return transaction.replace(counts, changes.fingerprints, again)
