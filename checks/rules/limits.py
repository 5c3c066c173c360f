"""Limits on a share, and whether the looks of a cycle break them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Protocol, TypeVar

import numpy as np

from checks.clauses.clause import Clauses, clause
from checks.estimates.cycle_data import WeightedWindow
from checks.rules.finding import Cause, Verdict
from checks.rules.finding_clause import FindingClause
from checks.statistics.e_process import AsBefore, AtLeast, below, log_bet, log_sum
from checks.statistics.intervals import Proportion, greatest_difference, least_difference

CLEAR_TAIL = 0.10
"""Chance of calling a share well that is not: recovery needs evidence too, though less than an alarm does."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look's estimate of a share.

    Where it is followed from a start, `before` is what the share was until then, `older` what it was before that, and
    `weight` what the start counts.
    """

    look: WeightedWindow
    share: Proportion
    before: Proportion | None = None
    older: Proportion | None = None
    weight: float = 1.0


class Limit(Protocol):
    """Something that a share should keep to."""

    @property
    def cause(self) -> Cause:
        """Why a share that breaks it alarms."""

    @property
    def verdict(self) -> Verdict:
        """How bad that is."""

    @property
    def threshold(self) -> float:
        """The share that must not be fallen short of, in [0, 1]."""

    @property
    def needs(self) -> float:
        """Logarithm of the evidence that the e-detector must gather; infinite where the limit is not followed so."""

    def log_bet(self, sight: Sight) -> float:
        """Logarithm of the e-process against the limit being kept since the sight began; -inf where it is not under."""

    def broken(self, sight: Sight) -> bool:
        """Whether the share is under the limit beyond reasonable doubt."""

    def kept(self, sight: Sight) -> bool:
        """Whether the share is probably not under the limit."""

    def doubt(self, sight: Sight) -> float:
        """How much speaks for the limit being kept; only its order counts, less is a clearer break."""

    def explain(self, sight: Sight) -> Clauses:
        """What is wrong with a share that breaks it; nothing where its reference says so already."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The share should be `floor` or more; `tail` is the level of the test.

    `unsettled` is by how much it may read low because labels of the newest days will be corrected.
    """

    floor: float
    verdict: Verdict
    tail: float
    cause: Cause = Cause.BELOW_FLOOR
    needs: float = inf
    unsettled: float = 0.0

    @property
    def threshold(self) -> float:
        """The floor."""
        return self.floor

    def log_bet(self, sight: Sight) -> float:
        """The bet against `floor` or more."""
        if sight.share.value >= self._least:
            return -inf
        return log_bet(sight.share, AtLeast(self._least), below(self._least))

    def broken(self, sight: Sight) -> bool:
        """Whether `floor` or more is less credible than the level of the test."""
        return sight.share.counted.chance_at_least(self._least) < self.tail

    def kept(self, sight: Sight) -> bool:
        """Whether the share's lower bound reaches the floor."""
        return sight.share.lower(CLEAR_TAIL) >= self.floor

    @property
    def _least(self) -> float:
        return max(self.floor - self.unsettled, 0.0)

    def doubt(self, sight: Sight) -> float:
        """The credibility of `floor` or more."""
        return sight.share.counted.chance_at_least(self._least)

    def explain(self, sight: Sight) -> Clauses:  # noqa: ARG002 - a floor is the same for every look
        """The floor."""
        return (clause(FindingClause.BELOW_SHARE, limit=self.floor),)


@dataclass(frozen=True, slots=True)
class Drop:
    """The share should not be more than `margin` under the reference's; `tail` is the level of the test.

    Two questions, two answers: that the share fell at all must be beyond doubt, and that it fell by less than the
    margin must not be likely. To ask for the margin beyond doubt would never notice a drop of its size, and to ask the
    estimate for it would notice one at every second look.

    `unsettled` is by how much the share may read low because labels of the newest days will be corrected, as those of
    the reference have been: that much of a fall is none.
    """

    reference: Proportion
    margin: float
    verdict: Verdict
    tail: float
    cause: Cause = Cause.BELOW_REFERENCE
    needs: float = inf
    by_mix: bool = False
    unsettled: float = 0.0

    @property
    def threshold(self) -> float:
        """The lowest share that the reference's value allows."""
        return max(self.reference.value - self.margin, 0.0)

    def log_bet(self, sight: Sight) -> float:
        """The bet against the share being what it was."""
        before = self._as_it_reads(sight.before or self.reference)
        if sight.share.value >= before.value or self._within(sight.share, before):
            return -inf
        null = AsBefore(before, None if sight.older is None else self._as_it_reads(sight.older))
        return log_bet(sight.share, null, below(null.mean, self.margin))

    def broken(self, sight: Sight) -> bool:
        """Whether the share is surely lower than it was, and not within the margin."""
        limit = -self.margin if self.by_mix else 0.0
        if sight.share.value - self._usual.value >= limit:  # the bound lies above the estimate
            return False
        return self.doubt(sight) < limit and (self.by_mix or not self.kept(sight))

    def kept(self, sight: Sight) -> bool:
        """Whether the share is probably within the margin."""
        return self._within(sight.share, self._usual)

    @property
    def _usual(self) -> Proportion:
        return self._as_it_reads(self.reference)

    def _as_it_reads(self, share: Proportion) -> Proportion:
        """A share whose labels are settled, as it would read while they are not."""
        return replace(share, value=max(share.value - self.unsettled, 0.0)) if self.unsettled else share

    def _within(self, share: Proportion, reference: Proportion) -> bool:
        """Whether the lower bound of the difference is within the margin."""
        return least_difference(share, reference, CLEAR_TAIL) >= -self.margin

    def doubt(self, sight: Sight) -> float:
        """The upper bound of the difference."""
        return greatest_difference(sight.share.counted, self._usual, self.tail)

    def explain(self, sight: Sight) -> Clauses:  # noqa: ARG002 - the reference is told with every share
        """Nothing more than the reference."""
        return ()


