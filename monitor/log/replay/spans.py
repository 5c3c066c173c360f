"""Spans of time in which something counts, sorted by bucket: what is alive at a moment is found by bucket."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Places = NDArray[np.intp]

FOREVER: Final = np.iinfo(np.int64).max
"""End of what never ends, in microseconds."""


@dataclass(frozen=True, slots=True)
class Spans:
    """N half-open spans [start, end) in microseconds since 1970, of `bucket` (rising, N).

    `buckets` are the different ones, and `edges` where each begins, and the last ends.
    """

    bucket: Integers
    start: Integers
    end: Integers
    buckets: Integers
    edges: Places

    @classmethod
    def of(cls, bucket: Integers, start: Integers, end: Integers) -> "Spans":
        """Spans that are sorted by bucket."""
        buckets, first = np.unique(bucket, return_index=True)
        return cls(bucket, start, end, buckets, np.append(first, bucket.size))

    def alive(self, wanted: Integers, at: int) -> Places:
        """Places of the spans of these buckets (rising) that hold a moment, in order."""
        place = np.searchsorted(self.buckets, wanted)
        there = place < self.buckets.size
        there[there] = self.buckets[place[there]] == wanted[there]
        found = _ranges(self.edges[place[there]], self.edges[place[there] + 1])
        return found[(self.start[found] <= at) & (at < self.end[found])]

    def events(self) -> tuple[Integers, Integers]:
        """Moments at which something begins or ends, and the bucket of each."""
        ends = self.end != FOREVER
        return np.concatenate([self.start, self.end[ends]]), np.concatenate([self.bucket, self.bucket[ends]])


def _ranges(first: Places, end: Places) -> Places:
    """All numbers of several ranges, one after the other."""
    lengths = end - first
    skipped = np.repeat(first - np.concatenate([[0], lengths.cumsum()[:-1]])[: lengths.size], lengths)
    return np.asarray(skipped + np.arange(lengths.sum()), dtype=np.intp)


def dense(*columns: NDArray[Any]) -> Integers:
    """A number from 0 on for each row, the same for rows that agree in all columns."""
    code = np.zeros(columns[0].size, dtype=np.int64)
    for column in columns:
        if not column.size:
            continue
        low, size = int(column.min()), int(np.ptp(column)) + 1
        code = code * size + (column - low)
        code = np.unique(code, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return code
