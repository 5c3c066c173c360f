"""Prompt bias, a difference in differences: does a new prompt serve one segment worse than the others?

A prompt that is better on the whole can be worse in Spanish. What the segment lost with the new prompt is compared with
what the rest lost: the difference in differences, so that neither a segment that was always harder nor a fall of
everything counts.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.cells import NOT_LOGGED
from checks.counts.confusion import Confusion
from checks.counts.outcomes import Outcomes, less, together
from checks.counts.windows import Window, Windows
from checks.estimates.cycle_data import Measured
from checks.estimates.stratified import Stratified
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import CONFIDENCE, Proportion, difference
from checks.statistics.mover import Bounded

MIN_ROWS = 30
"""Labelled rows that each of the four parts needs."""

LIVE_ROWS = 30
"""Predictions in the current window from which a prompt counts as answering a segment."""

Pair = tuple[str, str]  # model, prompt


@dataclass(frozen=True, slots=True)
class PromptBias:
    """The newest prompt of each segment against the one before it on the same model, beside the other segments.

    It warns where accuracy in the segment fell, and by `max_gap` (a difference of shares) more than in the others,
    beyond doubt; the level is shared out over all segments that can be judged. `budget` is what false alarms may cost.
    """

    max_gap: float
    budget: AlarmBudget
    name: str = "prompt_bias"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding for each segment value that two prompts have answered with enough labels."""
        windows = measured.windows
        cases = list(_cases(windows))
        tail = self.budget.tail([windows.current.length], max(len(cases), 1))
        return [self._judge(case, windows, tail) for case in cases]

    def _judge(self, case: "_Case", windows: Windows, tail: float) -> Finding[Clauses]:
        gap, low, high = case.gap((1 - CONFIDENCE) / 2)
        fell = difference(case.before, case.after, tail)[0] > 0
        broken = fell and case.gap(tail)[1] > 0 and gap >= self.max_gap
        return Finding(
            check=self.name,
            subject=f"{case.column}={case.value}",
            verdict=Verdict.WARNING if broken else Verdict.OK,
            cause=Cause.ABOVE_LIMIT if broken else Cause.WITHIN_LIMITS,
            message=(case.said,),
            window_start=windows.current.start,
            window_end=windows.current.end,
            value=gap,
            low=low,
            high=high,
            threshold=self.max_gap,
            n=case.after.n,
            slice=f"prompt_version={case.newer}",
            clear=not broken,
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """One segment value under two prompts, and all other values of the same column under the same two."""

    column: str
    value: str
    older: str
    newer: str
    before: Proportion
    after: Proportion
    rest_before: Proportion
    rest_after: Proportion

    @property
    def said(self) -> Clause:
        """The four accuracies."""
        return clause(
            FindingClause.SEGMENT,
            column=self.column,
            value=self.value,
            after=self.after,
            newer=self.newer,
            before=self.before.value,
            older=self.older,
            rest_after=self.rest_after.value,
            rest_before=self.rest_before.value,
        )

    def gap(self, tail: float) -> Bounded:
        """What the segment lost more than the rest, with bounds (MOVER, used twice)."""
        return _lost(self.before, self.after, tail).less(_lost(self.rest_before, self.rest_after, tail))


def _lost(before: Proportion, after: Proportion, tail: float) -> Bounded:
    return Bounded(before.value - after.value, *difference(before, after, tail))


def _cases(windows: Windows) -> Iterator[_Case]:
    for column in dict.fromkeys(column for column, _, _ in windows.segment_lookback):
        parts = {
            value: Outcomes.of(window.outcomes) for name, value, window in windows.segment_lookback if name == column
        }
        whole = _Whole(together(list(parts.values())))
        for name, value, current in windows.segments:
            if name == column and value in parts and value:
                case = _case((column, value), parts[value], whole, _prompts(current, windows))
                if case is not None:
                    yield case


def _prompts(current: Window, windows: Windows) -> tuple[Pair, Pair] | None:
    """The pair of versions that answers a segment and the one before it on the same model; None where there is none."""
    cells = Outcomes.of(current.outcomes)
    answers = Counter(dict(zip(cells.versions, np.bincount(cells.version, cells.n, len(cells.versions)), strict=True)))
    seen = [(run.model_version, run.prompt_version) for run in windows.versions if run.prompt_version != NOT_LOGGED]
    newest = [pair for pair in seen if answers[pair] >= LIVE_ROWS]
    before = [
        pair for pair in seen if newest and pair[0] == newest[-1][0] and seen.index(pair) < seen.index(newest[-1])
    ]
    return (before[-1], newest[-1]) if before else None


@dataclass(frozen=True)
class _Answers:
    """What a pair of versions has answered, and its confusion matrix."""

    outcomes: Outcomes

    @cached_property
    def confusion(self) -> Confusion:
        """Counted once, also for all values of which it is the whole."""
        return Confusion.of(self.outcomes)

    def less(self, part: "_Answers") -> Confusion:
        """The matrix of all but a part; where each label counts 1, which most do, there are only counts to take off."""
        if self.confusion.rows.is_plain and part.confusion.rows.is_plain:
            return self.confusion.less(part.confusion)
        return Confusion.of(less(self.outcomes, part.outcomes))


class _Whole:
    """All values of a segment column, by versions."""

    def __init__(self, outcomes: Outcomes) -> None:
        self._outcomes = outcomes
        self._known: dict[Pair, _Answers] = {}

    def of_version(self, pair: Pair) -> _Answers:
        """What a pair of versions has answered; cut out once for all values."""
        if pair not in self._known:
            self._known[pair] = _Answers(self._outcomes.of_version(*pair))
        return self._known[pair]


def _case(segment: tuple[str, str], part: Outcomes, whole: _Whole, prompts: tuple[Pair, Pair] | None) -> _Case | None:
    """The four accuracies; None where one of them has too few labels."""
    if prompts is None:
        return None
    here = [part.of_version(*pair) for pair in prompts]
    if any(_labelled(cells) < MIN_ROWS for cells in here):  # most values of a column are small
        return None
    own = [_Answers(cells) for cells in here]
    rest = [whole.of_version(pair).less(part) for pair, part in zip(prompts, own, strict=True)]
    counted = (*(part.confusion for part in own), *rest)
    shares = [share for counts in counted if (share := _accuracy(counts)) is not None and share.n >= MIN_ROWS]
    if len(shares) < 4:  # noqa: PLR2004 - two segments, two prompts
        return None
    (_, older), (_, newer) = prompts
    return _Case(*segment, older, newer, *shares)


def _labelled(cells: Outcomes) -> float:
    return float(cells.n[cells.labelled].sum())


def _accuracy(counts: Confusion) -> Proportion | None:
    return Stratified.of(counts).accuracy() if counts.n else None
