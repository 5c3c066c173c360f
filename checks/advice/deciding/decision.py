"""From the scorecard to one action, or to none where it leaves a doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.advice.deciding.model import Action, Signal
from checks.advice.deciding.scorecard import Scorecard
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import MIN_SCORE
from checks.clauses.clause import Clauses, clause

GUESSES = (Action.REVISE_PROMPT, Action.FINE_TUNE, Action.ADD_CONTEXT)
"""Actions that do not undo or repair a cause that was found: they wait until a fall is explained."""

UNEXPLAINED = ("confounded", "drift", "near_change")
"""Falls without a cause that is known."""

EXPLANATIONS = {"new_topic": ("drift", "near_change"), "new_class": ("drift", "near_change")}
"""What explains a fall that no version does."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the signals come to. `doubt` says why nothing is recommended; empty where something is."""

    card: Scorecard
    doubt: Clauses

    @property
    def action(self) -> Action:
        """The action that is recommended; NONE with a doubt."""
        return Action.NONE if self.doubt or self.card.first is None else self.card.first[0]

    @property
    def score(self) -> float:
        """Score of the action; 0 where something speaks against every action."""
        return 0.0 if self.doubt or self.card.first is None else self.card.first[1]

    @property
    def runner_up(self) -> Action | None:
        """The next best action that no gate closed."""
        return next((other for other, _ in self.card.ranking if other is not self.action), None)


def decide(signals: Sequence[Signal[Clauses]]) -> Decision:
    """Weigh the signals of one incident, whatever they were tested on."""
    card = Scorecard.of(signals)
    return Decision(card, _doubt(card, {signal.name: signal for signal in signals}))


def _doubt(card: Scorecard, signals: Mapping[str, Signal[Clauses]]) -> Clauses:
    if card.first is None:
        return (clause(SignalClause.NO_ACTION, least=MIN_SCORE),)
    if card.first[0] in GUESSES:
        for name in UNEXPLAINED:
            if _holds(signals, name) and not any(
                _holds(signals, cause) for cause, falls in EXPLANATIONS.items() if name in falls
            ):
                return signals[name].sentence
    if card.tied:
        one, other = (action.value for action, _ in card.ranking[:2])
        return (clause(SignalClause.TIED, one=one, other=other),)
    return ()


def _holds(signals: Mapping[str, Signal[Clauses]], name: str) -> bool:
    return name in signals and bool(signals[name].holds)
