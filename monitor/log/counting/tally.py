"""Counted cells as they come from the engine, sorted by what they count."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.log.counting.columns import Block, Columns, Names
from monitor.log.counting.parts import COLUMNS, NAMES, Part
from monitor.log.counts import (
    ALL,
    BucketCounts,
    DelayRow,
    LabellerRow,
    LatencyRow,
    OutcomeRow,
    ProblemRow,
    RelevanceRow,
)

_FIELDS: Final[Mapping[int, Mapping[str, str]]] = {
    Part.LATENCY: {"model_version": "model", "prompt_version": "prompt"},
    Part.DELAY: {},
    Part.RELEVANCE: {
        "model_version": "model",
        "prompt_version": "prompt",
        "source": "value",
        "score_millionths": "millionths",
        "square_millionths": "designed",
    },
    Part.LABELLER: {"labeller": "value", "fate": "bin"},
    Part.OUTCOME: {
        "model_version": "model",
        "prompt_version": "prompt",
        "weight_squared": "squared",
        "band": "bin",
        "confidence_millionths": "millionths",
    },
}
"""Columns of a part that are called otherwise in its rows, by the name there."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Counted cells: blocks of columns with the part that each is of, and problems."""

    blocks: list[tuple[int, Block]] = field(default_factory=list)
    problems: list[ProblemRow] = field(default_factory=list)


class Tally:
    """Takes rows of all groupings, in any order; many of them go to a file in `spill_folder`."""

    def __init__(self, segments: Sequence[str], spill_folder: str | None) -> None:
        self.names = Names()
        self._segments = segments
        self._outcomes = Columns(OutcomeRow, self.names, spill_folder)
        self._latency = Columns(LatencyRow, self.names, spill_folder)
        self._delays = Columns(DelayRow, self.names, spill_folder)
        self._relevance = Columns(RelevanceRow, self.names, spill_folder)
        self._labellers = Columns(LabellerRow, self.names, spill_folder)
        self._problems: list[ProblemRow] = []

    def sort(self, rows: Iterable[Sequence[Any]]) -> Cells:
        """Make cells of rows of any groupings, and keep none of them yet."""
        by_part: defaultdict[int, list[Sequence[Any]]] = defaultdict(list)
        for row in rows:
            by_part[row[0]].append(row)
        cells = Cells()
        for part, found in by_part.items():
            columns = dict(zip(COLUMNS, zip(*found, strict=True), strict=True))
            if part == Part.PROBLEM:
                cells.problems.extend(map(ProblemRow, columns["bucket"], columns["value"], columns["n"]))
                continue
            block = {
                name: self.names.codes(each) if name in NAMES else np.array(each) for name, each in columns.items()
            }
            cells.blocks.append((part, self._named(part, block)))
        return cells

    def columns(self, part: int, block: Mapping[str, NDArray[Any]]) -> Cells:
        """Make cells of the columns of one grouping, in which names are codes of `names`; keep none of them yet."""
        return Cells([(part, self._named(part, block))])

    def add(self, cells: Cells) -> None:
        """Keep cells."""
        for part, block in cells.blocks:
            match part:
                case Part.LATENCY:
                    self._latency.extend(block)
                case Part.DELAY:
                    self._delays.extend(block)
                case Part.RELEVANCE:
                    self._relevance.extend(block)
                case Part.LABELLER:
                    self._labellers.extend(block)
                case _:
                    self._outcomes.extend(block)
        self._problems.extend(cells.problems)

    def counts(self, buckets: Sequence[int], everywhere: Sequence[ProblemRow]) -> BucketCounts:
        """All that was taken; `everywhere` are problems of the whole log."""
        problems = (*self._problems, *everywhere)
        return BucketCounts(
            tuple(buckets),
            self._outcomes,
            self._latency,
            self._delays,
            problems,
            self._relevance,
            labellers=self._labellers,
        )

    def _column(self, name: str, values: Sequence[Any]) -> NDArray[Any]:
        return self.names.codes(values) if name in NAMES else np.array(values)

    def _named(self, part: int, block: Mapping[str, NDArray[Any]]) -> Block:
        """The columns under the names that they have in rows."""
        renamed = _FIELDS.get(part, _FIELDS[Part.OUTCOME])
        found = {**block, **{field: block[column] for field, column in renamed.items()}}
        if part == Part.OUTCOME or part >= Part.SEGMENT:
            segment = ALL if part == Part.OUTCOME else self._segments[part - Part.SEGMENT]
            found["segment"] = np.broadcast_to(np.int32(self.names.code(segment)), block["n"].size)
        return found
