"""Counted cells as they come from the engine, sorted by what they count."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.log.counting.parts import Part
from monitor.log.counting.spool import Spool
from monitor.log.counts import ALL, BucketCounts, DelayRow, LatencyRow, OutcomeRow, ProblemRow, RelevanceRow


@dataclass(frozen=True, slots=True)
class Cells:
    """Counted cells by what they count."""

    outcomes: list[OutcomeRow] = field(default_factory=list)
    latency: list[LatencyRow] = field(default_factory=list)
    delays: list[DelayRow] = field(default_factory=list)
    relevance: list[RelevanceRow] = field(default_factory=list)
    problems: list[ProblemRow] = field(default_factory=list)


class Tally:
    """Takes rows of all groupings, in any order; many of them go to a file in `spill_folder`."""

    def __init__(self, segments: Sequence[str], spill_folder: str | None) -> None:
        self._segments = segments
        # One object for each name and bucket, and for each weight, where the driver makes one for each cell.
        self._share: Callable[[Any, Any], Any] = {}.setdefault
        self._share_weight: Callable[[Any, Any], float] = {}.setdefault
        self._outcomes = Spool(OutcomeRow._make, spill_folder)
        self._latency = Spool(LatencyRow._make, spill_folder)
        self._delays = Spool(DelayRow._make, spill_folder)
        self._relevance = Spool(RelevanceRow._make, spill_folder)
        self._problems: list[ProblemRow] = []

    def sort(self, rows: Iterable[Sequence[Any]]) -> Cells:
        """Make cells of rows of any groupings, and keep none of them yet."""
        cells = Cells()
        for part, *keys, bin_, n, weight, squared, millionths, designed in rows:
            bucket, value, model, prompt, predicted, label = map(self._share, keys, keys)
            match part:
                case Part.LATENCY:
                    cells.latency.append(LatencyRow(bucket, model, prompt, bin_, n))
                case Part.DELAY:
                    cells.delays.append(DelayRow(bucket, predicted, bin_, n, label))
                case Part.RELEVANCE:
                    key = (bucket, model, prompt, predicted, value)
                    cells.relevance.append(RelevanceRow(*key, bin_, n, millionths, designed))
                case Part.PROBLEM:
                    cells.problems.append(ProblemRow(bucket, value, n))
                case _:
                    name = ALL if part == Part.OUTCOME else self._segments[part - Part.SEGMENT]
                    cell = (bucket, name, value, model, prompt, predicted, label)
                    weights = self._share_weight(weight, weight), self._share_weight(squared, squared)
                    cells.outcomes.append(OutcomeRow(*cell, n, *weights, bin_, millionths, designed))
        return cells

    def add(self, cells: Cells) -> None:
        """Keep cells."""
        self._outcomes.extend(cells.outcomes)
        self._latency.extend(cells.latency)
        self._delays.extend(cells.delays)
        self._relevance.extend(cells.relevance)
        self._problems.extend(cells.problems)

    def counts(self, buckets: Sequence[int], everywhere: Sequence[ProblemRow]) -> BucketCounts:
        """All that was taken; `everywhere` are problems of the whole log."""
        return BucketCounts(
            tuple(buckets),
            self._outcomes.settled(),
            self._latency.settled(),
            self._delays.settled(),
            (*self._problems, *everywhere),
            self._relevance.settled(),
        )
