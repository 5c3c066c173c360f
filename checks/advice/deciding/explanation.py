"""The whole card of an advice: what counted, what was closed, what is missing, and what would change it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from checks.advice.deciding.decision import decide
from checks.advice.deciding.model import Action, Advice, Contribution, Signal, Veto
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import STAGES, WEIGHTS
from checks.clauses.clause import Clauses, clause

ANSWERS = (True, False)
"""What a signal could have said instead."""


@dataclass(frozen=True, slots=True)
class Score:
    """One action: the sum of its contributions, heaviest first, and the gates that close it."""

    action: Action
    total: float
    contributions: tuple[Contribution, ...]
    gates: tuple[Veto, ...]

    @property
    def is_open(self) -> bool:
        """Whether it may be recommended."""
        return not self.gates


@dataclass(frozen=True, slots=True)
class Flip:
    """Had one signal said something else, all others the same, this would have been the advice."""

    signal: str
    family: str
    says: bool | None
    instead: bool
    action: Action
    abstained: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """An advice, taken apart.

    `scores` are the actions that anything spoke for, was against or closed: open ones first, best first. `against` are
    the signals that counted against the advised action, or for another one. `missing` could not be told, and would
    count if they could. `flips` say what would have changed the advice, with the weights of this version of tunewatch.
    """

    advice: Advice
    scores: tuple[Score, ...]
    against: tuple[Signal, ...]
    missing: tuple[Signal, ...]
    flips: tuple[Flip, ...]


def explain(advice: Advice) -> Explanation:
    """Take an advice apart; it may be one that was kept long ago."""
    return Explanation(
        advice=advice,
        scores=_scores(advice),
        against=_against(advice),
        missing=tuple(signal for signal in advice.signals if signal.holds is None and _could_count(signal)),
        flips=tuple(_flips(advice)),
    )


def _scores(advice: Advice) -> tuple[Score, ...]:
    scores = (_score(action, advice) for action in STAGES)
    known = [score for score in scores if score.contributions or score.gates]
    return tuple(sorted(known, key=lambda score: (not score.is_open, -score.total, STAGES[score.action])))


def _score(action: Action, advice: Advice) -> Score:
    mine = sorted((c for c in advice.contributions if c.action is action), key=lambda c: (-abs(c.weight), c.signal))
    gates = tuple(veto for veto in advice.vetoes if veto.action is action)
    return Score(action, sum(item.weight for item in mine), tuple(mine), gates)


def _against(advice: Advice) -> tuple[Signal, ...]:
    """Heaviest first; a signal that also spoke for the advised action is no counter-evidence."""
    weight: dict[str, float] = {}
    for item in advice.contributions:
        mine = item.weight if item.action is advice.action else -item.weight
        weight[item.signal] = max(weight.get(item.signal, mine), mine)
    signals = [signal for signal in advice.signals if weight.get(signal.name, 0.0) < 0]
    return tuple(sorted(signals, key=lambda signal: weight[signal.name]))


def _could_count(signal: Signal) -> bool:
    return any((signal.name, answer) in WEIGHTS for answer in ANSWERS)


def _flips(advice: Advice) -> Iterator[Flip]:
    signals = tuple(_bare(signal) for signal in advice.signals)
    for place, signal in enumerate(signals):
        for answer in ANSWERS:
            if answer is not signal.holds:
                # Without its numbers, so that the other answer counts in full.
                other = replace(signal, holds=answer, numbers=())
                yield from _flip(advice, signal, answer, (*signals[:place], other, *signals[place + 1 :]))


def _bare(signal: Signal) -> Signal[Clauses]:
    """The signal as it is weighed, which its words have no part in."""
    said = (clause(SignalClause.AS_KEPT, text=signal.sentence),)
    return Signal(signal.name, signal.family, signal.holds, said, signal.numbers)


def _flip(advice: Advice, signal: Signal[Clauses], answer: bool, signals: Iterable[Signal[Clauses]]) -> Iterator[Flip]:  # noqa: FBT001
    decided = decide(tuple(signals))
    told, abstained = (advice.action, advice.abstained), bool(decided.doubt)
    if (decided.action, abstained) != told:
        yield Flip(signal.name, signal.family, signal.holds, answer, decided.action, abstained)
