"""Windows weighted up to all their predictions, each kept for whoever asks again about equal cells.

Much of what one look weighs is weighed twice: the data of a version before a moment is often that of a window. And most
of what ended before a look, the next look has again, cell for cell.
"""

from collections.abc import Sequence
from functools import lru_cache

from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.counts.outcomes import BANDS, Outcomes
from checks.estimates.stratified import KEPT, Stratified


def stratified(cells: Sequence[OutcomeCell]) -> Stratified:
    """The outcomes, weighted up to all predictions; of not too many classes it is kept until `forget_weighted`."""
    outcomes = Outcomes.of(cells)
    classes = len(outcomes.present)
    rows = min(len(outcomes), classes * BANDS)
    return _kept(outcomes) if rows * classes <= KEPT else _weighted(outcomes)


def forget_weighted() -> None:
    """Let go of what is kept: up to a hundred megabytes of some sixty classes, five of twenty."""
    _kept.cache_clear()


def _weighted(outcomes: Outcomes) -> Stratified:
    return Stratified.of(Confusion.of(outcomes))


_kept = lru_cache(maxsize=256)(_weighted)  # a look has some eighty, of which the next has half again
