"""Where both logs begin: what goes missing there was rotated away, as old rows are, and is no news."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from monitor.log.counts import Fingerprints, Mark


@dataclass(frozen=True, slots=True)
class IsTold:
    """Whether predictions and labels that a bucket has newly lost are news; labels always go with their predictions."""

    predictions: bool
    labels: bool


NOT_TOLD: Final = IsTold(predictions=False, labels=False)


@dataclass(frozen=True, slots=True)
class OldEnds:
    """The oldest buckets that the log of predictions and that of labels have now; None where they have no rows.

    `labels_erased` says that label rows went elsewhere than at their old end since the last look.
    """

    predictions: int | None
    labels: int | None
    labels_erased: bool

    @classmethod
    def of(cls, seen: Fingerprints, now: Fingerprints) -> Self:
        """Compare the marks of two looks."""
        first = min(now.labels, default=None)
        return cls(min(now.predictions, default=None), first, _erased(seen.labels, now.labels, first))

    def is_told(self, bucket: int) -> IsTold:
        """What of the losses of a bucket of predictions is news.

        A label is dated after its prediction. So labels of a bucket that the log of labels still reaches back to did
        not rotate away; those of an older one may have, at any time, unless rows went elsewhere just now.
        """
        if self.predictions is None or bucket <= self.predictions:
            return NOT_TOLD
        reaches_back = self.labels is not None and self.labels <= bucket
        return IsTold(predictions=True, labels=reaches_back or self.labels_erased)


def _erased(seen: Mapping[int, Mark], now: Mapping[int, Mark], first: int | None) -> bool:
    if first is None:
        return bool(seen)
    return any(bucket > first and now.get(bucket, Mark(0, 0)).rows < mark.rows for bucket, mark in seen.items())
