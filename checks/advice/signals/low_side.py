"""Signal: of the class that alarms, is it recall or precision that is low?"""

from collections.abc import Sequence
from typing import Final

from checks.advice.comparing.metrics import stratified
from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clauses, clause
from checks.counts.windows import Window
from checks.estimates.balance import TAIL
from checks.rules.finding import Finding
from checks.statistics.intervals import difference

NAME, FAMILY = "low_side", "errors"
OF_A_CLASS: Final = frozenset({"class_recall", "class_precision", "accuracy_paradox"})
"""Checks whose subject is a class."""


def low_side_signals(alarming: Sequence[Finding], windows: Sequence[Window]) -> tuple[Signal[Clauses], ...]:
    """Which of recall and precision is lower, and by how much, of the worst class that alarms; none where none does.

    Both are of the window that the alarm is of, so that a message has one recall of the class: none where that is not
    one of the `windows`, or the alarm is of a slice.
    It holds where the 95% interval of recall - precision (MOVER, as in `checks.estimates.balance`) is all on one side
    of 0. It speaks for no action, and is told as what the alarm means.
    """
    worst = next((finding for finding in alarming if finding.check in OF_A_CLASS), None)
    if worst is None or worst.slice != "all":
        return ()
    span = (worst.window_start, worst.window_end)
    window = next((each for each in windows if (each.start, each.end) == span), None)
    if window is None:
        return ()
    name, counts = worst.subject, stratified(window.outcomes)
    recall, precision = counts.recall(name), counts.precision(name)
    if recall is None or precision is None:
        return (Signal(NAME, FAMILY, None, ()),)
    gap = recall.value - precision.value
    low, high = difference(recall, precision, TAIL)
    kind = SignalClause.RECALL_IS_LOW if gap < 0 else SignalClause.PRECISION_IS_LOW
    holds = bool(high < 0 or low > 0)  # of NumPy where labels are weighted
    bounds = (-high, -low) if gap < 0 else (low, high)
    said = clause(kind, name=name, recall=recall, precision=precision, gap=abs(gap), bounds=bounds)
    return (Signal(NAME, FAMILY, holds, (said,) if holds else (), (("gap", gap), ("low", low), ("high", high))),)
