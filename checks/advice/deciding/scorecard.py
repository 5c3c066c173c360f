"""The scorecard: signals times weights, one per family, less what the gates close."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checks.advice.deciding.gates import vetoes
from checks.advice.deciding.model import Action, Contribution, Signal, Veto
from checks.advice.deciding.weights import MARGIN, MIN_SCORE, STAGES, WEIGHTS
from checks.clauses.clause import Clauses


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What counted, and how the open actions rank, best first; `tied`: nothing decides between the first two."""

    contributions: tuple[Contribution, ...]
    vetoes: tuple[Veto[Clauses], ...]
    ranking: tuple[tuple[Action, float], ...]
    tied: bool

    @classmethod
    def of(cls, signals: Sequence[Signal[Clauses]]) -> "Scorecard":
        """Add up, veto and rank."""
        counted = tuple(_capped(signals))
        closed = vetoes({signal.name: signal for signal in signals})
        barred = {veto.action for veto in closed}
        scores = {
            action: sum(item.weight for item in counted if item.action is action)
            for action in STAGES
            if action not in barred
        }
        positive = {action: score for action, score in scores.items() if score > 0}
        ranking = _ranked(positive)
        return cls(counted, closed, ranking, _tied(ranking))

    @property
    def first(self) -> tuple[Action, float] | None:
        """The best action with enough behind it; None when nothing has."""
        return self.ranking[0] if self.ranking and self.ranking[0][1] >= MIN_SCORE else None

    def weight_for(self, action: Action, signal: str) -> float:
        """What a signal counts for an action."""
        return sum(item.weight for item in self.contributions if (item.action, item.signal) == (action, signal))


def _capped(signals: Sequence[Signal[Clauses]]) -> Iterable[Contribution]:
    """The heaviest contribution of each family to each action: correlated signs say one thing once."""
    family = {signal.name: signal.family for signal in signals}
    heaviest: dict[tuple[Action, str], Contribution] = {}
    for item in _contributions(signals):
        key = item.action, family[item.signal]
        if key not in heaviest or abs(item.weight) > abs(heaviest[key].weight):
            heaviest[key] = item
    return heaviest.values()


def _contributions(signals: Sequence[Signal[Clauses]]) -> Iterable[Contribution]:
    for signal in signals:
        if signal.holds is not None:
            strength = dict(signal.numbers).get("strength", 1.0)
            for action, weight in WEIGHTS.get((signal.name, signal.holds), ()):
                yield Contribution(action, signal.name, weight * strength)


def _ranked(scores: dict[Action, float]) -> tuple[tuple[Action, float], ...]:
    """Best first; of those within MARGIN of the best, the earliest stage goes first."""
    best = max(scores.values(), default=0.0)
    close = {action for action, score in scores.items() if best - score < MARGIN}
    order = list(STAGES)

    def rank(item: tuple[Action, float]) -> tuple[bool, int, float, int]:
        action, score = item
        return action not in close, STAGES[action] if action in close else 0, -score, order.index(action)

    return tuple(sorted(scores.items(), key=rank))


def _tied(ranking: tuple[tuple[Action, float], ...]) -> bool:
    if len(ranking) < 2:  # noqa: PLR2004 - a tie needs two
        return False
    (one, score), (other, next_score) = ranking[:2]
    return STAGES[one] == STAGES[other] and abs(score - next_score) < MARGIN
