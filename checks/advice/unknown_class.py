"""Signal: does the chatbot answer with a class that does not exist?"""

from collections import Counter

from checks.advice.model import Signal
from checks.advice.weights import MIN_SUPPORT, UNKNOWN_SHARE
from checks.advice.words import listed, measured
from checks.counts import NO_CLASS
from checks.intervals import Proportion
from checks.windows import Windows

NAME, FAMILY = "unknown_class", "parser"


def unknown_class_signal(windows: Windows) -> Signal:
    """Whether classes that no label ever had make a share of the answers.

    Such a class is another spelling, a class that was renamed, or one that the model made up: its answers are wrong
    whatever the model knew. A class must have been labelled MIN_SUPPORT times, under whatever name, to count.
    """
    labels = {cell.label for run in windows.versions for cell in run.outcomes}
    answers, judged = Counter[str](), Counter[str]()
    for cell in windows.current.outcomes:
        answers[cell.predicted] += cell.n
        judged[cell.predicted] += cell.n if cell.label is not None else 0
    unknown = sorted(name for name in judged if name not in labels and name != NO_CLASS and judged[name] >= MIN_SUPPORT)
    total = answers.total()
    if not total:
        return Signal(NAME, FAMILY, None, "There are no predictions.")
    share = sum(answers[name] for name in unknown) / total
    known = Proportion(share, total, total)
    if not unknown:
        return Signal(NAME, FAMILY, holds=False, sentence="Every class that is answered is one that labels have.")
    sentence = f"{measured(known, 'predictions')} name {listed(unknown)}, which no label ever had."
    return Signal(NAME, FAMILY, share >= UNKNOWN_SHARE, sentence, (("share", share), ("classes", float(len(unknown)))))