Estimate = TypeVar("Estimate")
Seen_contra = TypeVar("Seen_contra", contravariant=True)


class Breakable(Protocol[Seen_contra]):
    """What estimates of a window can break and keep."""

    def broken(self, sight: Seen_contra, /) -> bool:
        """Whether it is broken beyond reasonable doubt."""

    def kept(self, sight: Seen_contra, /) -> bool:
        """Whether it is probably kept."""

    def doubt(self, sight: Seen_contra, /) -> float:
        """How much speaks for its being kept; only its order counts, less is a clearer break."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the looks say of one limit (or of all, when none is broken).

    `sight` is the one to show: where a limit is broken the one that says so most clearly, else the longest.
    """

    sight: Sight
    broken: Limit | None
    clear: bool


def judge(sights: Sequence[Sight], limits: Sequence[Limit], trail: Sequence[Sight] = ()) -> Judgement:
    """Judge a share by its estimates at all looks (longest first, at least one), the gravest limit first.

    A limit is broken when some look breaks it, or the e-detector over the `trail` (the sights since each start, longest
    first) has the evidence that it needs, and no shorter, mature look shows that it is kept again: a window that still
    holds last week's bad days must not keep an incident open after the repair.
    """
    for limit in limits:
        worst = clearest_break(sights, limit, _mature) or _detected(sights, limit, trail)
        if worst is not None:
            return Judgement(worst, limit, clear=False)
    return Judgement(sights[0], None, clear=all(_is_clear(sights, limit) for limit in limits))


def clearest_break(
    sights: Sequence[Estimate], limit: Breakable[Estimate], mature: Callable[[Estimate], bool] = lambda _: True
) -> Estimate | None:
    """The estimate that breaks the limit most clearly.

    `sights` are from the longest window to the shortest. None where no estimate breaks the limit, or a mature one of a
    shorter window than all that do shows it kept again.
    """
    breaking = [place for place, sight in enumerate(sights) if limit.broken(sight)]
    if not breaking or any(mature(sight) and limit.kept(sight) for sight in sights[breaking[-1] + 1 :]):
        return None
    return min((sights[place] for place in breaking), key=limit.doubt)


def _detected(sights: Sequence[Sight], limit: Limit, trail: Sequence[Sight]) -> Sight | None:
    """What has been seen since the start that speaks most clearly, where all of them together suffice."""
    if not trail or limit.needs == inf:
        return None
    bets = [limit.log_bet(sight) for sight in trail]
    if log_sum(bets, [sight.weight for sight in trail]) < limit.needs:
        return None
    worst = trail[int(np.argmax(bets))]
    newer = [sight for sight in sights if sight.look.window.start > worst.look.window.start]
    return None if _is_over(newer, limit) else worst


def _is_over(newer: Sequence[Sight], limit: Limit) -> bool:
    return any(limit.kept(sight) for sight in newer if _mature(sight))


def _mature(sight: Sight) -> bool:
    return not sight.look.provisional


def _is_clear(sights: Sequence[Sight], limit: Limit) -> bool:
    """Whether a mature look shows the limit kept (the longest only its value within it), and none speaks against.

    A week that holds one bad day still looks well: the shorter looks must not say otherwise, mature or not.
    """
    longest = sights[0]
    within = not longest.look.provisional and longest.share.value >= limit.threshold
    under = [sight.share for sight in sights if sight.share.value < limit.threshold]
    against = any(share.upper(CLEAR_TAIL) < limit.threshold for share in under)
    return not against and (within or _is_over(sights, limit))
