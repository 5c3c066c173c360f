"""Which estimates before the labels are not given, and why."""

from collections.abc import Callable, Iterator
from enum import StrEnum, auto

from checks.before_labels.outlook import Outlook
from checks.before_labels.trust import MIN_LEARNED, MIN_OF_CLASS, Refusal
from checks.clauses.clause import Clause, Clauses, clause

MOST = 3
"""Classes that are named; of the rest their number is enough."""


class RefusalClause(StrEnum):
    """All that can be said of it; `alerts/messages/estimates.py` has the words."""

    LABELS_CONTRADICT = auto()
    FEW_TO_LEARN_FROM = auto()
    RECALL_CONTRADICTED = auto()
    RECALL_UNLEARNED = auto()
    PRECISION_CONTRADICTED = auto()
    PRECISION_UNLEARNED = auto()
    AND_MORE = auto()


def refused(outlook: Outlook) -> Clauses:
    """One clause for each reason; none where everything is estimated."""
    match outlook.refusal():
        case Refusal.BROKEN:
            return (clause(RefusalClause.LABELS_CONTRADICT),)
        case Refusal.TOO_FEW:
            return (clause(RefusalClause.FEW_TO_LEARN_FROM, needed=MIN_LEARNED),)
        case Refusal.NOT_LOGGED:
            return ()
    return (*_of_recall(outlook), *_of_precision(outlook))


def _of_recall(outlook: Outlook) -> Iterator[Clause]:
    broken, few = _named(outlook, outlook.trust.of_recall)
    if broken:
        yield clause(RefusalClause.RECALL_CONTRADICTED, names=broken[:MOST], more=_more(broken))
    if few:
        yield clause(RefusalClause.RECALL_UNLEARNED, names=few[:MOST], more=_more(few), needed=MIN_OF_CLASS)


def _of_precision(outlook: Outlook) -> Iterator[Clause]:
    broken, few = _named(outlook, outlook.trust.of_precision)
    if broken:
        yield clause(RefusalClause.PRECISION_CONTRADICTED, names=broken[:MOST], more=_more(broken))
    if few:
        yield clause(RefusalClause.PRECISION_UNLEARNED, names=few[:MOST], more=_more(few), needed=MIN_OF_CLASS)


def _named(outlook: Outlook, refusal: Callable[[str], Refusal | None]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes whose labels contradict their estimates, and those with too few labels to learn from."""
    found = {name: refusal(name) for name in outlook.real_classes}
    broken, few = (
        tuple(name for name, why in found.items() if why is reason) for reason in (Refusal.BROKEN, Refusal.TOO_FEW)
    )
    return broken, few


def _more(names: tuple[str, ...]) -> Clauses:
    return (clause(RefusalClause.AND_MORE, n=len(names) - MOST),) if len(names) > MOST else ()
