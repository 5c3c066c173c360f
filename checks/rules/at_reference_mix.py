"""Limits on what a share would be at the reference's mix of classes, which a weekend does not change.

For accuracy that share is accuracy itself; for precision it is its cause, how often other messages are left alone
(see `checks.estimates.specificity`), with the loss of it that is tolerated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import isclose

from checks.clauses.clause import Clauses
from checks.estimates.decomposition import Pair
from checks.rules.finding import Cause, Verdict
from checks.rules.limits import Drop, Floor, Sight

Pairs = Mapping[datetime, Pair | None]
"""For each look, by the start of its window, its share and the reference's at one mix; None where there is none."""


@dataclass(frozen=True, slots=True)
class BehaviourDrop:
    """At the reference's mix, the share should not be more than the margin of `drop` under the reference's.

    A look that cannot be compared breaks nothing.
    """

    drop: Drop
    pairs: Pairs

    @property
    def cause(self) -> Cause:
        """The cause of a drop."""
        return self.drop.cause

    @property
    def verdict(self) -> Verdict:
        """The verdict on a drop."""
        return self.drop.verdict

    @property
    def threshold(self) -> float:
        """The lowest share that the reference's value allows, at the mix that it had."""
        return self.drop.threshold

    @property
    def needs(self) -> float:
        """What the drop needs."""
        return self.drop.needs

    def log_bet(self, sight: Sight) -> float:
        """The bet against behaviour being what it was before."""
        pair = self.pairs.get(sight.look.window.start)
        return self._drop(pair).log_bet(_at(pair, sight)) if pair is not None else -float("inf")

    def broken(self, sight: Sight) -> bool:
        """Whether behaviour fell beyond the margin."""
        pair = self.pairs.get(sight.look.window.start)
        return pair is not None and self._drop(pair).broken(_at(pair, sight))

    def kept(self, sight: Sight) -> bool:
        """Whether behaviour is probably within the margin."""
        pair = self.pairs.get(sight.look.window.start)
        return pair is not None and self._drop(pair).kept(_at(pair, sight))

    def doubt(self, sight: Sight) -> float:
        """The doubt of the drop in behaviour; a look that cannot be compared is all doubt."""
        pair = self.pairs.get(sight.look.window.start)
        return self._drop(pair).doubt(_at(pair, sight)) if pair is not None else float("inf")

    def explain(self, sight: Sight) -> Clauses:
        """What the drop says of it."""
        return self.drop.explain(sight)

    def _drop(self, pair: Pair) -> Drop:
        margin = self.drop.margin if pair.margin is None else pair.margin
        return replace(self.drop, reference=pair.then, margin=margin)


@dataclass(frozen=True, slots=True)
class BehaviourFloor:
    """The share should reach `floor` at its own mix or at the reference's: only when it does neither, it is the bot.

    Without a reference to compare with it is the plain floor.
    """

    floor: Floor
    pairs: Pairs

    @property
    def cause(self) -> Cause:
        """The cause of a floor."""
        return self.floor.cause

    @property
    def verdict(self) -> Verdict:
        """The verdict on a floor."""
        return self.floor.verdict

    @property
    def threshold(self) -> float:
        """The floor."""
        return self.floor.threshold

    @property
    def needs(self) -> float:
        """What the floor needs."""
        return self.floor.needs

    def log_bet(self, sight: Sight) -> float:
        """The bet at the mix that speaks for the bot."""
        return min(self.floor.log_bet(sight), self.floor.log_bet(self._standardised(sight)))

    def broken(self, sight: Sight) -> bool:
        """Whether the share is under the floor at both mixes."""
        return self.floor.broken(sight) and self.floor.broken(self._standardised(sight))

    def kept(self, sight: Sight) -> bool:
        """Whether the share probably reaches the floor at one of them."""
        return self.floor.kept(sight) or self.floor.kept(self._standardised(sight))

    def doubt(self, sight: Sight) -> float:
        """The doubt of the mix that speaks for the bot."""
        return max(self.floor.doubt(sight), self.floor.doubt(self._standardised(sight)))

    def explain(self, sight: Sight) -> Clauses:
        """The floor."""
        return self.floor.explain(sight)

    def _standardised(self, sight: Sight) -> Sight:
        pair = self.pairs.get(sight.look.window.start)
        return sight if pair is None else _at(pair, sight)


def with_older(pair: Pair, older: Pair | None) -> Pair:
    """Add what the share was before the reference, where that is the share of the same classes.

    Each pair has its window beside the reference, at a mix of the classes that both know.
    """
    if older is None or not isclose(older.then.value, pair.then.value):
        return pair
    return replace(pair, older=older.now)


def _at(pair: Pair, sight: Sight) -> Sight:
    return Sight(sight.look, pair.now, older=pair.older)
