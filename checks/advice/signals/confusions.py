"""Signal: are the errors concentrated in a few confusions, or spread?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from checks.advice.comparing.metrics import stratified
from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import MIN_ERRORS, OVER_EVEN, TAIL, TOP_ONE, TOP_THREE
from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.cells import NO_CLASS, OutcomeCell
from checks.statistics.intervals import Proportion

NAME, FAMILY = "confusions", "errors"


@dataclass(frozen=True, slots=True)
class _Pair:
    """One confusion: `share` in [0, 1] of all errors, `n` labelled rows that show it."""

    predicted: str
    label: str
    share: float
    n: int


def confusions_signal(outcomes: Sequence[OutcomeCell]) -> Signal[Clauses]:
    """Share of the (post-stratified) errors in the top pair and the top three, against an even spread.

    With K classes an even spread puts 1 / K(K-1) of the errors in each pair. Concentrated means beyond a fixed share
    and beyond 1.5 times the even one, its lower bound too; as the top pair is the largest of many, that bound is taken
    at the tail over the number of pairs (Bonferroni). Predictions that name no class are left to their own signal.
    """
    pairs, possible = _pairs(outcomes)
    n = sum(pair.n for pair in pairs)
    if n < MIN_ERRORS or not possible:
        return Signal(NAME, FAMILY, None, (clause(SignalClause.FEW_ERRORS, n=n),))
    one, three = pairs[0].share, sum(pair.share for pair in pairs[:3])
    even_one, even_three = 1 / possible, min(3 / possible, 1.0)
    holds = _stands_out(one, n, TOP_ONE, even_one, possible) or _stands_out(three, n, TOP_THREE, even_three, possible)
    numbers = (
        ("top_one", one),
        ("top_three", three),
        ("even_one", even_one),
        ("even_three", even_three),
        ("n", float(n)),
    )
    return Signal(NAME, FAMILY, holds, (_said(pairs, n, three, even_three, concentrated=holds),), numbers)


def _pairs(outcomes: Sequence[OutcomeCell]) -> tuple[list[_Pair], int]:
    """The confusions that were seen, commonest first, and how many are possible."""
    counts = stratified(outcomes)
    classes = counts.confusion.classes
    wrong = counts.cells * ~np.eye(len(classes), dtype=bool)
    if NO_CLASS in classes:
        wrong[classes.index(NO_CLASS), :] = 0
    total = float(wrong.sum()) or 1.0
    pairs = [
        _Pair(
            classes[row], classes[column], float(wrong[row, column]) / total, int(counts.confusion.counts[row, column])
        )
        for row, column in np.argwhere(wrong > 0)
    ]
    size = len(counts.confusion.real_classes)
    return sorted(pairs, key=lambda pair: (-pair.share, pair.predicted, pair.label)), size * (size - 1)


def _stands_out(share: float, n: int, limit: float, even: float, possible: int) -> bool:
    low = Proportion(share, n, n).lower(TAIL / possible)
    return share >= max(limit, OVER_EVEN * even) and low > even


def _said(pairs: list[_Pair], n: int, three: float, even: float, *, concentrated: bool) -> Clause:
    top = tuple(
        clause(SignalClause.TAKEN_FOR, label=pair.label, predicted=pair.predicted, n=pair.n, share=pair.share)
        for pair in pairs[:3]
    )
    kind = SignalClause.CONCENTRATED if concentrated else SignalClause.SPREAD
    return clause(kind, n=n, top=len(top), share=three, even=even, pairs=top)
