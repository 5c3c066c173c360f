"""Recall from a queue's labels: covered whatever the bot has become, and what labels that came by themselves add."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.messages.wording import worded
from bench.estimates.label_queue import SURE
from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion, Floats
from checks.counts.windows import Window, Windows
from checks.estimates.cycle_data import Measured
from checks.estimates.design_based import Sampled
from checks.estimates.stratified import Stratified
from checks.label_queue.allocation import Allocation, Stratum, allocate
from checks.rules.class_precision import ClassPrecision
from checks.rules.class_recall import ClassRecall
from checks.rules.finding import Verdict
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import Proportion
from checks.statistics.weighted_counts import WeightedCounts
from tests.support.queue_bots import NAMES, Bot, Counts, Moved, Week, cells
from tests.support.queue_weeks import Found, Labelled, least

SIZE, BUDGET, MANY = 4200, 200, 400_000
WINDOWS = 3000
URGENT = NAMES[0]

SIZES = {("urgent", 7): 100, ("other", 0): 300, ("other", 7): 3800}
MISSES = {("urgent", 7): 0.9, ("other", 0): 0.07, ("other", 7): 0.001}  # share truly urgent
QUEUE = {("urgent", 7): 20, ("other", 0): 140, ("other", 7): 40}
FOUND = {("urgent", 7): 18, ("other", 0): 10, ("other", 7): 0}


def by_queue(labelled: dict[tuple[str, int], int], urgent: dict[tuple[str, int], int]) -> tuple[OutcomeCell, ...]:
    """Of each stratum some are labelled by their design, and some of these are urgent."""
    return tuple(
        made
        for (predicted, band), size in SIZES.items()
        for made in _cells(predicted, band, size, labelled[predicted, band], urgent[predicted, band])
    )


def _cells(predicted: str, band: int, size: int, n: int, found: int) -> Iterator[OutcomeCell]:
    weight = size / n if n else 1.0
    for label, count in (("urgent", found), ("other", n - found)):
        yield OutcomeCell(predicted, label, count, count * weight, count * weight**2, band=band, designed=count)
    yield OutcomeCell(predicted, None, size - n, 0, 0, band=band)


def alone(*made: OutcomeCell) -> list[OutcomeCell]:
    """The same labels, as if they had come by themselves."""
    return [OutcomeCell(c.predicted, c.label, c.n, c.n * bool(c.label), c.n * bool(c.label), band=c.band) for c in made]


def recall_of(made: "list[OutcomeCell] | tuple[OutcomeCell, ...]") -> Proportion:
    recall = Stratified.of(Confusion.of(made)).recall("urgent")
    assert recall is not None
    return recall


@dataclass(frozen=True)
class Drawn:
    """The queue of a week like `week`, made by what `earlier` weeks told; its labels are drawn anew each time."""

    week: Week
    earlier: Week

    def recalls(self, seed: int) -> Iterator[WeightedCounts]:
        """Of so many windows, with the labels of the queue alone."""
        rng = np.random.default_rng(seed)
        many, before = self.week(rng, MANY), self.earlier(rng, 16_800)
        allocation, strata = _allocation(many, before)
        chance = np.array([share.probability for share in allocation.shares])
        own = np.array([stratum.predicted == URGENT for stratum in strata])
        shares = np.array([[many_of(many, stratum, urgent=urgent) / MANY for stratum in strata] for urgent in (0, 1)])
        others, urgent = rng.multinomial(SIZE, shares.ravel(), WINDOWS).reshape(WINDOWS, *shares.shape).swapaxes(0, 1)
        wanted = np.array([allocation.rounded(start) for start in rng.random(WINDOWS).tolist()])
        labelled = np.minimum(wanted, others + urgent)
        found = rng.hypergeometric(urgent, others, labelled)
        for size, n, hits in zip((others + urgent) * 1.0, labelled * 1.0, found * 1.0, strict=True):
            recall = Sampled(own, size, n, hits, 1 / chance).recall(BUDGET)
            assert recall is not None
            yield recall


def many_of(counts: Counts, stratum: Stratum, *, urgent: int) -> int:
    return sum(n for (p, t, b), n in counts.items() if (p, b) == stratum and (t == URGENT) == bool(urgent))


def _allocation(many: Counts, before: Counts) -> tuple[Allocation, list[Stratum]]:
    week: Counts = Counter({key: max(round(n * SIZE / MANY), 1) for key, n in many.items()})
    unlabelled: Counter[Stratum] = Counter()
    for (predicted, _, band), n in week.items():
        unlabelled[Stratum(predicted, band)] += n
    nothing: Counts = Counter()
    allocation = allocate(cells(week, nothing), unlabelled, (URGENT,), BUDGET, cells(before, before))
    return allocation, [share.stratum for share in allocation.shares]


ANYWHERE = (*range(8), *SURE * 4)
WORLDS = {
    "as before, seldom wrong": (0.92, Drawn(Bot(0.92), Bot(0.92))),
    "a fall to a fifth": (0.20, Drawn(Bot(0.20), Bot(0.92))),
    "all misses sure, half missed": (0.50, Drawn(Moved(Bot(0.50), SURE), Bot(0.92))),
    "all misses as one class": (0.80, Drawn(Moved(Bot(0.80), ANYWHERE, ("card",)), Bot(0.80))),
    "misses at every confidence": (0.60, Drawn(Moved(Bot(0.60), ANYWHERE), Bot(0.80))),
}


@pytest.mark.parametrize("world", WORLDS)
def test_the_interval_covers_and_the_recall_is_right_wherever_misses_are_now(world: str) -> None:
    """In 3,000 windows coverage is good to 0.9 points and the mean error to 0.7 (two standard errors)."""
    truth, drawn = WORLDS[world]
    recalls = list(drawn.recalls(seed=5))
    covered = np.mean([low <= truth <= high for low, high in (recall.interval() for recall in recalls)])
    assert covered > 0.93 - 0.009
    assert abs(np.mean([recall.value for recall in recalls]) - truth) < 0.01 + 0.007


AS_BEFORE = Bot(0.80)
SURELY = Moved(Bot(0.60), SURE)
BY_ITSELF = {
    "nothing, and all misses are sure": Labelled(SURELY, earlier=Bot(0.92)),
    "a fair sample": Labelled(AS_BEFORE, 0.05, 0.05),
    "wrong answers three times as often": Labelled(AS_BEFORE, 0.05, 0.15),
    "wrong answers alone": Labelled(AS_BEFORE, 0.0, 0.30),
}
"""What is labelled by itself in a week of which 200 predictions more are labelled from the queue."""


@pytest.mark.parametrize("world", BY_ITSELF)
def test_after_a_queue_all_figures_are_covered_whatever_was_labelled_by_itself(world: str) -> None:
    """Where each of the 16 figures is covered by 93%, one is by less than 89% of 400 windows one time in 40."""
    labelled = BY_ITSELF[world]
    truths, weeks = labelled.truths(seed=3), list(labelled.from_queue(seed=5, count=400))
    found = {
        "accuracy": Found.of((week.accuracy() for week in weeks), truths["accuracy"]),
        "precision": Found.of((week.precision(URGENT) for week in weeks), truths["precision"]),
        "recall": Found.of((week.recall(URGENT) for week in weeks), truths["recall"]),
        "balanced accuracy": Found.of((week.balanced_accuracy() for week in weeks), truths["balanced accuracy"]),
    }
    assert not {
        name: figure
        for name, figure in found.items()
        if figure.coverage < least(400, 4 * len(BY_ITSELF)) or figure.untold > 0.02
    }
    assert abs(found["accuracy"].bias) < 0.004
    assert max(abs(figure.bias) for figure in found.values()) < 0.025


def test_of_a_class_that_only_complaints_tell_of_nothing_is_told() -> None:
    """Of predictions as urgent there are complaints alone; the queue's labels, of others, show that these mislead."""
    right, wrong = (
        by_queue({**QUEUE, ("urgent", 7): 0}, {**FOUND, ("urgent", 7): 0}),
        {("urgent", 7): 30, ("other", 0): 9},
    )
    complaints = [OutcomeCell(*key, n, n, n, band=band) for (key, band), n in _complaints(wrong).items()]
    counts = Stratified.of(Confusion.of([*right, *complaints]))
    assert counts.precision("urgent") is None
    assert counts.unheard == ("urgent",)
    accuracy = counts.accuracy()
    assert accuracy is not None  # predictions as urgent are few
    assert accuracy.value > 0.9
    now = datetime(2026, 3, 29, tzinfo=UTC)
    week = Window(now - timedelta(days=7), now, (*right, *complaints))
    nothing = Window(week.start - timedelta(days=28), week.start, ())
    measured = Measured(Windows(now, timedelta(hours=1), week, recent=(), reference=nothing))
    check = ClassPrecision(floors=(("urgent", 0.5),), floor=None, max_drop=0.3, budget=AlarmBudget(0.3))
    (urgent,) = [found for found in map(worded, check.run(measured)) if found.subject == "urgent"]
    assert (urgent.verdict, urgent.value) == (Verdict.NOT_ENOUGH_DATA, None)
    assert "none of predictions as urgent: label some of them" in urgent.message


