"""Signal: is a critical or rare class missed, while accuracy hides it?"""

from collections.abc import Sequence

from checks.advice.comparing.metrics import stratified
from checks.advice.deciding.model import Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.weights import FAR_UNDER, MIN_SUPPORT, RARE
from checks.advice.deciding.words import listed
from checks.counts.cells import OutcomeCell
from checks.estimates.stratified import Stratified
from checks.rules.words import measured, percent
from checks.statistics.intervals import Proportion

NAME, FAMILY = "missed_class", "errors"


def missed_class_signal(outcomes: Sequence[OutcomeCell], policy: AdvicePolicy) -> Signal:
    """The worst recall of the critical and rare classes, against accuracy; its upper 95% bound must be FAR_UNDER it."""
    counts = stratified(outcomes)
    accuracy = counts.accuracy()
    recalls = [(name, recall) for name in _minor(counts, policy) if (recall := counts.recall(name)) is not None]
    known = [(name, recall) for name, recall in recalls if recall.n >= MIN_SUPPORT]
    if accuracy is None or not known:
        return Signal(NAME, FAMILY, None, "No critical or rare class has enough labels to see whether it is missed.")
    name, recall = min(known, key=lambda item: (item[1].interval()[1], item[0]))
    holds = recall.interval()[1] < accuracy.value - FAR_UNDER
    numbers = (("recall", recall.value), ("accuracy", accuracy.value), ("n", float(recall.n)))
    return Signal(NAME, FAMILY, holds, _sentence(name, recall, accuracy, counts, missed=holds), numbers)


def _minor(counts: Stratified, policy: AdvicePolicy) -> list[str]:
    rare = [name for name in counts.confusion.real_classes if 0 < counts.prevalence(name) < RARE]
    return sorted({*rare, *policy.critical})


def _sentence(name: str, recall: Proportion, accuracy: Proportion, counts: Stratified, *, missed: bool) -> str:
    if not missed:
        return f"Recall of {name} is {measured(recall)}, not far under accuracy at {percent(accuracy.value)}."
    return (
        f"The class {name} is missed while accuracy is {percent(accuracy.value)}: its recall is {measured(recall)}; "
        f"it is taken for {_taken_for(name, counts)}."
    )


def _taken_for(name: str, counts: Stratified) -> str:
    column = counts.confusion.index(name)
    assert column is not None  # noqa: S101 - its recall is known
    missed = [
        (float(counts.cells[row, column]), predicted, int(counts.confusion.counts[row, column]))
        for row, predicted in enumerate(counts.confusion.classes)
        if row != column and counts.cells[row, column] > 0
    ]
    return listed(
        [f"{predicted} ({n} labelled)" for _, predicted, n in sorted(missed, key=lambda item: (-item[0], item[1]))[:3]]
    )
