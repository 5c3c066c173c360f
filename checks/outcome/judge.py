"""Whether an action worked: before and after, with intervals, beside what was not acted on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic

from checks.advice.comparing.metrics import Accuracy, Metric, Precision, Recall, mix_of, rated
from checks.advice.comparing.parts import Part
from checks.advice.deciding.model import Words_co
from checks.advice.deciding.weights import TAIL
from checks.clauses.clause import Clause, Clauses, clause
from checks.outcome.criterion import Criterion
from checks.outcome.outcome_clause import OutcomeClause
from checks.statistics.intervals import Proportion, difference
from checks.statistics.mover import Bounded


class Worked(StrEnum):
    """What came of an action."""

    WORKED = "worked"  # better beyond doubt, and at its goal
    PARTLY = "partly"  # better beyond doubt, and not at its goal, or not more than what was not acted on
    NO_EFFECT = "no_effect"
    HARMED = "harmed"  # worse beyond doubt, or accuracy paid for it
    TOO_EARLY = "too_early"  # four weeks on, the labels still do not tell, or something else was done before they did
    NOT_TRIED = "not_tried"  # nobody acted on it, or other advice took its place

    @property
    def is_told(self) -> bool:
        """Whether people hear of it."""
        return self is not Worked.NOT_TRIED


@dataclass(frozen=True, slots=True)
class Effect:
    """A rise from before to after, with the bounds of its 95% interval."""

    before: Proportion
    after: Proportion
    low: float
    high: float

    @classmethod
    def between(cls, before: Proportion, after: Proportion) -> "Effect":
        """The rise from one independent sample to another."""
        return cls(before, after, *difference(after, before, TAIL))

    @property
    def size(self) -> float:
        """The rise as observed."""
        return self.after.value - self.before.value

    def beyond(self, other: "Effect") -> tuple[float, float]:
        """Bounds of this rise less another, which is independent: difference in differences, by MOVER."""
        rise = Bounded(self.size, self.low, self.high).less(Bounded(other.size, other.low, other.high))
        return rise.low, rise.high


@dataclass(frozen=True, slots=True)
class Samples:
    """What is compared. `unseen` are labels from before the act that the alarm had not seen, `after` those after it.

    `beside` are answers after the act of versions that answered before it too; empty where none did.
    """

    unseen: Part
    after: Part
    beside: Part


@dataclass(frozen=True, slots=True)
class Result(Generic[Words_co]):
    """What came of an action, in numbers and as it is said.

    `effect` is None where there was nothing to compare. `others` is the rise of what was not acted on, and `beyond` the
    bounds of the effect less it; None without such a comparison.
    """

    worked: Worked
    sentence: Words_co
    effect: Effect | None = None
    others: Effect | None = None
    beyond: tuple[float, float] | None = None


def judge(criterion: Criterion, samples: Samples) -> Result[Clauses]:
    """Compare; called once, when the rows that were asked for are there, so that nobody waits for a lucky look.

    Where hardly any label from before the act is new, the window of the alarm stands in. It was picked for being bad,
    so then only a rise to above the interval of that window counts.
    """
    metric = criterion.metric
    after = metric.of(samples.after)
    if after is None or after.n < metric.needed:
        return Result(Worked.TOO_EARLY, _too_few(criterion, 0 if after is None else after.n))
    before = metric.of(samples.unseen)
    is_fair = before is not None and before.n >= metric.needed
    if before is None or not is_fair:
        before = Proportion(criterion.value, float(criterion.n), criterion.n)
        before = Proportion(before.upper(TAIL), before.effective_n, before.n)
    effect = Effect.between(before, after)
    others = _others(criterion, samples) if is_fair else None
    beyond = None if others is None else effect.beyond(others)
    cost = _cost(samples, criterion.accuracy_drop) if isinstance(metric, Recall | Precision) and is_fair else None
    worked = _verdict(criterion, effect, beyond, cost)
    return Result(worked, _said(criterion, worked, effect, beyond, cost, is_fair=is_fair), effect, others, beyond)


def _verdict(criterion: Criterion, effect: Effect, beyond: tuple[float, float] | None, cost: Effect | None) -> Worked:
    if effect.high < 0 or cost is not None:
        return Worked.HARMED
    if effect.low <= 0:
        return Worked.NO_EFFECT
    credited = beyond is None or beyond[0] > 0
    return Worked.WORKED if credited and effect.after.value >= criterion.goal else Worked.PARTLY


def _others(criterion: Criterion, samples: Samples) -> Effect | None:
    """The rise of versions that went on beside; else, for a class, that of all other classes."""
    metric = criterion.metric
    before, beside = metric.of(samples.unseen), metric.of(samples.beside)
    if before is not None and beside is not None and beside.n >= metric.needed:
        return Effect.between(before, beside)
    if not isinstance(metric, Recall | Precision):
        return None
    mix = tuple(part for part in mix_of(samples.unseen.outcomes) if part[0] != criterion.class_name)
    return _rise(Accuracy(mix), samples) if mix else None


def _cost(samples: Samples, max_drop: float) -> Effect | None:
    """The fall of accuracy, where it is beyond doubt and matters."""
    rise = _rise(Accuracy(mix_of(samples.unseen.outcomes)), samples)
    return rise if rise is not None and rise.high < 0 and -rise.size >= max_drop else None


def _rise(metric: Metric, samples: Samples) -> Effect | None:
    before, after = metric.of(samples.unseen), metric.of(samples.after)
    if before is None or after is None or min(before.n, after.n) < metric.needed:
        return None
    return Effect.between(before, after)


def _too_few(criterion: Criterion, n: int) -> Clauses:
    metric = criterion.metric
    said = clause(
        OutcomeClause.TOO_FEW,
        action=criterion.action.value,
        n=n,
        unit=metric.unit,
        metric=metric.noun,
        needed=criterion.needed,
    )
    return (said,)


def _said(
    criterion: Criterion,
    worked: Worked,
    effect: Effect,
    beyond: tuple[float, float] | None,
    cost: Effect | None,
    *,
    is_fair: bool,
) -> Clauses:
    parts = [_rise_of(criterion, effect, is_fair=is_fair)]
    if beyond is not None:
        is_beyond = worked is not Worked.PARTLY or beyond[0] > 0
        parts.append(clause(OutcomeClause.BEYOND, beyond=beyond) if is_beyond else clause(OutcomeClause.ALL_ROSE))
    if cost is not None:
        parts.append(clause(OutcomeClause.ACCURACY_FELL, before=cost.before, after=cost.after))
    if not is_fair:
        parts.append(clause(OutcomeClause.ALARM_STANDS_IN))
    return tuple(parts)


def _rise_of(criterion: Criterion, effect: Effect, *, is_fair: bool) -> Clause:
    metric, action, goal = criterion.metric, criterion.action.value, criterion.goal
    noun, after = metric.noun, rated(metric, effect.after)
    if is_fair:
        before = rated(metric, effect.before)
        return clause(OutcomeClause.WENT, action=action, metric=noun, before=before, after=after, goal=goal)
    at_most = effect.before.value
    return clause(OutcomeClause.WENT_FROM_AT_MOST, action=action, metric=noun, before=at_most, after=after, goal=goal)