def _complaints(wrong: dict[tuple[str, int], int]) -> dict[tuple[tuple[str, str], int], int]:
    other = {"urgent": "other", "other": "urgent"}
    return {((predicted, other[predicted]), band): n for (predicted, band), n in wrong.items()}


def test_a_label_stands_for_the_inverse_of_its_probability() -> None:
    recall = recall_of(by_queue(QUEUE, FOUND))
    misses = 300 * 10 / 140
    assert recall.value == pytest.approx(90 / (90 + misses), abs=0.01)


def test_a_stratum_without_a_miss_among_its_labels_may_well_have_some() -> None:
    few, many = (recall_of(by_queue({**QUEUE, ("other", 7): n}, FOUND)) for n in (40, 2000))
    assert few.lower(0.025) < 90 / (90 + 21 + 2 * 3800 / 40)
    assert many.lower(0.025) > 0.65


def test_earlier_labels_do_not_enter_the_recall_and_equal_chances_are_designed_too() -> None:
    even = {key: size // 20 for key, size in SIZES.items()}
    found = {key: round(n * MISSES[key]) for key, n in even.items()}
    by_design, fair = recall_of(by_queue(even, found)), recall_of(alone(*by_queue(even, found)))
    assert isinstance(by_design, WeightedCounts)
    assert not isinstance(fair, WeightedCounts)
    assert by_design.value == pytest.approx(fair.value, abs=0.05)


def test_when_all_is_labelled_the_recall_is_the_plain_one() -> None:
    everything = by_queue(SIZES, {key: round(size * MISSES[key]) for key, size in SIZES.items()})
    recall = recall_of(everything)
    assert recall.value == pytest.approx(90 / (90 + 21 + 4), abs=0.001)
    assert recall.interval() == pytest.approx(Proportion(90 / 115, 115, 115).interval(), abs=0.003)


@pytest.mark.parametrize(("hits", "verdict"), [(5, Verdict.NOT_ENOUGH_DATA), (18, Verdict.OK)])
def test_a_queue_that_finds_few_of_the_class_is_not_enough_to_call_it_well(hits: int, verdict: Verdict) -> None:
    now = datetime(2026, 3, 29, tzinfo=UTC)
    start = now - timedelta(days=7)
    labelled = {("urgent", 7): hits, ("other", 0): 155, ("other", 7): 40}
    current = Window(start, now, by_queue(labelled, {("urgent", 7): hits, ("other", 0): 2, ("other", 7): 0}))
    all_of_it = by_queue(SIZES, {key: round(size * MISSES[key]) for key, size in SIZES.items()})
    before = Window(start - timedelta(days=28), start, tuple(alone(*all_of_it)))
    measured = Measured(Windows(now, timedelta(hours=1), current, recent=(), reference=before))
    check = ClassRecall(floors=(("urgent", 0.5),), floor=None, max_drop=0.3, budget=AlarmBudget(0.3))
    assert {found.subject: found.verdict for found in map(worded, check.run(measured))}["urgent"] == verdict


COUNTS = st.lists(
    st.tuples(st.integers(1, 5000), st.integers(0, 200), st.integers(0, 200), st.floats(1, 400)), min_size=2
)


@settings(max_examples=60)
@given(COUNTS, st.integers(0, 1))
def test_any_counts_give_a_share_within_its_interval(rows: list[tuple[int, int, int, float]], owned: int) -> None:
    size, labelled, found, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    own: np.ndarray = np.arange(len(rows)) <= owned * (len(rows) - 2)
    labelled = np.minimum(labelled, size)
    recall = Sampled(own, size, labelled, np.minimum(found, labelled), weight).recall(10)
    if recall is None:
        assert not _labelled(labelled, own) or not _labelled(labelled, ~own)
        return
    low, high = recall.interval()
    assert 0 <= low <= recall.value <= high <= 1
    assert recall.effective_n >= 0
    assert recall.counted.effective_n <= 10
    assert recall.chance_at_least(0.0) == pytest.approx(1)
    if 0.01 < high < 0.99:
        assert recall.chance_at_least(min(high + 0.005, 1)) <= 0.025


def _labelled(labelled: Floats, side: np.ndarray) -> bool:
    return bool(labelled[side].any())
