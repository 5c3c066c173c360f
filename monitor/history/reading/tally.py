"""Outcome counts of pieces of time as arrays, and their sums over any spans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.counts.outcomes import UNLABELLED, Outcomes
from monitor.history.schema.keys import NO_LABEL
from monitor.history.spans import Span
from monitor.log.counts import MILLION

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

NUMBERS: Final = 5  # n, weight, weight squared, millionths of confidence, designed labels


@dataclass(frozen=True, slots=True)
class Counted:
    """Sums of pieces of time by key: `pieces` (N x 2) are start and end, `keys` (N x 4) and `numbers` (N x 5)."""

    pieces: Integers
    keys: Integers
    numbers: Floats

    @classmethod
    def joined(cls, parts: Iterable["Counted"]) -> "Counted":
        """One after the other; there is at least one."""
        columns = zip(*((part.pieces, part.keys, part.numbers) for part in parts), strict=True)
        pieces, keys, numbers = (np.concatenate(column) for column in columns)
        return cls(pieces, keys, numbers)


class Tally:
    """Adds counts up over spans; each kind of cell is numbered once for all of them, in the order of the keys."""

    def __init__(self, counted: Counted, classes: Mapping[int, str], versions: Mapping[int, tuple[str, str]]) -> None:
        self._counted = counted
        kinds, self._kind = _numbered(counted.keys)
        version, predicted, label, band = kinds.T
        place_of_class, place_of_version = _places(classes), _places(versions)
        nothing = np.zeros(len(kinds))
        self._kinds = Outcomes(
            tuple(classes.values()),
            tuple(versions.values()),
            _short(place_of_class[predicted], np.int32),
            _short(np.where(label == NO_LABEL, UNLABELLED, place_of_class[label]), np.int32),
            _short(place_of_version[version], np.int32),
            _short(band, np.int8),
            n=nothing,
            weight=nothing,
            weight_squared=nothing,
            confidence=nothing,
            designed=nothing,
        )

    def within(self, spans: Iterable[Span]) -> Outcomes:
        """The sums over the pieces that lie in one of the spans, which do not overlap."""
        start, end = self._counted.pieces.T
        inside = np.zeros(start.size, dtype=bool)
        for span in spans:
            inside |= (span.start <= start) & (end <= span.end)
        kind, numbers = self._kind[inside], self._counted.numbers[inside]
        count = len(self._kinds)
        present = np.flatnonzero(np.bincount(kind, minlength=count))
        n, weight, squared, millionths, designed = (
            np.bincount(kind, column, count)[present].astype(float) for column in numbers.T
        )
        return replace(
            self._kinds.where(present),
            n=n,
            weight=_alike(weight, n),
            weight_squared=_alike(squared, weight),
            confidence=millionths / MILLION if millionths.any() else np.broadcast_to(0.0, n.shape),
            designed=_alike(designed, n) if designed.any() else np.broadcast_to(0.0, n.shape),
        )


def _short(places: NDArray[Any], kind: type[np.signedinteger[Any]]) -> NDArray[Any]:
    """Places among classes, versions or bands as numbers of few bytes."""
    return places.astype(kind)


def _alike(column: Floats, other: Floats) -> Floats:
    """The other one where they are equal: segments by classes are millions of cells."""
    return other if np.array_equal(column, other) else column


def _numbered(keys: Integers) -> tuple[Integers, NDArray[np.intp]]:
    """The different keys in order, and for each row which one it has."""
    if not keys.size:
        return keys, np.empty(0, dtype=np.intp)
    low, size = keys.min(axis=0), np.ptp(keys, axis=0) + 1
    codes, place = np.unique(np.ravel_multi_index(tuple((keys - low).T), tuple(size)), return_inverse=True)
    return np.stack(np.unravel_index(codes, size), axis=1) + low, place


def _places(names: Mapping[int, Any]) -> NDArray[np.intp]:
    """The place of each key among the mapping's values."""
    places = np.zeros(max(names, default=0) + 1, dtype=np.intp)
    places[list(names)] = np.arange(len(names))
    return places
