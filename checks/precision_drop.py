"""A limit on the loss of precision against the reference, which a changed mix of classes does not break."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf

from checks.finding import Cause, Verdict
from checks.limits import Drop, Sight
from checks.specificity import Specificity

Specificities = Mapping[datetime, Specificity | None]
"""For each look, by the start of its window, how often other messages are left alone; None where it is not known."""


@dataclass(frozen=True, slots=True)
class PrecisionDrop:
    """At the reference's mix, precision should not be more than the margin of `drop` under the reference's.

    It is judged by its cause, other messages taken for the class (see `checks.specificity`), which is also known from
    more labels: all that are of other classes. A look that cannot be compared breaks nothing.
    """

    drop: Drop
    known: Specificities

    @property
    def cause(self) -> Cause:
        """That of a drop."""
        return self.drop.cause

    @property
    def verdict(self) -> Verdict:
        """That of the drop."""
        return self.drop.verdict

    @property
    def threshold(self) -> float:
        """The lowest precision that the reference's value allows."""
        return self.drop.threshold

    @property
    def needs(self) -> float:
        """What the drop needs."""
        return self.drop.needs

    def log_bet(self, sight: Sight) -> float:
        """The bet against other messages being left alone as before."""
        known = self.known.get(sight.look.window.start)
        return self._drop(known).log_bet(Sight(sight.look, known.now)) if known is not None else -inf

    def broken(self, sight: Sight) -> bool:
        """Whether more messages are surely taken for the class, and not within the margin."""
        known = self.known.get(sight.look.window.start)
        return known is not None and self._drop(known).broken(Sight(sight.look, known.now))

    def kept(self, sight: Sight) -> bool:
        """Whether precision is probably within the margin."""
        known = self.known.get(sight.look.window.start)
        return known is not None and self._drop(known).kept(Sight(sight.look, known.now))

    def doubt(self, sight: Sight) -> float:
        """The doubt of the loss; a look that cannot be compared is all doubt."""
        known = self.known.get(sight.look.window.start)
        return self._drop(known).doubt(Sight(sight.look, known.now)) if known is not None else inf

    def explain(self, sight: Sight) -> str:
        """What the drop says of it."""
        return self.drop.explain(sight)

    def _drop(self, known: Specificity) -> Drop:
        return replace(self.drop, reference=known.then, margin=known.margin)
