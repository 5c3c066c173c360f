"""How the buckets of a log looked at any time: the marks that `counting.fingerprints` would read, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from monitor.log.counting.changes import compare
from monitor.log.counts import Changes, Fingerprints, Mark
from monitor.log.replay.rows import Rows
from monitor.log.replay.spans import Integers


@dataclass(frozen=True, slots=True)
class BucketMarks:
    """The marks of one of the logs. `micros` and `digest` are of its rows in the order of time, `edges` of buckets."""

    buckets: Integers
    edges: Integers
    micros: Integers
    digest: Integers
    whole: Sequence[Mark]

    @classmethod
    def of(cls, rows: Rows | None) -> "BucketMarks":
        """Of all rows; None: there is no such log."""
        if rows is None:
            none = np.empty(0, dtype=np.int64)
            return cls(none, np.zeros(1, dtype=np.int64), none, none, ())
        order = np.lexsort((rows["micros"], rows["bucket"]))
        buckets, first = np.unique(rows["bucket"][order], return_index=True)
        edges, digest = np.append(first, order.size), np.append(0, rows["digest"][order].cumsum())
        counts, sums = np.diff(edges), digest[edges[1:]] - digest[edges[:-1]]
        whole = list(map(Mark, counts.tolist(), sums.tolist()))
        return cls(buckets, edges, rows["micros"][order], digest, whole)

    def known(self, start: int, at: int) -> dict[int, Mark]:
        """The marks of the buckets from `start` on, of the rows up to a moment in microseconds."""
        first, last = np.searchsorted(self.buckets, [start, at // 1_000_000 + 1]).tolist()
        found = dict(zip(self.buckets[first:last].tolist(), self.whole[first:last], strict=True))
        for place in range(last - 1, first - 1, -1):
            if self.micros[self.edges[place + 1] - 1] <= at:
                break  # all of it is known, and so are those before it
            rows = self.micros[self.edges[place] : self.edges[place + 1]]
            n = int(np.searchsorted(rows, at, side="right"))
            total = int(self.digest[self.edges[place] + n] - self.digest[self.edges[place]])
            bucket = int(self.buckets[place])
            found[bucket] = Mark(n, total)
            if not n:
                del found[bucket]
        return found


@dataclass(frozen=True, slots=True)
class LogMarks:
    """The marks of both logs, in buckets of `bucket` seconds, and the moments at which counts change (rising)."""

    predictions: BucketMarks
    labels: BucketMarks
    bucket: int
    moments: Integers
    touched: Integers  # the bucket that changes at each of them

    def known(self, since: int, as_of: datetime) -> Fingerprints:
        """The marks of the buckets from `since` on (its start in epoch seconds) as known at `as_of`."""
        at = micros_of(as_of)
        return Fingerprints(self.predictions.known(since, at), self.labels.known(since, at), as_of, self.bucket)

    def changes(self, seen: Fingerprints, since: datetime, as_of: datetime) -> Changes:
        """The buckets from that of `since` on whose counts may differ from when they were `seen`.

        Where the log looked then as `seen` says, nothing but its own time came, and it is known what that brought.
        """
        start = int(since.timestamp()) // self.bucket * self.bucket
        now = self.known(start, as_of)
        if seen.as_of is not None and self._was(seen, seen.as_of) and seen.as_of <= as_of:
            first, last = np.searchsorted(self.moments, [micros_of(seen.as_of), micros_of(as_of)], side="right")
            changed = np.unique(self.touched[first:last])
            return Changes(tuple(changed[changed >= start].tolist()), now)
        difference = compare(seen, now, start)
        lost = difference.predictions.shrunk | difference.predictions.rotated
        buckets = sorted(difference.certain | difference.present)
        return Changes(tuple(buckets), now, lost, bool(difference.labels.shrunk))

    def _was(self, seen: Fingerprints, at: datetime) -> bool:
        """Whether the log looked so at that time."""
        if seen.bucket != self.bucket:
            return False
        first = min((*seen.predictions, *seen.labels), default=0)
        then = self.known(first, at)
        return then.predictions == seen.predictions and then.labels == seen.labels


def micros_of(at: datetime) -> int:
    """Microseconds since 1970."""
    return round(at.timestamp() * 1e6)
