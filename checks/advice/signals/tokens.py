"""Signal: does latency go with more tokens, of the prompt or of the answer?"""

from collections.abc import Iterable

from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import MORE_TOKENS, SLOPE
from checks.clauses.clause import Clauses, clause
from checks.counts.studied.tokens import TokenUse
from checks.counts.study import Study

NAME, FAMILY = "tokens", "tokens"
GREW = {"prompt": SignalClause.PROMPTS_LONGER, "completion": SignalClause.ANSWERS_LONGER}
"""What to say of each kind of token."""


def tokens_signal(study: Study | None) -> Signal[Clauses]:
    """Whether one kind of token has grown by MORE_TOKENS, and slower answers have more of it."""
    uses = study.tokens if study is not None else ()
    if not uses:
        return Signal(NAME, FAMILY, None, (clause(SignalClause.TOKENS_NOT_LOGGED),))
    grown = _grown(uses)
    if grown is None:
        return Signal(NAME, FAMILY, holds=False, sentence=(clause(SignalClause.TOKENS_AS_BEFORE),))
    said = clause(GREW[grown.kind], now=grown.now, n=grown.n_now, then=grown.then)
    return Signal(NAME, FAMILY, holds=True, sentence=(said,), numbers=(("growth", grown.growth),))


def _grown(uses: Iterable[TokenUse]) -> TokenUse | None:
    found = [use for use in uses if use.growth >= MORE_TOKENS and use.slope is not None and use.slope >= SLOPE]
    return max(found, key=lambda use: use.growth, default=None)
