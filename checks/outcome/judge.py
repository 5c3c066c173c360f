"""Whether an action worked: before and after, with intervals, beside what was not acted on."""

from dataclasses import dataclass
from enum import StrEnum

from checks.advice.comparing.metrics import Accuracy, Metric, Precision, Recall, mix_of
from checks.advice.comparing.parts import Part
from checks.advice.deciding.model import Action
from checks.advice.deciding.weights import TAIL
from checks.advice.deciding.words import between
from checks.outcome.criterion import Criterion
from checks.rules.words import measured, percent
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
class Result:
    """What came of an action, in numbers and in a sentence.

    `effect` is None where there was nothing to compare. `others` is the rise of what was not acted on, and `beyond` the
    bounds of the effect less it; None without such a comparison.
    """

    worked: Worked
    sentence: str
    effect: Effect | None = None
    others: Effect | None = None
    beyond: tuple[float, float] | None = None


_DONE = {
    Action.ROLLBACK_PROMPT: "rolling the prompt back",
    Action.ROLLBACK_MODEL: "rolling the model back",
    Action.REVISE_PROMPT: "revising the prompt",
    Action.FINE_TUNE: "the fine-tune",
    Action.ADD_CONTEXT: "giving the bot more context",
    Action.FIX_PARSER: "repairing the parser",
    Action.REDUCE_LATENCY: "making the answers faster",
    Action.COLLECT_LABELS: "collecting labels",
    Action.FIX_LABELS: "repairing labels",
    Action.CHECK_TRAFFIC: "looking into the traffic",
    Action.FIX_LOG: "repairing the log",
    Action.REPORT_FAULT: "reporting the fault",
    Action.NONE: "nothing",
}
"""What was done, within a sentence."""


def judge(criterion: Criterion, samples: Samples) -> Result:
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
    return Result(worked, _sentence(criterion, worked, effect, beyond, cost, is_fair=is_fair), effect, others, beyond)


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


def _too_few(criterion: Criterion, n: int) -> str:
    metric = criterion.metric
    return (
        f"Whether {_DONE[criterion.action]} worked cannot be told: {n:,} {metric.unit} for {metric.noun} came after "
        f"it, {criterion.needed:,} were needed."
    )


def _sentence(
    criterion: Criterion,
    worked: Worked,
    effect: Effect,
    beyond: tuple[float, float] | None,
    cost: Effect | None,
    *,
    is_fair: bool,
) -> str:
    metric, before, after = criterion.metric, effect.before, effect.after
    was = measured(before, metric.unit) if is_fair else f"at most {percent(before.value)}"
    rise = (
        f"After {_DONE[criterion.action]}, {metric.noun} went from {was} to {measured(after, metric.unit)}; "
        f"the goal was {percent(criterion.goal)}."
    )
    parts = [rise]
    if beyond is not None:
        parts.append(
            f"That is {between(*beyond)} more than what was not acted on."
            if worked is not Worked.PARTLY or beyond[0] > 0
            else "What was not acted on rose as well, so it cannot all be put down to the action."
        )
    if cost is not None:
        parts.append(f"Accuracy fell from {measured(cost.before)} to {measured(cost.after)}.")
    if not is_fair:
        parts.append("There are hardly any other labels from before it, so it is measured against what the alarm saw.")
    return " ".join(parts)
