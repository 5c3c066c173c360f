"""Label delays as arrays: a lookback holds hundreds of thousands of counts, of which each window wants other sums."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from checks.counts.cells import DELAY_BASE, DelayCell
from checks.label_delay.delays import SeenDelays
from monitor.history.packed import Integers, unpack, unpack_numbers
from monitor.history.spans import Span
from monitor.history.types import to_epoch

NO_LABEL: Final = -1


@dataclass(frozen=True, slots=True)
class Delays:
    """Labelled predictions: entry i counts `n[i]` of `bucket[i]` and class `predicted[i]` with delay `bin[i]`.

    `label[i]` is their label, NO_LABEL where the history does not tell.
    """

    bucket: Integers
    predicted: Integers
    label: Integers
    bin: Integers
    n: Integers

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]]) -> "Delays":
        """Read rows (bucket, predicted class, packed counts, packed labels or None)."""
        kept = list(rows)
        where, bin_, n = unpack([packed for _, _, packed, _ in kept])
        keys = np.array([(bucket, predicted) for bucket, predicted, *_ in kept], dtype=np.int64).reshape(-1, 2)
        told = np.array([labels is not None for *_, labels in kept], dtype=bool)[where]
        label = np.full(n.size, NO_LABEL)
        label[told] = unpack_numbers([labels for *_, labels in kept if labels is not None])
        return cls(keys[where, 0], keys[where, 1], label, bin_, n)

    def by_bin(self, spans: Iterable[Span]) -> tuple[DelayCell, ...]:
        """Sums over buckets and classes; the spans do not overlap."""
        within = np.zeros(self.bucket.size, dtype=bool)
        for span in spans:
            within |= (self.bucket >= span.start) & (self.bucket < span.end)
        (bins,), n = _summed((self.bin[within],), self.n[within])
        return tuple(DelayCell(*cell) for cell in zip(bins.tolist(), n.tolist(), strict=True))

    def by_class_and_age(self, span: Span, now: datetime, classes: Mapping[int, str]) -> SeenDelays:
        """Sum the delays of buckets of the same age at `now`, by class."""
        within = (self.bucket >= span.start) & (self.bucket < span.end)
        buckets, place = np.unique(self.bucket[within], return_inverse=True)
        ages = np.array([age_bin(now, bucket) for bucket in buckets.tolist()], dtype=np.int64)
        columns = (self.predicted[within], self.label[within], ages[place], self.bin[within])
        (predicted, label, age, bins), n = _summed(columns, self.n[within])
        found = np.unique([*np.unique(predicted), *np.unique(label[label != NO_LABEL])]).astype(int).tolist()
        keys = sorted(found, key=lambda key: classes[key])
        place = np.full(max(keys, default=0) + 2, -1, dtype=np.intp)  # the last one is that of NO_LABEL
        place[keys] = np.arange(len(keys))
        names = tuple(classes[key] for key in keys)
        return SeenDelays(names, bins, age, place[predicted], place[label], n.astype(float))


def age_bin(now: datetime, bucket: int) -> int:
    """Bin of the time from the start of a bucket until now: no delay known now is in a higher one."""
    seconds = max(to_epoch(now) - bucket, 1)
    return math.floor(math.log(seconds) / math.log(DELAY_BASE))


def joined(parts: Sequence[Delays]) -> Delays:
    """Concatenate the delays of several reads."""
    fields = ("bucket", "predicted", "label", "bin", "n")
    return Delays(*(np.concatenate([getattr(part, name) for part in parts]) for name in fields))


def _summed(columns: tuple[Integers, ...], n: Integers) -> tuple[tuple[Integers, ...], Integers]:
    """The different rows of `columns`, in order, and the sum of `n` over each."""
    if not n.size:
        return columns, n
    lows = [int(column.min()) for column in columns]
    sizes = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    codes = np.ravel_multi_index(tuple(column - low for column, low in zip(columns, lows, strict=True)), sizes)
    found, place = np.unique(codes, return_inverse=True)
    sums = np.bincount(place, n).astype(np.int64)
    split = np.unravel_index(found, sizes)
    return tuple(column + low for column, low in zip(split, lows, strict=True)), sums
