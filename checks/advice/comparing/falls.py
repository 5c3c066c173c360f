"""Where a fall lies: at a change of version, or in time."""

from dataclasses import dataclass
from enum import StrEnum

from checks.advice.comparing.failing import Failing
from checks.advice.comparing.metrics import Metric, Within, stratified
from checks.advice.comparing.onset import Onset, locate
from checks.advice.comparing.parts import Part, split, whole
from checks.advice.deciding.weights import AT_CHANGE, EARLY, EXPLAINS, TAIL
from checks.counts.windows import VersionRun, Windows
from checks.statistics.intervals import Proportion, difference


class Step(StrEnum):
    """What a comparison of two versions says, and why."""

    STEP = "step"  # the newer version is worse, beyond doubt, and by enough
    WHEN_UNSURE = "when_unsure"  # it fell near the change, and perhaps not at it
    TO_COME = "to_come"  # a step by the labels that are there; those still to come could undo it
    FELL_LATER = "fell_later"  # much of the fall came later, within the newer version
    LOW_BEFORE = "low_before"  # it had fallen before the newer version came
    NO_STEP = "no_step"  # the newer version is not worse, or by too little to matter
    UNSURE = "unsure"  # the labels allow both
    TOO_FEW = "too_few"  # too little data of one of them
    WELL = "well"  # the newer version does not fail

    @property
    def holds(self) -> bool | None:
        """True for a step, None where it cannot be told."""
        return None if self in _UNTOLD else self is Step.STEP


_UNTOLD = frozenset({Step.WHEN_UNSURE, Step.TO_COME, Step.UNSURE, Step.TOO_FEW})


@dataclass(frozen=True, slots=True)
class Fall:
    """A metric before and after, with bounds of the loss (before - after) at the test's level."""

    before: Proportion
    after: Proportion
    low: float
    high: float

    @classmethod
    def between(cls, before: Proportion, after: Proportion, tail: float) -> "Fall":
        """The loss from one independent part to another."""
        return cls(before, after, *difference(before, after, tail))

    @property
    def size(self) -> float:
        """The loss as observed."""
        return self.before.value - self.after.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """A newer pair of versions against an older one, on one failing metric.

    `at_change` compares the data next to the change: without what came before a fall within the older
    version, or after one within the newer; it is None with TOO_FEW. `onset` weighs the change against other moments,
    where the labels show a step.
    """

    older: VersionRun
    newer: VersionRun
    failing: Failing
    step: Step
    at_change: Fall | None
    onset: Onset | None = None


def measure(metric: Metric, part: Part) -> Proportion | None:
    """The metric where there are enough rows to compare it."""
    share = metric.of(part)
    return share if share is not None and share.n >= metric.needed else None


def fall_within(run: VersionRun, metric: Metric, windows: Windows, tail: float) -> Fall | None:
    """The clearest fall in time within one pair of versions, if there is one beyond doubt.

    Its data before each of the windows that end now is compared with its data in that window; `tail` is shared out
    over the windows (Bonferroni).
    """
    scales = (windows.current, *windows.recent)
    falls = [_fall_at(*split(run, window), metric, tail / len(scales)) for window in scales]
    found = [fall for fall in falls if fall is not None and fall.low > 0 and fall.size >= metric.material]
    return max(found, key=lambda fall: fall.low, default=None)


def compare(older: VersionRun, newer: VersionRun, failing: Failing, windows: Windows, tail: float) -> Comparison:
    """Whether the newer version is worse than the older one, on their own data.

    Versions follow each other in time, so whatever else changed in time looks like a version. Two things betray it: a
    fall within the older version before the change, and one within the newer version after it.
    """
    metric = failing.metric
    before, after = measure(metric, whole(older)), measure(metric, whole(newer))
    if before is None or after is None:
        return Comparison(older, newer, failing, Step.TOO_FEW, None)
    if after.value >= failing.goal:
        return Comparison(older, newer, failing, Step.WELL, Fall.between(before, after, tail))
    earlier, later = fall_within(older, metric, windows, tail), fall_within(newer, metric, windows, tail)
    near = Fall.between(earlier.after if earlier else before, later.before if later else after, tail)
    shortfall = failing.goal - after.value
    step = _judge(near, earlier, later, metric, shortfall)
    if step is not Step.STEP:
        return Comparison(older, newer, failing, step, near)
    onset = locate(older, newer, metric, windows)
    step = _placed(onset, newer)
    if step is Step.STEP and _could_be_undone(near, older, newer, metric, windows, tail):
        step = Step.TO_COME
    return Comparison(older, newer, failing, step, near, onset)


def _placed(onset: Onset, newer: VersionRun) -> Step:
    if onset.at_change >= AT_CHANGE:
        return Step.STEP
    if onset.at_change >= 0.5 or onset.elsewhere is None:  # noqa: PLR2004 - as likely as not
        return Step.WHEN_UNSURE
    return Step.FELL_LATER if onset.elsewhere.within == newer else Step.LOW_BEFORE


def _could_be_undone(
    near: Fall, older: VersionRun, newer: VersionRun, metric: Metric, windows: Windows, tail: float
) -> bool:
    """Whether there would be no step if all labels of the newer version that are still to come were right.

    As many are to come as the older version's coverage has more (the worst case of Manski 1989, "Anatomy of the
    selection problem"). Only asked of a version so new that most of its labels are not there yet.
    """
    then, now = (stratified(run.outcomes).confusion.coverage or 0.0 for run in (older, newer))
    is_new = newer.first_seen > windows.current.start
    if isinstance(metric, Within) or not is_new or not now or now >= EARLY * then:
        return False
    after, more = near.after, then / now
    best = Proportion((after.value + more - 1) / more, after.effective_n * more, after.n)
    return difference(near.before, best, tail)[0] <= 0


def _fall_at(early: Part, late: Part, metric: Metric, tail: float) -> Fall | None:
    before, after = measure(metric, early), measure(metric, late)
    return None if before is None or after is None else Fall.between(before, after, tail)


def _judge(near: Fall, earlier: Fall | None, later: Fall | None, metric: Metric, shortfall: float) -> Step:
    enough = max(metric.material, EXPLAINS * shortfall)
    if later is not None and later.size >= EXPLAINS * near.size:
        return Step.FELL_LATER
    if near.low > 0 and near.size >= enough:
        return Step.STEP
    if earlier is not None:
        return Step.LOW_BEFORE
    could_be = difference(near.before, near.after, TAIL)[1]
    return Step.UNSURE if near.low <= 0 and could_be >= max(shortfall, 2 * metric.material) else Step.NO_STEP
