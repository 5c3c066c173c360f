"""Recognises messages again without keeping them.

A signature is a digest of the message once it is evened out (see `monitor.common.near_duplicates`), and digests of the
bands of a MinHash of its 4-grams (Broder 1997, "On the resemblance and containment of documents"; bands: Leskovec,
Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4). Two messages whose sets of 4-grams overlap by J
(Jaccard) share a band with probability 1 - (1 - J^ROWS)^BANDS: 94% at 0.85, 53% at 0.7, 9% at 0.5. Messages cannot be
read back from signatures, though one that is guessed can be confirmed.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from monitor.common.near_duplicates import evened, grams

BANDS, ROWS = 6, 6
DIGEST = 8  # bytes
SIZE = DIGEST * (1 + BANDS)
"""Bytes of one signature."""

Words = NDArray[np.uint64]


def sign(texts: Iterable[str]) -> bytes:
    """The signatures of the messages, one after the other.

    >>> len(sign(["My card was stolen", "Where is my money?"])) == 2 * SIZE
    True
    """
    return b"".join(digest for text in texts for digest in _digests(text))


class Signed:
    """A set of messages, known by their signatures. Raises ValueError where these are cut off."""

    def __init__(self, signatures: bytes) -> None:
        if len(signatures) % SIZE:
            raise ValueError(f"signatures are {SIZE} bytes each, {len(signatures)} are no multiple of it")
        self._known = frozenset(_split(signatures))

    def hold(self, texts: Sequence[str]) -> list[bool]:
        """Whether each message is in the set, exactly or nearly."""
        return [not self._known.isdisjoint(_digests(text)) for text in texts]

    def holds_signed(self, signatures: bytes) -> list[bool]:
        """Whether each message, given by its signature, is in the set, exactly or nearly."""
        each = (signatures[at : at + SIZE] for at in range(0, len(signatures), SIZE))
        return [not self._known.isdisjoint(_split(one)) for one in each]


def _digests(text: str) -> Iterator[bytes]:
    even = evened(text)
    yield _digest(b"=" + even.encode())
    least = _min_hash(even)
    for band in range(BANDS):
        yield _digest(bytes([band]) + least[band * ROWS : (band + 1) * ROWS].tobytes())


def _min_hash(even: str) -> NDArray[np.uint32]:
    """The least of each hash function over the grams (multiply-shift: Dietzfelbinger et al. 1997)."""
    factor, add = _functions()
    words = np.array([crc32(gram.encode()) for gram in sorted(grams(even))], dtype=np.uint64)
    hashed = (words[:, None] * factor + add) >> np.uint64(32)
    return np.asarray(hashed.min(axis=0), dtype="<u4")


@cache
def _functions() -> tuple[Words, Words]:
    """Odd factors and summands of the hash functions; the same for ever, since signatures are kept."""
    numbers = [int.from_bytes(_digest(f"tunewatch {place}".encode()), "big") for place in range(2 * BANDS * ROWS)]
    return (
        np.array([number | 1 for number in numbers[::2]], dtype=np.uint64),
        np.array(numbers[1::2], dtype=np.uint64),
    )


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=DIGEST).digest()


def _split(signatures: bytes) -> Iterator[bytes]:
    return (signatures[at : at + DIGEST] for at in range(0, len(signatures), DIGEST))
