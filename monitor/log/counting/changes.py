"""What changed between two looks at the fingerprints: pure, before the log is asked for more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from monitor.log.counts import Fingerprints, Mark

Fresh = Mapping[int, int]
"""How many rows of a bucket are dated after the last look, where there are any."""


@dataclass(frozen=True, slots=True)
class BucketDiff:
    """How the marks of one log differ from those kept; a bucket may have both grown and shrunk.

    `grown` are buckets that are new or have rows that were not there, `rewritten` those with as many rows but other
    ones, `shrunk` those that lost rows or all of them. `rotated` is the oldest bucket that is left, if it lost rows.
    """

    grown: frozenset[int]
    rewritten: frozenset[int]
    shrunk: frozenset[int]
    rotated: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        """All buckets that differ, but for the one whose rows were rotated away."""
        return self.grown | self.rewritten | self.shrunk


def differ(seen: Mapping[int, Mark], now: Mapping[int, Mark], since: int, fresh: Fresh | None = None) -> BucketDiff:
    """Compare the marks of buckets from `since` on.

    Rows that are missing at the old end of a log were rotated away, as logs are, and what they told stays true: buckets
    before the first that still has rows are not compared, and that first one may have lost rows. Rows dated after the
    last look cannot make up for older ones that are gone, so they are told apart where `fresh` has their number.
    """
    first, fresh = min(now, default=None), fresh or {}
    old = {bucket: mark for bucket, mark in seen.items() if bucket >= since and first is not None and bucket >= first}
    settled = {bucket: mark.rows - fresh.get(bucket, 0) for bucket, mark in now.items()}
    fewer = {bucket for bucket, mark in old.items() if settled.get(bucket, 0) < mark.rows}
    grown = {b for b, rows in settled.items() if b in fresh or rows > old.get(b, _NOTHING).rows}
    same = {b for b in now if b in old and b not in grown and b not in fewer}
    rewritten = {bucket for bucket in same if now[bucket].digest != old[bucket].digest}
    rotated = {bucket for bucket in fewer if bucket == first}
    return BucketDiff(frozenset(grown), frozenset(rewritten), frozenset(fewer - rotated), frozenset(rotated))


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
        changed = self.predictions.all | self.predictions.rotated | self.labels.all
        return changed | self.present if self.everything else changed


def compare(seen: Fingerprints, now: Fingerprints, since: int, fresh: tuple[Fresh, Fresh] | None = None) -> Difference:
    """Compare both logs; `fresh` is of predictions and of labels."""
    present = frozenset(now.predictions) | frozenset(now.labels)
    new_predictions, new_labels = fresh or ({}, {})
    predictions = differ(seen.predictions, now.predictions, since, new_predictions)
    return Difference(predictions, differ(seen.labels, now.labels, since, new_labels), present)


_NOTHING: Final = Mark(0, 0)
