"""Signal: is there a class in the labels that was not there before?"""

from collections import Counter
from collections.abc import Iterable

from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import LABELS_TO_JUDGE_COVERAGE, MIN_SUPPORT
from checks.clauses.clause import Clauses, clause
from checks.counts.cells import OutcomeCell
from checks.counts.windows import Windows
from checks.statistics.intervals import Proportion

NAME, FAMILY = "new_class", "messages"


def new_class_signal(windows: Windows) -> Signal[Clauses]:
    """Whether labels of the window have a class that the reference's never had, and that is mostly answered wrongly.

    The class must have MIN_SUPPORT labels, and the reference enough that such a class would have been seen.
    """
    before, now = _labels(windows.reference.outcomes), _labels(windows.current.outcomes)
    if before.total() < LABELS_TO_JUDGE_COVERAGE:
        return Signal(NAME, FAMILY, None, (clause(SignalClause.FEW_EARLIER_LABELS),))
    new = sorted((n, name) for name, n in now.items() if name not in before and n >= MIN_SUPPORT)
    if not new:
        return Signal(NAME, FAMILY, holds=False, sentence=(clause(SignalClause.NO_NEW_CLASS),))
    n, name = new[-1]
    right = sum(cell.n for cell in windows.current.outcomes if cell.label == cell.predicted == name)
    share = Proportion(right / n, n, n)
    said = clause(SignalClause.NEW_CLASS, name=name, n=n, share=share)
    return Signal(NAME, FAMILY, share.value < 0.5, (said,), (("n", float(n)), ("recall", share.value)))  # noqa: PLR2004


def _labels(outcomes: Iterable[OutcomeCell]) -> Counter[str]:
    labels = Counter[str]()
    for cell in outcomes:
        if cell.label is not None:
            labels[cell.label] += cell.n
    return labels
