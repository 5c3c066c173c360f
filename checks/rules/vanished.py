"""Rows that vanish from the middle of a log: what was counted of them is kept, and somebody must know why they went."""

from collections.abc import Iterator

from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.windows import Missing
from checks.rules.finding_clause import FindingClause

SUBJECT = "vanished"
"""Subject of the finding."""

FEWEST_GONE = 5
"""Rows under which a loss is no incident: somebody's own message, erased by hand."""


def vanished(missing: Missing) -> Clauses:
    """What is missing, since when, and what to do about it; nothing where nothing or next to nothing newly is."""
    predictions, labels = missing.new_predictions, missing.new_labels
    if max(predictions, labels) < FEWEST_GONE or missing.since is None:
        return ()
    what = (
        *([clause(FindingClause.PREDICTIONS_GONE, n=predictions)] if predictions else ()),
        *([clause(FindingClause.LABELS_GONE, n=labels)] if labels else ()),
    )
    hours, span = tuple(missing.hours), tuple(_span(missing))
    return (clause(FindingClause.VANISHED, what=what, since=missing.since, hours=hours, span=span),)


def _span(missing: Missing) -> Iterator[Clause]:
    if missing.start is not None:
        yield clause(FindingClause.FORGET_FROM, at=missing.start)
    if missing.end is not None:
        yield clause(FindingClause.FORGET_TO, at=missing.end)
