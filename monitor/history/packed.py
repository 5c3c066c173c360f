"""Histograms as bytes: label delays of one bucket and class are some thirty counts, and one row holds them all.

As rows of their own they would be most of the history, and reading two months of them would take longer than the rest
of a cycle.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
_NUMBER: Final = np.dtype("<u4")
_PAIR: Final = np.dtype([("bin", "<i2"), ("n", "<u4")])  # packed: 6 bytes each, of the same order on every machine


def pack(counts: Iterable[tuple[int, int]]) -> bytes:
    """Pack pairs of bin and count, sorted by bin.

    >>> [array.tolist() for array in unpack([pack([(84, 3), (-2, 1)])])]
    [[0, 0], [-2, 84], [1, 3]]
    """
    return np.array(sorted(counts), dtype=_PAIR).tobytes()


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Pack whole numbers from 0 to 2^32 - 1, in order."""
    return np.fromiter(numbers, dtype=_NUMBER).tobytes()


def pack_groups(
    starts: Integers, bins: Integers, counts: Integers, numbers: NDArray[np.integer[Any]]
) -> Iterator[tuple[bytes, bytes]]:
    """Pack many histograms at once, each from its start to the next one's: its pairs, and the number of each pair.

    >>> packed = list(pack_groups(np.array([0, 2]), np.array([-2, 84, 5]), np.array([1, 3, 2]), np.array([7, 7, 9])))
    >>> packed == [(pack([(-2, 1), (84, 3)]), pack_numbers([7, 7])), (pack([(5, 2)]), pack_numbers([9]))]
    True
    """
    pairs = np.empty(bins.size, dtype=_PAIR)
    pairs["bin"], pairs["n"] = bins, counts
    of_pairs, of_numbers = pairs.tobytes(), numbers.astype(_NUMBER).tobytes()
    for start, end in pairwise([*starts.tolist(), bins.size]):
        yield (
            of_pairs[start * _PAIR.itemsize : end * _PAIR.itemsize],
            of_numbers[start * _NUMBER.itemsize : end * _NUMBER.itemsize],
        )


def unpack_numbers(packed: Sequence[bytes]) -> Integers:
    """Unpack all numbers, one histogram's after another's.

    >>> unpack_numbers([pack_numbers([7, 1]), pack_numbers([3])]).tolist()
    [7, 1, 3]
    """
    return np.frombuffer(b"".join(packed), dtype=_NUMBER).astype(np.int64)


def sums_of_labels(
    keys: Sequence[int], counts: Sequence[bytes], labels: Sequence[bytes]
) -> Iterator[tuple[int, int, int, int]]:
    """Unpack histograms with their labels, and add up those of one key: key, label, bin and count, in order.

    >>> packed = pack([(-2, 1), (84, 3)]), pack_numbers([7, 7])
    >>> list(sums_of_labels([0, 0, 1], [packed[0]] * 3, [packed[1]] * 3))
    [(0, 7, -2, 2), (0, 7, 84, 6), (1, 7, -2, 1), (1, 7, 84, 3)]
    """
    place, bins, n = unpack(counts)
    every = np.stack([np.asarray(keys, dtype=np.int64)[place], unpack_numbers(labels), bins])
    found, group = np.unique(every, axis=1, return_inverse=True)
    sums = np.bincount(group.reshape(-1), n, found.shape[1]).astype(np.int64)
    yield from zip(*(column.tolist() for column in (*found, sums)), strict=True)


def unpack(packed: Sequence[bytes]) -> tuple[Integers, Integers, Integers]:
    """Of all pairs: the place of their histogram in `packed`, their bin, and their count."""
    pairs = np.frombuffer(b"".join(packed), dtype=_PAIR)
    lengths = [len(each) // _PAIR.itemsize for each in packed]
    return np.repeat(np.arange(len(packed)), lengths), pairs["bin"].astype(np.int64), pairs["n"].astype(np.int64)
