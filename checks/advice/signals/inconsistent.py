"""Signal: are messages that say the same answered differently?"""

from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import INCONSISTENT, MIN_ERRORS, TAIL
from checks.clauses.clause import Clauses, Rated, clause
from checks.counts.study import Study

NAME, FAMILY = "inconsistent", "errors"


def inconsistent_signal(study: Study | None) -> Signal[Clauses]:
    """Whether near-duplicate messages to one version get different answers: the prompt leaves room, or it is random."""
    duplicates = study.duplicates if study is not None else None
    share = duplicates.answered_apart if duplicates is not None else None
    if share is None or share.n < MIN_ERRORS:
        return Signal(NAME, FAMILY, None, (clause(SignalClause.CONSISTENCY_UNKNOWN),))
    said = clause(SignalClause.INCONSISTENT, share=Rated(share, "pairs"))
    holds = share.lower(TAIL) >= INCONSISTENT
    return Signal(NAME, FAMILY, holds, (said,), (("share", share.value), ("n", float(share.n))))
