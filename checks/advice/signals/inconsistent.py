"""Signal: are messages that say the same answered differently?"""

from checks.advice.deciding.model import Signal
from checks.advice.deciding.weights import INCONSISTENT, MIN_ERRORS, TAIL
from checks.counts.study import Study
from checks.rules.words import measured

NAME, FAMILY = "inconsistent", "errors"


def inconsistent_signal(study: Study | None) -> Signal:
    """Whether near-duplicate messages to one version get different answers: the prompt leaves room, or it is random."""
    duplicates = study.duplicates if study is not None else None
    share = duplicates.answered_apart if duplicates is not None else None
    if share is None or share.n < MIN_ERRORS:
        return Signal(NAME, FAMILY, None, "Too few near-duplicate messages to see whether answers are consistent.")
    sentence = f"Of messages that say nearly the same, {measured(share, 'pairs')} are answered differently."
    holds = share.lower(TAIL) >= INCONSISTENT
    return Signal(NAME, FAMILY, holds, sentence, (("share", share.value), ("n", float(share.n))))
