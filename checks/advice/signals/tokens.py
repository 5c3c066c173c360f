"""Signal: does latency go with more tokens, of the prompt or of the answer?"""

from collections.abc import Iterable

from checks.advice.deciding.model import Signal
from checks.advice.deciding.weights import MORE_TOKENS, SLOPE
from checks.counts.studied.tokens import TokenUse
from checks.counts.study import Study

NAME, FAMILY = "tokens", "tokens"
WORDS = {"prompt": "The prompts", "completion": "The answers"}
CURES = {
    "prompt": "shorten the prompt, or cache the part that stays the same",
    "completion": "ask for shorter answers, or limit them",
}


def tokens_signal(study: Study | None) -> Signal:
    """Whether one kind of token has grown by MORE_TOKENS, and slower answers have more of it."""
    uses = study.tokens if study is not None else ()
    if not uses:
        return Signal(NAME, FAMILY, None, "Tokens are not logged, so it is not known whether answers or prompts grew.")
    grown = _grown(uses)
    if grown is None:
        sentence = "Prompts and answers have as many tokens as before, or slower answers do not have more of them."
        return Signal(NAME, FAMILY, holds=False, sentence=sentence)
    sentence = (
        f"{WORDS[grown.kind]} have {grown.now:,.0f} tokens (median of {grown.n_now:,}), {grown.then:,.0f} before, and "
        f"the longer ones are the slower ones: {CURES[grown.kind]}."
    )
    return Signal(NAME, FAMILY, holds=True, sentence=sentence, numbers=(("growth", grown.growth),))


def _grown(uses: Iterable[TokenUse]) -> TokenUse | None:
    found = [use for use in uses if use.growth >= MORE_TOKENS and use.slope is not None and use.slope >= SLOPE]
    return max(found, key=lambda use: use.growth, default=None)
