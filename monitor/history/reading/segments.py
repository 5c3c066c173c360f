"""The outcomes of each value of each segment column: of a big log most of all cells, so they are read column by column.

What a look has just counted need not be read: a first look has the cells of all its buckets still at hand.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, cast, literal_column

from checks.counts.cells import NO_BAND
from monitor.history.reading.outcomes import OutcomeReader, Slices, bounds
from monitor.history.reading.pieces import piece_of
from monitor.history.reading.tally import NUMBERS, Counted, Floats, Integers, Tally
from monitor.history.schema import OUTCOME_CELLS
from monitor.history.schema.keys import NO_LABEL
from monitor.history.spans import Layout, Span
from monitor.log.counting.columns import NO_NAME, Columns
from monitor.log.counts import ALL, OutcomeRow

MOST: Final = 8_000_000
"""Counted cells beyond which they are read from the history: those of one segment column are held at once."""

_UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class SegmentReader:
    """Reads the outcomes of segments; `counted` has all cells of the lookback, None where it may not."""

    outcomes: OutcomeReader
    counted: Columns[OutcomeRow] | None

    def each(self, slices: Slices, layout: Layout) -> Iterator[tuple[tuple[str, str], Tally]]:
        """Each slice of a segment that the lookback has any of, in pieces: the current window, and before it."""
        before = Span(layout.lookback.start, layout.current.start)
        pieces = [piece for piece in (before, layout.current) if piece.start < piece.end]
        for segment in sorted({name for name, _ in slices.values()} - {ALL}):
            of_segment = {key: value for key, (name, value) in slices.items() if name == segment}
            found = None if self.counted is None else self._at_hand(self.counted, segment, slices, pieces)
            keys, counted = found or self._kept(sorted(of_segment), layout.lookback, pieces)
            order = np.argsort(keys, kind="stable")
            starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
            for of_slice in np.split(order, starts)[1:]:
                rows = Counted(counted.pieces[of_slice], counted.keys[of_slice], counted.numbers[of_slice])
                yield (segment, of_segment[int(keys[of_slice[0]])]), self.outcomes.tally(rows)

    def _kept(self, slices: Sequence[int], lookback: Span, pieces: Sequence[Span]) -> tuple[Integers, Counted]:
        """Keys of slices, and their counts, from the history."""
        t, count = OUTCOME_CELLS.c, len(pieces)
        first = cast(t.slice_id, BigInteger) * literal_column(str(count)) + piece_of(t.bucket, pieces)
        (both, *keys), numbers = self.outcomes.sums(first, (max(slices) + 1) * count, slices, lookback)
        return both // count, Counted(bounds(pieces)[both % count], np.stack(keys, axis=1), numbers)

    def _at_hand(
        self, counted: Columns[OutcomeRow], segment: str, slices: Slices, pieces: Sequence[Span]
    ) -> tuple[Integers, Counted] | None:
        """The same of what was just counted; None where the sums could differ in their last digit, or a name does."""
        names = counted.names.all()
        classes = _keys(names, {name: key for key, name in self.outcomes.classes.items()})
        classes[NO_NAME] = NO_LABEL
        values = _keys(names, {value: key for key, (name, value) in slices.items() if name == segment})
        versions = {pair: key for key, pair in self.outcomes.versions.items()}
        keys, numbers = [np.empty(0, dtype=np.int64)], [(np.empty(0),) * NUMBERS]
        bases = (max(slices) + 1, len(pieces), *self.outcomes.sizes, self.outcomes.sizes[1])
        if math.prod(bases) > np.iinfo(np.int64).max or len(counted) > MOST:
            return None
        for block in counted.blocks():
            within = (block["bucket"] >= pieces[0].start) & (block["bucket"] < pieces[-1].end)
            here = within & (block["segment"] == counted.names.code(segment))
            rows = {name: column[here] for name, column in block.items()}
            version = _of_pairs(rows["model_version"], rows["prompt_version"], names, versions)
            predicted, label, value = classes[rows["predicted"]], classes[rows["label"]], values[rows["value"]]
            weights = rows["weight"], rows["weight_squared"]
            if min(each.min(initial=0) for each in (version, predicted, label, value)) < 0 or not _are_whole(*weights):
                return None
            piece = np.searchsorted([piece.end for piece in pieces], rows["bucket"], side="right")
            keys.append(np.ravel_multi_index((value, piece, version, predicted, label), bases))
            numbers.append((rows["n"], *weights, rows["confidence_millionths"], rows["designed"]))
        return _summed(np.concatenate(keys), list(zip(*numbers, strict=True)), bases, pieces)


def _summed(
    keys: Integers, numbers: Sequence[Sequence[NDArray[Any]]], bases: Sequence[int], pieces: Sequence[Span]
) -> tuple[Integers, Counted]:
    """Keys of slices, and the sums of what is of one piece of time and kind; `numbers` are columns in parts."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    sums = np.zeros((starts.size, NUMBERS))
    for place, parts in enumerate(numbers):
        column = np.concatenate(parts)
        if column.any():
            sums[:, place] = np.add.reduceat(column[order], starts)
    value, piece, *kind = np.unravel_index(keys[order][starts], bases)
    kinds = np.stack([*kind, np.full(starts.size, NO_BAND)], axis=1)
    return value, Counted(bounds(pieces)[piece], kinds, sums)


def _keys(names: Sequence[str | None], known: Mapping[str, int]) -> Integers:
    """The key of each name; _UNKNOWN for those of other columns."""
    return np.array([_UNKNOWN if name is None else known.get(name, _UNKNOWN) for name in names], dtype=np.int64)


def _of_pairs(
    models: Integers, prompts: Integers, names: Sequence[str | None], known: Mapping[tuple[str, str], int]
) -> Integers:
    codes, place = np.unique(models.astype(np.int64) * len(names) + prompts, return_inverse=True)
    pairs = ((str(names[code // len(names)]), str(names[code % len(names)])) for code in codes.tolist())
    return np.array([known.get(pair, _UNKNOWN) for pair in pairs], dtype=np.int64)[place]


def _are_whole(*columns: Floats) -> bool:
    """Whether their sums are the same in any order."""
    return all(bool((column == np.floor(column)).all()) for column in columns)
