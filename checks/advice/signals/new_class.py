"""Signal: is there a class in the labels that was not there before?"""

from collections import Counter
from collections.abc import Iterable

from checks.advice.deciding.model import Signal
from checks.advice.deciding.weights import LABELS_TO_JUDGE_COVERAGE, MIN_SUPPORT
from checks.counts.cells import OutcomeCell
from checks.counts.windows import Windows
from checks.rules.words import measured
from checks.statistics.intervals import Proportion

NAME, FAMILY = "new_class", "messages"


def new_class_signal(windows: Windows) -> Signal:
    """Whether labels of the window have a class that the reference's never had, and that is mostly answered wrongly.

    The class must have MIN_SUPPORT labels, and the reference enough that such a class would have been seen.
    """
    before, now = _labels(windows.reference.outcomes), _labels(windows.current.outcomes)
    if before.total() < LABELS_TO_JUDGE_COVERAGE:
        return Signal(NAME, FAMILY, None, "There are too few earlier labels to say which classes are new.")
    new = sorted((n, name) for name, n in now.items() if name not in before and n >= MIN_SUPPORT)
    if not new:
        return Signal(NAME, FAMILY, holds=False, sentence="Every class of the labels was there before.")
    n, name = new[-1]
    right = sum(cell.n for cell in windows.current.outcomes if cell.label == cell.predicted == name)
    share = Proportion(right / n, n, n)
    sentence = f"No label named {name} before; now {n:,} do, and {measured(share)} of those are recognised."
    return Signal(NAME, FAMILY, share.value < 0.5, sentence, (("n", float(n)), ("recall", share.value)))  # noqa: PLR2004


def _labels(outcomes: Iterable[OutcomeCell]) -> Counter[str]:
    labels = Counter[str]()
    for cell in outcomes:
        if cell.label is not None:
            labels[cell.label] += cell.n
    return labels
