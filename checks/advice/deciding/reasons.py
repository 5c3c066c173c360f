"""The reasons that are shown with an advice."""

from collections.abc import Iterable, Sequence

from checks.advice.deciding.model import Action, Signal
from checks.advice.deciding.scorecard import Scorecard
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import WEIGHTS
from checks.clauses.clause import Clauses, clause

CHANGED = ("prompt_step", "model_step")
"""Signals that are worth reading whatever they say: the first question is always what changed."""

MEANING = "low_side"
"""What the alarm means, which is told after what counted most."""


def reasons(
    action: Action, signals: Sequence[Signal[Clauses]], card: Scorecard, said: Clauses = ()
) -> tuple[Clauses, ...]:
    """What counted for or against the action, heaviest first, then the rest that a person should know.

    That is what changed, what else holds, what is not known, and why fine-tuning is not the answer where something
    spoke for it. `said` has been shown already.
    """
    counted = sorted(signals, key=lambda signal: -abs(card.weight_for(action, signal.name)))
    mine = [signal.sentence for signal in counted if card.weight_for(action, signal.name)]
    tested = [signal.sentence for signal in signals if signal.name in CHANGED and signal.numbers]
    holding = [signal.sentence for signal in signals if signal.holds and _matters(signal, card)]
    unknown = [
        signal.sentence for signal in signals if signal.holds is None and signal.name in (*CHANGED, "prompts_tried")
    ]
    against = [veto.sentence for veto in card.vetoes if veto.action is Action.FINE_TUNE]
    spoken_for = any(item.action is Action.FINE_TUNE for item in card.contributions)
    meaning = [signal.sentence for signal in signals if signal.name == MEANING]
    shown = _once([*mine[:1], *meaning, *mine[1:], *tested, *holding, *unknown], said)
    why_not = [sentence for sentence in against[:1] if spoken_for and sentence not in (said, *shown)]
    return (
        *shown,
        *((clause(SignalClause.NOT_THIS, action=Action.FINE_TUNE.value, why=sentence),) for sentence in why_not),
    )


def _matters(signal: Signal[Clauses], card: Scorecard) -> bool:
    """Whether it counts for an action that is open; one without any weight is a caveat, which always matters."""
    barred = {veto.action for veto in card.vetoes}
    actions = {action for action, _ in WEIGHTS.get((signal.name, True), ())}
    return not actions or bool(actions - barred)


def _once(sentences: Iterable[Clauses], said: Clauses) -> tuple[Clauses, ...]:
    return tuple(dict.fromkeys(sentence for sentence in sentences if sentence and sentence != said))
