"""Signal: does every class have the labels that a fine-tune is made of?"""

from collections import Counter
from collections.abc import Iterable

from checks.advice.deciding.model import Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.windows import VersionRun

NAME, FAMILY = "class_labels", "labels"

NAMED = 5
"""Classes short of labels that the sentence names."""


def class_labels_signal(versions: Iterable[VersionRun], policy: AdvicePolicy) -> Signal[Clauses]:
    """The fewest labels that a class has, over all that the history keeps, against policy.min_labels_per_class.

    All together are held against policy.min_labels, as two classes of 50 are few: fine-tuned small models draw level
    with prompted ones at some 100 labels, at two to three times as many once the variance counts, and later where
    there are but two classes (Pecher, Srba and Bielikova 2025, arXiv 2402.12819).

    A message labelled under any version is an example. Classes are those of the labels and those with a floor: a class
    that the operator asks for and nobody ever labelled has none.
    """
    labels = Counter(dict.fromkeys((name for name, _, _ in policy.floors), 0))
    for run in versions:
        for cell in run.outcomes:
            if cell.label is not None:
                labels[cell.label] += cell.n
    needed = policy.min_labels_per_class
    short = sorted((n, name) for name, n in labels.items() if n < needed)
    fewest, name = min(((n, name) for name, n in labels.items()), default=(0, ""))
    numbers = (("fewest", float(fewest)), ("needed", float(needed)), ("classes", float(len(labels))))
    if not labels:
        return Signal(NAME, FAMILY, holds=False, sentence=(clause(SignalClause.NO_LABELS),), numbers=numbers)
    if not short and labels.total() < policy.min_labels:
        said = clause(SignalClause.TOTAL_SHORT, classes=len(labels), n=labels.total(), needed=policy.min_labels)
        return Signal(NAME, FAMILY, holds=False, sentence=(said,), numbers=numbers)
    if not short:
        said = clause(SignalClause.CLASS_LABELS, classes=len(labels), needed=needed, name=name, fewest=fewest)
        return Signal(NAME, FAMILY, holds=True, sentence=(said,), numbers=numbers)
    return Signal(NAME, FAMILY, holds=False, sentence=(_missing(short, needed, len(labels)),), numbers=numbers)


def _missing(short: list[tuple[int, str]], needed: int, classes: int) -> Clause:
    some = tuple(clause(SignalClause.CLASS_HAS, name=name, n=n) for n, name in short[:NAMED])
    more = (clause(SignalClause.WITH_FEWEST, n=NAMED),) if len(short) > NAMED else ()
    return clause(SignalClause.CLASSES_SHORT, short=len(short), classes=classes, needed=needed, some=some, more=more)
