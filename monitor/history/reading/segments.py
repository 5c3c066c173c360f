"""The outcomes of each value of each segment column: of a big log most of all cells, so they are read column by column.

What a look has just counted need not be read: a first look has the cells of all its buckets still at hand.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from sqlalchemy import BigInteger, cast, literal_column

from checks.counts.cells import NO_BAND
from monitor.history.reading.key_sums import KeySums
from monitor.history.reading.outcomes import OutcomeReader, Slices, bounds
from monitor.history.reading.pieces import piece_of
from monitor.history.reading.tally import Counted, Floats, Integers, Tally
from monitor.history.schema import OUTCOME_CELLS
from monitor.history.schema.keys import NO_LABEL
from monitor.history.spans import Layout, Span
from monitor.log.counting.columns import NO_NAME, Columns
from monitor.log.counts import ALL, OutcomeRow

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
            sums = found or self._kept(sorted(of_segment), layout.lookback, pieces)
            for key, counted in sums.by_slice(pieces):
                yield (segment, of_segment[key]), self.outcomes.tally(counted)

    def _kept(self, slices: Sequence[int], lookback: Span, pieces: Sequence[Span]) -> "_Sums":
        """The sums of some slices, from the history."""
        t, count = OUTCOME_CELLS.c, len(pieces)
        first = cast(t.slice_id, BigInteger) * literal_column(str(count)) + piece_of(t.bucket, pieces)
        grouped = self.outcomes.grouped(first, (max(slices) + 1) * count, slices, lookback)
        order = np.argsort(grouped.keys)
        columns = [column[order] for column in grouped.numbers.T]
        return _Sums(grouped.keys[order], columns, (max(slices) + 1, count, *grouped.bases[1:]))

    def _at_hand(
        self, counted: Columns[OutcomeRow], segment: str, slices: Slices, pieces: Sequence[Span]
    ) -> "_Sums | None":
        """The sums of what was just counted; None where they could differ in their last digit, or a name does."""
        names = counted.names.all()
        classes = _keys(names, {name: key for key, name in self.outcomes.classes.items()})
        classes[NO_NAME] = NO_LABEL
        values = _keys(names, {value: key for key, (name, value) in slices.items() if name == segment})
        versions = {pair: key for key, pair in self.outcomes.versions.items()}
        bases = (max(slices) + 1, len(pieces), *self.outcomes.sizes, self.outcomes.sizes[1], 1)
        if math.prod(bases) > np.iinfo(np.int64).max:
            return None
        found = KeySums()
        for block in counted.of_segment(counted.names.code(segment)):
            here = (block["bucket"] >= pieces[0].start) & (block["bucket"] < pieces[-1].end)
            rows = block if here.all() else {name: column[here] for name, column in block.items()}
            version = _of_pairs(rows["model_version"], rows["prompt_version"], names, versions)
            predicted, label, value = classes[rows["predicted"]], classes[rows["label"]], values[rows["value"]]
            weights = rows["weight"], rows["weight_squared"]
            if min(each.min(initial=0) for each in (version, predicted, label, value)) < 0 or not _are_whole(*weights):
                return None
            piece = np.searchsorted([piece.end for piece in pieces], rows["bucket"], side="right")
            keys = np.ravel_multi_index((value, piece, version, predicted, label), bases[:-1])
            found.add(keys, (rows["n"], *weights, rows["confidence_millionths"], rows["designed"]))
        return _Sums(*found.sums(), bases)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums by key, in the order of the keys.

    A key is a number of the digits slice, piece of time, version, predicted class, label and band (less NO_BAND), of
    these `bases`; `columns` are the NUMBERS of each key.
    """

    keys: Integers
    columns: Sequence[Floats]
    bases: Sequence[int]

    def by_slice(self, pieces: Sequence[Span]) -> Iterator[tuple[int, Counted]]:
        """Each slice and its counts; only those of one slice are taken apart at a time."""
        starts = np.flatnonzero(np.diff(self.keys // math.prod(self.bases[1:]), prepend=-1))
        for start, end in pairwise([*starts.tolist(), self.keys.size]):
            of_slice, piece, *kind, band = np.unravel_index(self.keys[start:end], self.bases)
            kinds = np.stack([*kind, band + NO_BAND], axis=1)
            numbers = np.stack([column[start:end] for column in self.columns], axis=1)
            yield int(of_slice[0]), Counted(bounds(pieces)[piece], kinds, numbers)


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
