"""Ship a candidate, do not, or label more first.

What the candidate is for, its *aims*, are what the incident alarms on, or accuracy. It ships where one of them is
better beyond doubt and nothing that is guarded can be worse by more than what is tolerated: accuracy, the recall of
every critical class, and its precision where that has a floor. So a candidate that is no better, or is worse in one of
these by as much as that, ships with probability `RISK` at most: of several aims each has its part (Bonferroni), and of
several guards all must hold, so that any one that fails keeps it back at the full level (intersection-union: Berger
1982). A critical class that the sample has no message of cannot be guarded, and keeps it back as well. Of several
candidates on one sample each has its part too, or the luckiest of many equals would ship.

The precision of a critical class without a floor is watched: where it seems to be worse by what matters the candidate
does not ship before more is known. To rule the loss out would take a sample of thousands, as what a candidate newly
takes for a rare class is a rare mistake in the bulk of the traffic.

A forced move, such as from a model that is turned off, has no aim: what answers now cannot stay, so the candidate need
not be better. It ships where the guards hold, which is to say that it is not inferior by more than what is tolerated,
at the same risk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from checks.candidates.counts import Answered, Part
from checks.candidates.differences import Difference, Discordant, Measure, accuracy, discordant, precision, recall
from checks.candidates.needed import Needed, needed, unseen

RISK: Final = 0.025
"""Chance that a candidate ships that should not, of all that are tried on one sample."""

MATTERS: Final = {Measure.ACCURACY: 0.03, Measure.RECALL: 0.05, Measure.PRECISION: 0.05}
"""A change that matters, as everywhere in advice: the loss that is tolerated, and the gain below which none is seen."""


SHOWN: Final = (Measure.ACCURACY, Measure.RECALL)
"""What is told of a candidate that is no worse."""


class Reason(StrEnum):
    """Why a verdict is what it is."""

    BETTER = "better"
    NO_WORSE = "no_worse"
    WORSE = "worse"
    NO_BETTER = "no_better"
    UNSETTLED = "unsettled"


class Decision(StrEnum):
    """What to do with a candidate."""

    SHIP = "ship"
    KEEP = "do_not_ship"
    MORE_LABELS = "more_labels"


@dataclass(frozen=True, slots=True)
class Question:
    """What a candidate is tried for: `aims` are (measure, class), none of a forced move; `critical` ones are guarded.

    `precise` are those of them that have a floor of precision. `candidates` (>= 1) are tried on the sample.
    """

    aims: tuple[tuple[Measure, str], ...]
    critical: tuple[str, ...]
    candidates: int
    precise: frozenset[str] = frozenset()

    @property
    def tail(self) -> float:
        """One-sided level of every bound that is shown, and of every guard."""
        return RISK / self.candidates

    def is_safe(self, each: Difference) -> bool:
        """Whether a difference lets a candidate ship."""
        watched = each.measure is Measure.PRECISION and each.name not in self.precise
        return (each.change if watched else each.low) > -MATTERS[each.measure]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done, and what it rests on.

    `because` are the differences that decide: those that are worse, those that are better (or no worse), or those that
    nothing is known of yet. `more` is what would settle it, for `MORE_LABELS` alone.
    """

    decision: Decision
    reason: Reason
    because: tuple[Difference, ...]
    differences: tuple[Difference, ...]
    more: tuple[Needed, ...]
    discordant: Discordant | None
    tail: float


def judge(parts: Sequence[Part], question: Question) -> Verdict:
    """Compare and decide; at least one part must have a message."""
    found = _differences(parts, question, question.tail)
    strict = _differences(parts, question, question.tail / max(len(question.aims), 1))
    aims = [each for each in strict if (each.measure, each.name) in question.aims]
    worse = [each for each in found if each.high < -MATTERS[each.measure]]
    better = [each for each in aims if each.low > 0]
    hopeless = [each for each in _aimed(found, question) if each.high < MATTERS[each.measure]]
    unsafe = [each for each in found if not question.is_safe(each)]
    known = {(each.measure, each.name) for each in found}
    blind = [name for name in question.critical if (Measure.RECALL, name) not in known]
    pair = discordant(parts)

    def decided(decision: Decision, reason: Reason, because: Sequence[Difference]) -> Verdict:
        more: tuple[Needed, ...] = ()
        if decision is Decision.MORE_LABELS:
            more = needed(parts, [] if better else aims, unsafe, question.tail, MATTERS)
            more += tuple(unseen(name, question.tail, MATTERS[Measure.RECALL]) for name in blind)
        return Verdict(decision, reason, tuple(because), tuple(found), more, pair, question.tail)

    if worse:
        return decided(Decision.KEEP, Reason.WORSE, worse)
    if better and not unsafe and not blind:
        return decided(Decision.SHIP, Reason.BETTER, better)
    if not (question.aims or unsafe or blind):
        return decided(Decision.SHIP, Reason.NO_WORSE, [each for each in found if each.measure in SHOWN])
    if hopeless and len(hopeless) == len(question.aims):
        return decided(Decision.KEEP, Reason.NO_BETTER, hopeless)
    return decided(Decision.MORE_LABELS, Reason.UNSETTLED, [*([] if better and unsafe else aims), *unsafe])


def _differences(parts: Sequence[Part], question: Question, tail: float) -> list[Difference]:
    found: list[Difference | None] = [accuracy(parts, tail)]
    for name in question.critical:
        found += [recall(parts, name, tail), precision(parts, name, tail)]
    return [each for each in found if each is not None]


def _aimed(found: Sequence[Difference], question: Question) -> list[Difference]:
    return [each for each in found if (each.measure, each.name) in question.aims]


def on_failures_alone(answered: Sequence[Answered]) -> tuple[int, int]:
    """How many of the messages that went wrong the candidate gets right, and how many there are.

    Not to be decided by: what was chosen for having gone wrong gets better whoever answers it next (regression to the
    mean: Galton 1886), and what the candidate breaks is not among it.
    """
    failed = [each for each in answered if not each.was_right]
    return sum(each.is_right for each in failed), len(failed)
