"""Signal: do more answers than before name no class?"""

from collections.abc import Sequence

from checks.advice.comparing.metrics import stratified
from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import MIN_ERRORS, STEP_TAIL, UNPARSED_ERRORS, UNPARSED_RISE
from checks.clauses.clause import Clauses, Rated, clause
from checks.counts.cells import NO_CLASS, OutcomeCell
from checks.counts.confusion import Confusion
from checks.counts.windows import Windows
from checks.statistics.intervals import Proportion, difference

NAME, FAMILY = "unparseable", "parser"


def unparseable_signal(windows: Windows) -> Signal[Clauses]:
    """Whether the share of predictions without a class has risen, or makes most of the errors.

    Each of the windows that end now is compared with the reference, so that a rise need not first fill a week.
    """
    looks = (windows.current, *windows.recent)
    shares = [share for look in looks if (share := _unparsed(stratified(look.outcomes).confusion)) is not None]
    then = _unparsed(stratified(windows.reference.outcomes).confusion)
    if not shares:
        return Signal(NAME, FAMILY, None, (clause(SignalClause.NO_PREDICTIONS),))
    now, rise = _risen(shares, then, STEP_TAIL / len(looks))
    of_errors, errors = _share_of_errors(windows.current.outcomes)
    holds = rise >= UNPARSED_RISE or (errors >= MIN_ERRORS and of_errors >= UNPARSED_ERRORS)
    up = (clause(SignalClause.UP_FROM, rise=rise, then=then.value),) if then is not None and rise > 0 else ()
    said = clause(SignalClause.UNPARSED, share=Rated(now, "predictions"), up=up, of_errors=of_errors)
    return Signal(NAME, FAMILY, holds, (said,), (("share", now.value), ("rise", rise), ("of_errors", of_errors)))


def _risen(shares: Sequence[Proportion], then: Proportion | None, tail: float) -> tuple[Proportion, float]:
    """The share that rose most beyond doubt, and by how much; the longest window's where none did."""
    risen = [] if then is None else [share for share in shares if difference(share, then, tail)[0] > 0]
    if then is None or not risen:
        return shares[0], 0.0
    now = max(risen, key=lambda share: share.value)
    return now, now.value - then.value


def _unparsed(confusion: Confusion) -> Proportion | None:
    at = confusion.index(NO_CLASS)
    n = confusion.n
    return Proportion(0.0 if at is None else float(confusion.predicted[at]) / n, n, n) if n else None


def _share_of_errors(outcomes: Sequence[OutcomeCell]) -> tuple[float, int]:
    """Post-stratified share of the errors that name no class, and the labelled errors that it rests on."""
    counts = stratified(outcomes)
    at = counts.confusion.index(NO_CLASS)
    wrong = float(counts.cells.sum() - counts.cells.trace())
    errors = int(counts.confusion.counts.sum() - counts.confusion.counts.trace())
    return (float(counts.cells[at].sum()) / wrong if at is not None and wrong else 0.0), errors
