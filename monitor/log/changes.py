"""What changed between two looks at the fingerprints: pure, before the log is asked for more."""

from dataclasses import dataclass

from monitor.log.counts import Fingerprints, Mark


@dataclass(frozen=True, slots=True)
class BucketDiff:
    """How the marks of one log differ from those kept.

    `grown` are buckets that are new or have more rows, `rewritten` those with as many rows but other ones, `shrunk`
    those that lost rows or all of them. `kept` are marks to keep in place of those read now.
    """

    grown: frozenset[int]
    rewritten: frozenset[int]
    shrunk: frozenset[int]
    kept: dict[int, Mark]

    @property
    def all(self) -> frozenset[int]:
        """All buckets that differ."""
        return self.grown | self.rewritten | self.shrunk


def differ(seen: dict[int, Mark], now: dict[int, Mark], since: int) -> BucketDiff:
    """Compare the marks of buckets from `since` on.

    Rows that are missing at the old end of a log were rotated away, as logs are, and what they told stays true: buckets
    before the first that still has rows are not compared, and that first one may have lost rows. So deleting the
    oldest rows of a log changes nothing; deleting any others does.
    """
    first = min(now, default=None)
    old = {bucket: mark for bucket, mark in seen.items() if bucket >= since and first is not None and bucket >= first}
    grown = {bucket for bucket, mark in now.items() if mark.rows > old.get(bucket, _NOTHING).rows}
    shrunk = {bucket for bucket, mark in old.items() if now.get(bucket, _NOTHING).rows < mark.rows}
    rewritten = {b for b, mark in now.items() if b in old and mark.rows == old[b].rows and mark.digest != old[b].digest}
    kept = {bucket: old[bucket] for bucket in shrunk if bucket == first}
    return BucketDiff(frozenset(grown), frozenset(rewritten), frozenset(shrunk - kept.keys()), kept)


@dataclass(frozen=True, slots=True)
class Difference:
    """How both logs differ from the fingerprints kept."""

    predictions: BucketDiff
    labels: BucketDiff
    present: frozenset[int]  # all buckets with predictions or label rows now

    @property
    def everything(self) -> bool:
        """Whether all buckets must be recomputed: rows went away whose ids nobody can look up any more."""
        return bool(self.predictions.shrunk or self.labels.shrunk or self.labels.rewritten)

    @property
    def certain(self) -> frozenset[int]:
        """Buckets that must be recomputed, before any join."""
        changed = self.predictions.all | self.labels.all
        return changed | self.present if self.everything else changed


def compare(seen: Fingerprints, now: Fingerprints, since: int) -> Difference:
    """Compare both logs."""
    present = frozenset(now.predictions) | frozenset(now.labels)
    predictions = differ(seen.predictions, now.predictions, since)
    return Difference(predictions, differ(seen.labels, now.labels, since), present)


def merged(now: Fingerprints, difference: Difference) -> Fingerprints:
    """Return the fingerprints to keep once the changed buckets are recomputed."""
    return Fingerprints(now.predictions | difference.predictions.kept, now.labels | difference.labels.kept)


_NOTHING = Mark(0, 0)
