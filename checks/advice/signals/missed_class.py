"""Signal: is a critical or rare class missed, while accuracy hides it?"""

from checks.advice.comparing.metrics import stratified
from checks.advice.deciding.model import Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import FAR_UNDER, MIN_SUPPORT, RARE
from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.windows import Window
from checks.estimates.stratified import Stratified
from checks.statistics.intervals import Proportion

NAME, FAMILY = "missed_class", "errors"


def missed_class_signal(window: Window, policy: AdvicePolicy) -> Signal[Clauses]:
    """The worst recall of the critical and rare classes, against accuracy; its upper 95% bound must be FAR_UNDER it."""
    counts = stratified(window.outcomes)
    accuracy = counts.accuracy()
    recalls = [(name, recall) for name in _minor(counts, policy) if (recall := counts.recall(name)) is not None]
    known = [(name, recall) for name, recall in recalls if recall.n >= MIN_SUPPORT]
    if accuracy is None or not known:
        return Signal(NAME, FAMILY, None, (clause(SignalClause.MISSED_UNKNOWN),))
    name, recall = min(known, key=lambda item: (item[1].interval()[1], item[0]))
    holds = bool(recall.interval()[1] < accuracy.value - FAR_UNDER)  # of NumPy where labels are weighted
    numbers = (("recall", recall.value), ("accuracy", accuracy.value), ("n", float(recall.n)))
    return Signal(NAME, FAMILY, holds, (_said(name, recall, accuracy, counts, window, missed=holds),), numbers)


def _minor(counts: Stratified, policy: AdvicePolicy) -> list[str]:
    rare = [name for name in counts.confusion.real_classes if 0 < counts.prevalence(name) < RARE]
    return sorted({*rare, *policy.critical})


def _said(
    name: str, recall: Proportion, accuracy: Proportion, counts: Stratified, window: Window, *, missed: bool
) -> Clause:
    if not missed:
        return clause(SignalClause.NOT_MISSED, window=window.length, name=name, recall=recall, accuracy=accuracy.value)
    others = _taken_for(name, counts)
    return clause(
        SignalClause.MISSED,
        window=window.length,
        name=name,
        accuracy=accuracy.value,
        recall=recall,
        others=others,
    )


def _taken_for(name: str, counts: Stratified) -> Clauses:
    column = counts.confusion.index(name)
    assert column is not None  # noqa: S101 - its recall is known
    missed = [
        (float(counts.cells[row, column]), predicted, int(counts.confusion.counts[row, column]))
        for row, predicted in enumerate(counts.confusion.classes)
        if row != column and counts.cells[row, column] > 0
    ]
    worst = sorted(missed, key=lambda item: (-item[0], item[1]))[:3]
    return tuple(clause(SignalClause.MISSED_AS, name=predicted, n=n) for _, predicted, n in worst)
