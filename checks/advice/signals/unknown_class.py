"""Signal: does the chatbot answer with a class that does not exist?"""

from collections import Counter
from collections.abc import Container

from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import MIN_SUPPORT, UNKNOWN_SHARE
from checks.clauses.clause import Clauses, Rated, clause
from checks.counts.cells import NO_CLASS
from checks.counts.windows import Window, Windows
from checks.statistics.intervals import Proportion

NAME, FAMILY = "unknown_class", "parser"


def unknown_class_signal(windows: Windows) -> Signal[Clauses]:
    """Whether classes that no label ever had make a share of the answers.

    Such a class is another spelling, a class that was renamed, or one that the model made up: its answers are wrong
    whatever the model knew. A class must have been labelled MIN_SUPPORT times, under whatever name, to count.
    """
    labels = {cell.label for run in windows.versions for cell in run.outcomes}
    looks = [_unknown(window, labels) for window in (windows.current, *windows.recent)]
    name_them, share = max(looks, key=lambda look: look[1].value)
    if not share.n:
        return Signal(NAME, FAMILY, None, (clause(SignalClause.NO_PREDICTIONS),))
    if not name_them:
        return Signal(NAME, FAMILY, holds=False, sentence=(clause(SignalClause.CLASSES_KNOWN),))
    said = clause(SignalClause.UNKNOWN_CLASSES, share=Rated(share, "predictions"), names=tuple(name_them))
    numbers = (("share", share.value), ("classes", float(len(name_them))))
    return Signal(NAME, FAMILY, share.value >= UNKNOWN_SHARE, (said,), numbers)


def _unknown(window: Window, labels: Container[str | None]) -> tuple[list[str], Proportion]:
    """The classes of a window that no label ever had, and their share of its answers."""
    answers, judged = Counter[str](), Counter[str]()
    for cell in window.outcomes:
        answers[cell.predicted] += cell.n
        judged[cell.predicted] += cell.n if cell.label is not None else 0
    unknown = sorted(name for name in judged if name not in labels and name != NO_CLASS and judged[name] >= MIN_SUPPORT)
    total = answers.total()
    return unknown, Proportion(sum(answers[name] for name in unknown) / total if total else 0.0, total, total)
